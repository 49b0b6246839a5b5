#include "client/cli/watch_place.h"

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/output_file.h"
#include "inventory/client/internal/read_file.h"

namespace inventory::cli {

std::string WatchPlaceText(const WatchPlace& place) {
  std::string text = absl::StrCat(place.token, "\n");
  for (const std::string& id : place.told) absl::StrAppend(&text, id, "\n");
  return text;
}

absl::StatusOr<WatchPlace> ParseWatchPlace(const std::string& text, const std::string& path) {
  const std::vector<std::string> lines = absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
  // Whoever takes an empty file for a new one leaves out what has happened since it was whole.
  if (lines.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " has no resume token"));
  return WatchPlace{.token = lines.front(), .told = {lines.begin() + 1, lines.end()}};
}

absl::StatusOr<std::optional<WatchPlace>> ReadWatchPlace(const std::string& path) {
  const absl::StatusOr<std::string> text = client::internal::ReadFile(path, path);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  return ParseWatchPlace(*text, path);
}

absl::Status WriteWatchPlace(const std::string& path, const WatchPlace& place) {
  absl::StatusOr<std::unique_ptr<OutputFile>> file = OutputFile::Create(path);
  if (!file.ok()) return file.status();
  (*file)->stream() << WatchPlaceText(place);
  return (*file)->Commit();
}

}  // namespace inventory::cli
