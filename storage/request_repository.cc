#include "storage/request_repository.h"

namespace inventory::storage {
namespace {

void AppendWhereKeys(Sql& sql, std::span<const RequestKey> keys) {
  sql.Raw(" WHERE (caller, request_id) IN (");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    sql.Raw(i == 0 ? "(" : ",(").Blob(keys[i].first).Raw(",").Blob(keys[i].second).Raw(")");
  }
  sql.Raw(")");
}

}  // namespace

bool AppendInsertRequests(Sql& sql, const std::vector<const RequestRecord*>& requests) {
  return AppendInsert(sql, requests);
}

bool AppendUpsertRequests(Sql& sql, const std::vector<const RequestRecord*>& requests) {
  if (!AppendInsert(sql, requests)) return false;
  sql.Raw(" ON DUPLICATE KEY UPDATE code=VALUES(code), reply=VALUES(reply), create_time=VALUES(create_time)");
  return true;
}

bool AppendDeleteOldRequests(Sql& sql, absl::Duration retention, int64_t limit) {
  BeginStatement(sql).Raw("DELETE FROM request_record WHERE create_time < NOW(6) - INTERVAL ");
  sql.Int(absl::ToInt64Seconds(retention)).Raw(" SECOND ORDER BY create_time LIMIT ").Int(limit);
  return true;
}

bool AppendSelectRequests(Sql& sql, std::span<const RequestKey> keys) {
  if (keys.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<RequestRecord>() + " FROM request_record");
  AppendWhereKeys(sql, keys);
  return true;
}

bool AppendDeleteRequests(Sql& sql, std::span<const RequestKey> keys) {
  if (keys.empty()) return false;
  BeginStatement(sql).Raw("DELETE FROM request_record");
  AppendWhereKeys(sql, keys);
  return true;
}

}  // namespace inventory::storage
