// Goal: a watch goes on where the one before it has ended, which its file says, or it is refused. Method: any text as
// such a file, and any token and ids. What is accepted is the same once it is written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "client/cli/watch_place.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::cli {
namespace {

using fuzz::Check;
using fuzz::Choices;

// What a line can hold.
bool IsLine(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos &&
         !std::all_of(text.begin(), text.end(), absl::ascii_isspace);
}

void CheckWritten(const WatchPlace& place) {
  const absl::StatusOr<WatchPlace> again = ParseWatchPlace(WatchPlaceText(place), "FILE");
  Check(again.ok() && *again == place, "what is written is read");
}

void CheckText(const std::string& text) {
  const absl::StatusOr<WatchPlace> place = ParseWatchPlace(text, "FILE");
  Check(place.ok() != std::all_of(text.begin(), text.end(), absl::ascii_isspace), "a text with anything has a token");
  if (!place.ok()) {
    Check(absl::IsInvalidArgument(place.status()) && place.status().message() == "FILE has no resume token",
          "a refusal says what is wrong");
    return;
  }
  Check(IsLine(place->token), "a token is a line");
  const std::size_t token = text.find(place->token);
  Check(token != std::string::npos && !IsLine(text.substr(0, token)), "the token is the first line");
  std::size_t lines_bytes = place->token.size();
  for (const std::string& id : place->told) {
    Check(IsLine(id) && text.find(id) != std::string::npos, "an id is a line of the text");
    lines_bytes += id.size();
  }
  Check(lines_bytes <= text.size(), "no line counts twice");
  CheckWritten(*place);
}

void CheckPlace(Choices& data) {
  WatchPlace place = {.token = data.Text(200), .told = {}};
  for (int ids = data.NumberIn(0, 10); ids > 0; --ids) {
    const std::string id = data.Text(40);
    if (IsLine(id)) place.told.insert(id);
  }
  if (IsLine(place.token)) CheckWritten(place);
}

}  // namespace
}  // namespace inventory::cli

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace cli = inventory::cli;
  inventory::fuzz::Choices data(bytes, size);
  if (data.Bool()) {
    cli::CheckText(data.Rest());
  } else {
    cli::CheckPlace(data);
  }
  return 0;
}
