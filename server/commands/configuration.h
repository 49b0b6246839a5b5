// What the commands on warehouses and channels share: both are rows with an id, a version and soft deletion.
#ifndef INVENTORY_SERVER_COMMANDS_CONFIGURATION_H_
#define INVENTORY_SERVER_COMMANDS_CONFIGURATION_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// Specialised for each of the two:
//   kName          "warehouse". Reasons and metadata are made from it: WAREHOUSE_NOT_FOUND {warehouse_id}.
//   kId            the member that is its id.
//   kKind          whose codes are unique among themselves.
//   TableOf(rows)  where its records are.
template <typename Record>
struct ResourceKind;

template <>
struct ResourceKind<storage::WarehouseRecord> {
  static constexpr char kName[] = "warehouse";
  static constexpr auto kId = &storage::WarehouseRecord::warehouse_id;
  static constexpr auto kKind = storage::ResourceKind::kWarehouse;
  static auto& TableOf(pipeline::Rows& rows) { return rows.warehouses; }
};

template <>
struct ResourceKind<storage::ChannelRecord> {
  static constexpr char kName[] = "channel";
  static constexpr auto kId = &storage::ChannelRecord::channel_id;
  static constexpr auto kKind = storage::ResourceKind::kChannel;
  static auto& TableOf(pipeline::Rows& rows) { return rows.channels; }
};

// The refusal `code`, reason WAREHOUSE_<what> {warehouse_id}, or the same of a channel.
template <typename Record>
absl::Status RefuseResource(absl::StatusCode code, const std::string& what, const std::string& id,
                            const std::string& problem) {
  const std::string name = ResourceKind<Record>::kName;
  return Refusal(code, absl::AsciiStrToUpper(name) + "_" + what, absl::StrCat(name, " ", id, " ", problem),
                 {{name + "_id", id}});
}

// The record whether deleted or not; NOT_FOUND if there is none.
template <typename Record>
absl::StatusOr<const Record*> FindAny(pipeline::Work& work, const std::string& id) {
  const Record* record = ResourceKind<Record>::TableOf(work.rows()).Find(id);
  if (record == nullptr) {
    return RefuseResource<Record>(absl::StatusCode::kNotFound, "NOT_FOUND", id, "does not exist");
  }
  return record;
}

// The record, which is not deleted and matches the etag; NOT_FOUND, ETAG_MISMATCH.
template <typename Record>
absl::StatusOr<const Record*> FindLive(pipeline::Work& work, const std::string& id, const std::string& etag) {
  absl::StatusOr<const Record*> record = FindAny<Record>(work, id);
  if (!record.ok()) return record;
  if ((*record)->delete_time) {
    return RefuseResource<Record>(absl::StatusCode::kNotFound, "NOT_FOUND", id, "is deleted");
  }
  absl::Status matches = CheckEtag(etag, (*record)->version, absl::StrCat("the ", ResourceKind<Record>::kName));
  if (!matches.ok()) return matches;
  return record;
}

// The rows that it takes to write one that has the code.
template <typename Record>
pipeline::Needs NeedsOfResource(const std::string& code) {
  pipeline::Needs needs{.configuration = true};
  NeedCode(ResourceKind<Record>::kKind, code, needs);
  return needs;
}

// The id that an update names: `id`, or where that is empty that of the one with the code. Empty if none has it.
template <typename Record>
std::string NamedBy(const pipeline::Work& work, const std::string& id, const std::string& code) {
  return id.empty() ? OwnerOf(work, ResourceKind<Record>::kKind, code) : id;
}

// Adds a record under its id, or a fresh one if that is empty; ALREADY_EXISTS if there is one, a deleted one included,
// or if another has its code.
template <typename Record>
absl::StatusOr<const Record*> Create(pipeline::Work& work, Record record) {
  auto& table = ResourceKind<Record>::TableOf(work.rows());
  std::string& id = record.*ResourceKind<Record>::kId;
  if (id.empty()) id = work.fresh_id();
  if (table.Find(id) != nullptr) {
    return RefuseResource<Record>(absl::StatusCode::kAlreadyExists, "EXISTS", id, "exists already");
  }
  absl::Status given = GiveCode(work, ResourceKind<Record>::kKind, "", record.external_reference_code, id);
  if (!given.ok()) return given;
  record.version = 1;
  record.create_time = work.now();
  record.update_time = work.now();
  return &table.Add(std::move(record));
}

// Puts `record` in the place of the one with its id. Version and update time move on here, and only if it differs.
// ALREADY_EXISTS if another has its code.
template <typename Record>
absl::Status Save(pipeline::Work& work, Record record) {
  auto& table = ResourceKind<Record>::TableOf(work.rows());
  const Record& stored = *table.Find(record.key());
  if (record == stored) return absl::OkStatus();
  absl::Status given = GiveCode(work, ResourceKind<Record>::kKind, stored.external_reference_code,
                                record.external_reference_code, record.key());
  if (!given.ok()) return given;
  record.version += 1;
  record.update_time = work.now();
  table.Edit(record.key()) = std::move(record);
  return absl::OkStatus();
}

// Takes a deletion back; NOT_FOUND, ALREADY_EXISTS if it is not deleted, ETAG_MISMATCH.
template <typename Record>
absl::Status Undelete(pipeline::Work& work, const std::string& id, const std::string& etag) {
  absl::StatusOr<const Record*> found = FindAny<Record>(work, id);
  if (!found.ok()) return found.status();
  if (!(*found)->delete_time) {
    return RefuseResource<Record>(absl::StatusCode::kAlreadyExists, "NOT_DELETED", id, "is not deleted");
  }
  absl::Status matches = CheckEtag(etag, (*found)->version, absl::StrCat("the ", ResourceKind<Record>::kName));
  if (!matches.ok()) return matches;
  Record record = **found;
  record.delete_time.reset();
  return Save(work, std::move(record));
}

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_CONFIGURATION_H_
