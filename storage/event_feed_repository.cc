#include "storage/event_feed_repository.h"

namespace inventory::storage {
namespace {

void AppendLease(Sql& sql, absl::Duration lease) {
  sql.Raw("lease_until = NOW(6) + INTERVAL ").Int(absl::ToInt64Microseconds(lease)).Raw(" MICROSECOND");
}

bool AppendSelectState(Sql& sql, const std::string& feed_id, const std::string& owner) {
  BeginStatement(sql).Raw("SELECT position, owner = ").Blob(owner);
  sql.Raw(" AND lease_until > NOW(6) FROM event_feed WHERE feed_id = ").Blob(feed_id);
  return true;
}

}  // namespace

bool AppendMakeEventFeed(Sql& sql, const std::string& feed_id, const std::string& position) {
  BeginStatement(sql).Raw(
      "INSERT IGNORE INTO event_feed (feed_id, position, owner, lease_until, update_time) VALUES (");
  sql.Blob(feed_id).Raw(",").Blob(position).Raw(",'',NOW(6),NOW(6))");
  return true;
}

bool AppendTakeEventFeed(Sql& sql, const std::string& feed_id, const std::string& owner, absl::Duration lease) {
  BeginStatement(sql).Raw("UPDATE event_feed SET owner = ").Blob(owner).Raw(", ");
  AppendLease(sql, lease);
  sql.Raw(" WHERE feed_id = ").Blob(feed_id).Raw(" AND (owner = ").Blob(owner).Raw(" OR lease_until <= NOW(6))");
  return AppendSelectState(sql, feed_id, owner);
}

bool AppendMoveEventFeed(Sql& sql, const std::string& feed_id, const std::string& owner, absl::Duration lease,
                         const std::string& position) {
  BeginStatement(sql).Raw("UPDATE event_feed SET position = ").Blob(position).Raw(", update_time = NOW(6), ");
  AppendLease(sql, lease);
  sql.Raw(" WHERE feed_id = ").Blob(feed_id).Raw(" AND owner = ").Blob(owner);
  return AppendSelectState(sql, feed_id, owner);
}

bool AppendLeaveEventFeed(Sql& sql, const std::string& feed_id, const std::string& owner) {
  BeginStatement(sql).Raw("UPDATE event_feed SET lease_until = NOW(6) WHERE feed_id = ").Blob(feed_id);
  sql.Raw(" AND owner = ").Blob(owner);
  return true;
}

EventFeedState ParseEventFeedState(const Rows& rows) {
  if (rows.empty()) return {};
  return {.position = std::string(rows[0].Text(0)), .owned = rows[0].Bool(1)};
}

}  // namespace inventory::storage
