#include "inventory/v1/item.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/field_mask.h"
#include "server/commands/items.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct UpdateItem {
  using Request = v1::UpdateItemRequest;
  using Response = v1::Item;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const auto mask = CheckUpdateMask(request.update_mask(), *v1::Item::descriptor(), kFixedItemFields, violations);
    // Any minimum may fit to a maximum that is not changed, and any limit to a policy that is not.
    v1::Item changed;
    const bool by_code = request.item().sku().empty() && !request.item().external_reference_code().empty();
    changed.set_sku(by_code ? "any" : request.item().sku());
    changed.set_max_order_quantity(0);
    ApplyUpdate(mask, kFixedItemFields, request.item(), changed);
    if (changed.backorder_limit() > 0) {
      changed.set_backorder_policy(v1::BACKORDER_POLICY_LIMITED);
    } else if (changed.backorder_policy() == v1::BACKORDER_POLICY_LIMITED) {
      changed.set_backorder_limit(1);
    }
    CheckItem(request.allow_missing() ? request.item() : changed, "item", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return NeedsOfItem(request.item(), request.allow_missing());
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& code = request.item().external_reference_code();
    const std::string sku =
        request.item().sku().empty() ? OwnerOf(work, storage::ResourceKind::kItem, code) : request.item().sku();
    if (sku.empty()) return ItemNotFound(code);
    if (!work.Require(sku)) return absl::AbortedError("the SKU is not locked yet");
    const storage::ItemRecord& stored = work.item(sku);
    if (!stored.configured && !request.allow_missing()) return ItemNotFound(sku);
    absl::Status matches = CheckEtag(request.item().etag(), stored.configured ? stored.config_version : 0, "the item");
    if (!matches.ok()) return matches;

    const v1::Item wanted = stored.configured ? Merged(request, stored, work.configuration()) : request.item();
    Violations violations;
    CheckItem(wanted, "item", violations);
    if (!violations.empty()) return violations.ToStatus();
    absl::Status saved = Configure(work, wanted);
    if (!saved.ok()) return saved;
    ToProto(work.item(sku), work.configuration(), response);
    return absl::OkStatus();
  }

 private:
  static v1::Item Merged(const Request& request, const storage::ItemRecord& stored,
                         const pipeline::Configuration& configuration) {
    v1::Item item;
    ToProto(stored, configuration, item);
    ApplyUpdate(request.update_mask(), kFixedItemFields, request.item(), item);
    return item;
  }
};

const rpc::Registered<UpdateItem> kUpdateItem;

}  // namespace
}  // namespace inventory::commands
