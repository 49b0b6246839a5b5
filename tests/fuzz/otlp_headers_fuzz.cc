// Goal: a file of headers for the collector of traces adds just these headers to a post, and none of what it holds gets
// into an error. Method: any text as a file. What is accepted is the same once it is written in other ways, and an
// error has the first line that is wrong and nothing else of the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/tracing/otlp.h"
#include "tests/fuzz/check.h"

namespace inventory::tracing {
namespace {

using fuzz::Check;

absl::StatusOr<HttpHeaders> Read(const std::string& text) {
  std::istringstream in(text);
  return ParseHeaders(in, "FILE");
}

std::string Written(const HttpHeaders& headers, std::string_view colon, std::string_view end) {
  std::string text;
  for (const auto& [name, value] : headers) text += absl::StrCat(name, std::string(colon), value, std::string(end));
  return text;
}

void CheckHeader(const std::string& name, const std::string& value) {
  Check(!name.empty() && std::all_of(name.begin(), name.end(), absl::ascii_isgraph) &&
            name.find_first_of("\"(),/:;<=>?@[\\]{}") == std::string::npos,
        "a name is a token of HTTP");
  Check(std::none_of(value.begin(), value.end(), [](char c) { return c != '\t' && absl::ascii_iscntrl(c); }),
        "a value ends no line");
  Check(absl::StripAsciiWhitespace(value) == value, "a value has no blanks around it");
}

// Of lines that begin with right ones and then have a wrong one.
void CheckRefusal(const std::string& text, const absl::Status& status) {
  const std::string message(status.message());
  const std::vector<std::string> words = absl::StrSplit(message, ' ');
  std::size_t number = 0;
  Check(absl::IsInvalidArgument(status) && words.size() > 2 && absl::SimpleAtoi(words[1], &number),
        "it says which line");
  const std::string line = absl::StrCat("line ", number, " of FILE ");
  Check(message == line + "is not \"name: value\"" || message == line + "has control characters",
        "a refusal says what is wrong and no value");
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  Check(number >= 1 && number <= lines.size(), "it is one of the text's lines");
  lines.resize(number);
  Check(!Read(absl::StrJoin(lines, "\n")).ok() && !Read(lines.back()).ok(), "that line is wrong");
  lines.pop_back();
  Check(Read(absl::StrJoin(lines, "\n")).ok(), "it is the first one");
}

void CheckText(const std::string& text) {
  const absl::StatusOr<HttpHeaders> headers = Read(text);
  if (!headers.ok()) return CheckRefusal(text, headers.status());
  for (const auto& [name, value] : *headers) CheckHeader(name, value);
  for (const auto& [colon, end] : {std::pair(": ", "\n"), std::pair(":", "\r\n"), std::pair(":\t", "  \n\n")}) {
    const absl::StatusOr<HttpHeaders> again = Read(Written(*headers, colon, end));
    Check(again.ok() && *again == *headers, "what was read is written and read again");
  }
}

}  // namespace
}  // namespace inventory::tracing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  inventory::tracing::CheckText(std::string(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
