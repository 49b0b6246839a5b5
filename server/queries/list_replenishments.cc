#include "inventory/v1/replenishment.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/replenishment_repository.h"

namespace inventory::queries {
namespace {

using storage::ReplenishmentRecord;

struct ListReplenishments {
  using Request = v1::ListReplenishmentsRequest;
  using Response = v1::ListReplenishmentsResponse;
  using Key = ReplenishmentRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(filter.external_reference_code(), "filter.external_reference_code", violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.warehouse_id(), "filter.warehouse_id", violations);
    rpc::CheckEnum<v1::ReplenishmentState_IsValid>(filter.state(), "filter.state", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    reading::Snapshot snapshot(reader.connection());
    const auto listed = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendListReplenishments(sql, FilterOf(request.filter()), page.after(), page.fetch());
    });
    if (!listed.ok()) return listed.status();
    auto replenishments = storage::ParseAll<ReplenishmentRecord>((*listed)[0]);
    response.set_next_page_token(page.Cut(replenishments));
    for (const ReplenishmentRecord& replenishment : replenishments) {
      ToProto(replenishment, *response.add_replenishments());
    }
    return absl::OkStatus();
  }

 private:
  static storage::ReplenishmentFilter FilterOf(const Request::Filter& filter) {
    storage::ReplenishmentFilter wanted = {.sku = filter.sku(), .warehouse_id = filter.warehouse_id()};
    if (filter.state() != v1::REPLENISHMENT_STATE_UNSPECIFIED) {
      wanted.state = static_cast<storage::ReplenishmentState>(filter.state());
    }
    wanted.external_reference_code = filter.external_reference_code();
    return wanted;
  }
};

const rpc::Registered<ListReplenishments> kListReplenishments;

}  // namespace
}  // namespace inventory::queries
