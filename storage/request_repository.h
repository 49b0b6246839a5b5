// The first answer to every write, by caller and request id. The conventions of Append... are those
// of table.h.
#ifndef INVENTORY_STORAGE_REQUEST_REPOSITORY_H_
#define INVENTORY_STORAGE_REQUEST_REPOSITORY_H_

#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<RequestRecord> {
  using R = RequestRecord;
  static constexpr const char* kName = "request_record";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("caller", &R::caller), column::Bytes("request_id", &R::request_id),
                 column::Bytes("fingerprint", &R::fingerprint), column::Value("code", &R::code),
                 column::Bytes("reply", &R::reply), column::Value("create_time", &R::create_time));
};

// (caller, request_id)
using RequestKey = std::pair<std::string, std::string>;

// Inserts the records. One that is there already fails the statement: that is how a duplicate is
// found.
bool AppendInsertRequests(Sql& sql, const std::vector<const RequestRecord*>& requests);

// Inserts the records; one that is there already gets the new code and reply and keeps the rest.
bool AppendUpsertRequests(Sql& sql, const std::vector<const RequestRecord*>& requests);

// Deletes up to `limit` records that are older than `retention` by the database's clock, oldest first.
bool AppendDeleteOldRequests(Sql& sql, absl::Duration retention, int64_t limit);

// Selects the whole records that exist.
bool AppendSelectRequests(Sql& sql, std::span<const RequestKey> keys);

// Deletes the records that exist.
bool AppendDeleteRequests(Sql& sql, std::span<const RequestKey> keys);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_REQUEST_REPOSITORY_H_
