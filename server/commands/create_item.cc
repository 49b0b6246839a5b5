#include "absl/strings/str_cat.h"
#include "inventory/v1/item.pb.h"
#include "server/commands/convert.h"
#include "server/commands/items.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct CreateItem {
  using Request = v1::CreateItemRequest;
  using Response = v1::Item;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    CheckItem(request.item(), "item", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.skus = {request.item().sku()}, .create_items = true};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& sku = request.item().sku();
    if (work.item(sku).configured) {
      return Refusal(absl::StatusCode::kAlreadyExists, "ITEM_EXISTS", absl::StrCat(sku, " is configured already"),
                     {{"sku", sku}});
    }
    absl::Status saved = SaveItem(work, Configured(work.item(sku), request.item()));
    if (!saved.ok()) return saved;
    ToProto(work.item(sku), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateItem> kRegistered;

}  // namespace
}  // namespace inventory::commands
