#include "inventory/v1/transfer.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/queries/parts.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/transfer_repository.h"

namespace inventory::queries {
namespace {

using storage::TransferLineRecord;
using storage::TransferRecord;

struct ListTransfers {
  using Request = v1::ListTransfersRequest;
  using Response = v1::ListTransfersResponse;
  using Key = TransferRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(filter.external_reference_code(), "filter.external_reference_code", violations);
    rpc::CheckOptionalId(filter.from_warehouse_id(), "filter.from_warehouse_id", violations);
    rpc::CheckOptionalId(filter.to_warehouse_id(), "filter.to_warehouse_id", violations);
    rpc::CheckEnum<v1::TransferState_IsValid>(filter.state(), "filter.state", violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    reading::Snapshot snapshot(reader.connection());
    const auto listed = snapshot.Read([&](storage::Sql& sql) {
      storage::AppendListTransfers(sql, FilterOf(request.filter()), page.after(), page.fetch());
    });
    if (!listed.ok()) return listed.status();
    auto transfers = storage::ParseAll<TransferRecord>((*listed)[0]);
    if (transfers.empty()) return absl::OkStatus();
    response.set_next_page_token(page.Cut(transfers));

    std::vector<std::string> ids;
    for (const TransferRecord& transfer : transfers) ids.push_back(transfer.transfer_id);
    const auto results =
        snapshot.ReadLast([&](storage::Sql& sql) { storage::AppendSelectByKeyPrefix<TransferLineRecord>(sql, ids); });
    if (!results.ok()) return results.status();
    const Parts<TransferLineRecord> lines((*results)[0], &TransferLineRecord::transfer_id);
    for (const TransferRecord& transfer : transfers) {
      ToProto(transfer, lines.Of(transfer.transfer_id), *response.add_transfers());
    }
    return absl::OkStatus();
  }

 private:
  static storage::TransferFilter FilterOf(const Request::Filter& filter) {
    storage::TransferFilter wanted = {.from_warehouse_id = filter.from_warehouse_id(),
                                      .to_warehouse_id = filter.to_warehouse_id(),
                                      .sku = filter.sku()};
    if (filter.state() != v1::TRANSFER_STATE_UNSPECIFIED) {
      wanted.state = static_cast<storage::TransferState>(filter.state());
    }
    wanted.external_reference_code = filter.external_reference_code();
    return wanted;
  }
};

const rpc::Registered<ListTransfers> kListTransfers;

}  // namespace
}  // namespace inventory::queries
