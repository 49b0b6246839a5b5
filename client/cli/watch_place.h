// How far a watch has told what happens.
#ifndef INVENTORY_CLIENT_CLI_WATCH_PLACE_H_
#define INVENTORY_CLIENT_CLI_WATCH_PLACE_H_

#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace inventory::cli {

// A value.
struct WatchPlace {
  std::string token;           // Of the last message that was told as a whole; empty: none.
  std::set<std::string> told;  // Ids of events after it that were told as well, as --limit can end within a message.

  bool operator==(const WatchPlace&) const = default;
};

// Files have the token in their first line, and an id in each that follows: what is written of a place with a token.
std::string WatchPlaceText(const WatchPlace& place);

// INVALID_ARGUMENT, which names the file `path`, if the text has no token.
absl::StatusOr<WatchPlace> ParseWatchPlace(const std::string& text, const std::string& path);

// Nothing if there is no such file. INVALID_ARGUMENT if it has no token, and other errors if it can't be read.
absl::StatusOr<std::optional<WatchPlace>> ReadWatchPlace(const std::string& path);

// Takes the place of the file as a whole and for good, see OutputFile.
absl::Status WriteWatchPlace(const std::string& path, const WatchPlace& place);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_WATCH_PLACE_H_
