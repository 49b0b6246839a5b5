#include "server/commands/replenishments.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/stock.h"

namespace inventory::commands {

using pipeline::Work;
using storage::ReplenishmentRecord;
using storage::ReplenishmentState;

absl::StatusOr<const ReplenishmentRecord*> FindReplenishment(Work& work, const std::string& replenishment_id,
                                                             const std::string& etag) {
  const ReplenishmentRecord* replenishment = work.rows().replenishments.Find(replenishment_id);
  if (replenishment == nullptr) {
    return NotFound("REPLENISHMENT_NOT_FOUND", absl::StrCat("there is no replenishment ", replenishment_id),
                    {{"replenishment_id", replenishment_id}});
  }
  if (!work.Require(replenishment->sku)) return absl::AbortedError("the replenishment's SKU is not locked yet");
  absl::Status matches = CheckEtag(etag, replenishment->version, "the replenishment");
  if (!matches.ok()) return matches;
  return replenishment;
}

absl::StatusOr<const ReplenishmentRecord*> OpenReplenishment(Work& work, ReplenishmentRecord record) {
  absl::Status allowed = CheckWarehouseExists(work, record.warehouse_id);
  if (allowed.ok()) allowed = CheckTracked(work, record.sku);
  if (!allowed.ok()) return allowed;
  std::string& id = record.replenishment_id;
  if (id.empty()) id = work.fresh_id();
  if (work.rows().replenishments.Find(id) != nullptr) {
    return Refusal(absl::StatusCode::kAlreadyExists, "REPLENISHMENT_EXISTS",
                   absl::StrCat("there is a replenishment ", id, " already"), {{"replenishment_id", id}});
  }
  absl::Status given = GiveCode(work, storage::ResourceKind::kReplenishment, "", record.external_reference_code, id);
  if (!given.ok()) return given;
  record.version = 1;
  record.create_time = work.now();
  record.update_time = work.now();
  const ReplenishmentRecord& opened = work.rows().replenishments.Add(std::move(record));
  absl::Status expected = Expect(work, opened, opened.ordered);
  if (!expected.ok()) return expected;
  return &opened;
}

ReplenishmentRecord& EditReplenishment(Work& work, const std::string& replenishment_id) {
  ReplenishmentRecord& replenishment = work.rows().replenishments.Edit(replenishment_id);
  replenishment.version += 1;
  replenishment.update_time = work.now();
  return replenishment;
}

absl::Status WrongState(ReplenishmentState state) {
  std::string name = v1::ReplenishmentState_Name(static_cast<v1::ReplenishmentState>(state));
  name = name.substr(std::string("REPLENISHMENT_STATE_").size());
  return Precondition("REPLENISHMENT_STATE", absl::StrCat("the replenishment is ", name), {{"state", name}});
}

absl::Status Expect(Work& work, const ReplenishmentRecord& replenishment, int64_t quantity, std::string_view reason) {
  return work
      .Apply({.sku = replenishment.sku,
              .warehouse_id = replenishment.warehouse_id,
              .type = storage::MovementType::kExpect,
              .delta = {.incoming = quantity},
              .reason = reason,
              .document_id = replenishment.replenishment_id})
      .status();
}

void ShowReplenishment(const Work& work, const std::string& replenishment_id, v1::Replenishment& out) {
  ToProto(*work.rows().replenishments.Find(replenishment_id), out);
}

}  // namespace inventory::commands
