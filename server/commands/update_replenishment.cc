#include "absl/strings/str_cat.h"
#include "inventory/v1/replenishment.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/field_mask.h"
#include "server/commands/replenishments.h"
#include "server/commands/reservations.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReplenishmentRecord;

struct UpdateReplenishment {
  using Request = v1::UpdateReplenishmentRequest;
  using Response = v1::UpdateReplenishmentResponse;

  static constexpr std::string_view kImmutable[] = {"sku", "warehouse_id"};

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const v1::Replenishment& replenishment = request.replenishment();
    CheckNamed(replenishment.replenishment_id(), replenishment.external_reference_code(), "replenishment",
               "replenishment_id", violations);
    const auto mask =
        CheckUpdateMask(request.update_mask(), *v1::Replenishment::descriptor(), kFixedReplenishmentFields, violations);
    v1::Replenishment changed;
    changed.set_ordered_quantity(1);
    ApplyUpdate(mask, kFixedReplenishmentFields, replenishment, changed);
    CheckReplenishment(request.allow_missing() ? replenishment : changed, violations);
    if (!request.allow_missing()) return;
    rpc::CheckSku(replenishment.sku(), "replenishment.sku", violations);
    rpc::CheckId(replenishment.warehouse_id(), "replenishment.warehouse_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    const v1::Replenishment& replenishment = request.replenishment();
    pipeline::Needs needs;
    if (!replenishment.replenishment_id().empty()) needs.replenishments = {replenishment.replenishment_id()};
    NeedCode(storage::ResourceKind::kReplenishment, replenishment.external_reference_code(), needs);
    if (request.allow_missing()) {
      needs.skus = {replenishment.sku()};
      needs.create_items = true;
      needs.warehouses = {replenishment.warehouse_id()};
    }
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& code = request.replenishment().external_reference_code();
    std::string id = request.replenishment().replenishment_id();
    if (id.empty()) {
      id = OwnerOf(work, storage::ResourceKind::kReplenishment, code);
      if (!id.empty() && !work.RequireReplenishment(id)) return absl::AbortedError("it is not loaded yet");
    }
    if (request.allow_missing() && work.rows().replenishments.Find(id) == nullptr) return Make(request, work, response);
    auto found = FindReplenishment(work, id, request.replenishment().etag());
    if (!found.ok()) return found.status();
    if ((*found)->state != storage::ReplenishmentState::kOpen) return WrongState((*found)->state);
    v1::Replenishment wanted;
    ToProto(**found, wanted);
    absl::Status kept = CheckImmutable(kImmutable, request.replenishment(), wanted, "replenishment");
    if (!kept.ok()) return kept;
    v1::Replenishment changes;  // What the mask does not name is not checked, and not converted either.
    ApplyUpdate(request.update_mask(), kFixedReplenishmentFields, request.replenishment(), changes);
    absl::Status converted = ToSmallestUnits(request.unit(), (*found)->sku, work, changes);
    if (!converted.ok()) return converted;
    ApplyUpdate(request.update_mask(), kFixedReplenishmentFields, changes, wanted);
    absl::Status allowed = CheckAllowed(wanted, **found);
    if (!allowed.ok()) return allowed;
    absl::Status saved = Save(wanted, **found, work);
    if (!saved.ok()) return saved;
    ShowReplenishment(work, id, *response.mutable_replenishment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static void CheckReplenishment(const v1::Replenishment& replenishment, Violations& violations) {
    rpc::CheckQuantity(replenishment.ordered_quantity(), 1, "replenishment.ordered_quantity", violations);
    if (replenishment.has_expected_time()) {
      rpc::CheckTimestamp(replenishment.expected_time(), "replenishment.expected_time", violations);
    }
    rpc::CheckText(replenishment.reference(), kMaxReplenishmentReferenceBytes, "replenishment.reference", violations);
    CheckCode(replenishment.external_reference_code(), "replenishment.external_reference_code", violations);
  }

  static absl::Status Make(const Request& request, pipeline::Work& work, Response& response) {
    absl::Status matches = CheckEtag(request.replenishment().etag(), 0, "the replenishment");
    if (!matches.ok()) return matches;
    v1::Replenishment wanted = request.replenishment();
    absl::Status converted = ToSmallestUnits(request.unit(), wanted.sku(), work, wanted);
    if (!converted.ok()) return converted;
    ReplenishmentRecord record{.replenishment_id = wanted.replenishment_id(),
                               .sku = wanted.sku(),
                               .warehouse_id = wanted.warehouse_id(),
                               .ordered = wanted.ordered_quantity(),
                               .reference = wanted.reference(),
                               .external_reference_code = wanted.external_reference_code()};
    if (wanted.has_expected_time()) record.expected_time = ToStoredTime(wanted.expected_time());
    absl::StatusOr<const ReplenishmentRecord*> opened = OpenReplenishment(work, std::move(record));
    if (!opened.ok()) return opened.status();
    ToProto(**opened, *response.mutable_replenishment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

  // The request's unit stands apart from the SKU that it could be converted by before.
  static absl::Status ToSmallestUnits(const std::string& unit, const std::string& sku, pipeline::Work& work,
                                      v1::Replenishment& replenishment) {
    const auto units = rpc::InSmallestUnits(work, sku, unit, replenishment.ordered_quantity());
    if (!units.ok()) return units.status();
    replenishment.set_ordered_quantity(*units);
    return absl::OkStatus();
  }

  static absl::Status CheckAllowed(const v1::Replenishment& wanted, const ReplenishmentRecord& stored) {
    if (wanted.ordered_quantity() >= stored.received) return absl::OkStatus();
    return Precondition("BELOW_RECEIVED", absl::StrCat(stored.received, " units have come already"),
                        {{"replenishment_id", stored.replenishment_id},
                         {"requested", absl::StrCat(wanted.ordered_quantity())},
                         {"minimum", absl::StrCat(stored.received)}});
  }

  static absl::Status Save(const v1::Replenishment& wanted, const ReplenishmentRecord& stored, pipeline::Work& work) {
    ReplenishmentRecord record = stored;
    record.ordered = wanted.ordered_quantity();
    record.expected_time.reset();
    if (wanted.has_expected_time()) record.expected_time = ToStoredTime(wanted.expected_time());
    record.reference = wanted.reference();
    record.external_reference_code = wanted.external_reference_code();
    if (record == stored) return absl::OkStatus();
    absl::Status given = GiveCode(work, storage::ResourceKind::kReplenishment, stored.external_reference_code,
                                  record.external_reference_code, record.replenishment_id);
    if (!given.ok()) return given;
    if (const int64_t more = record.ordered - stored.ordered; more != 0) {
      absl::Status expected = Expect(work, stored, more);
      if (!expected.ok()) return expected;
    }
    if (record.outstanding() == 0) record.state = storage::ReplenishmentState::kReceived;
    work.rows().replenishments.Edit(record.replenishment_id) = record;
    EditReplenishment(work, record.replenishment_id);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateReplenishment> kUpdateReplenishment;

}  // namespace
}  // namespace inventory::commands
