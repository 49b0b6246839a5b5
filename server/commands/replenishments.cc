#include "server/commands/replenishments.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"

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
