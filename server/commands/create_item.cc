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

  static pipeline::Needs NeedsOf(const Request& request) { return NeedsOfItem(request.item(), /*create=*/true); }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& sku = request.item().sku();
    if (work.item(sku).configured) {
      return Refusal(absl::StatusCode::kAlreadyExists, "ITEM_EXISTS", absl::StrCat(sku, " is configured already"),
                     {{"sku", sku}});
    }
    absl::Status saved = Configure(work, request.item());
    if (!saved.ok()) return saved;
    ToProto(work.item(sku), work.configuration(), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateItem> kCreateItem;

}  // namespace
}  // namespace inventory::commands
