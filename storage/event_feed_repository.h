// Feeds: who posts events, and how far each has got. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_EVENT_FEED_REPOSITORY_H_
#define INVENTORY_STORAGE_EVENT_FEED_REPOSITORY_H_

#include <string>

#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::storage {

// Makes the feed, which begins at the position, unless it exists.
bool AppendMakeEventFeed(Sql& sql, const std::string& feed_id, const std::string& position);
// Takes the feed, or goes on having it, until `lease` has passed, unless somebody else has it; selects the position it
// has got to and whether `owner` has it: two statements.
bool AppendTakeEventFeed(Sql& sql, const std::string& feed_id, const std::string& owner, absl::Duration lease);
// Stores how far the owner has got, and goes on having it; selects the same: two statements. Nothing is stored if
// somebody else has taken it.
bool AppendMoveEventFeed(Sql& sql, const std::string& feed_id, const std::string& owner, absl::Duration lease,
                         const std::string& position);
// Gives the feed up, for somebody else to take at once.
bool AppendLeaveEventFeed(Sql& sql, const std::string& feed_id, const std::string& owner);

struct EventFeedState {
  std::string position;
  bool owned = false;
};
// Of the last result; nothing is owned if there is no such feed.
EventFeedState ParseEventFeedState(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_EVENT_FEED_REPOSITORY_H_
