#include "absl/strings/str_cat.h"
#include "inventory/v1/transfer.pb.h"
#include "server/commands/convert.h"
#include "server/queries/parts.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/transfer_repository.h"

namespace inventory::queries {
namespace {

using storage::TransferLineRecord;
using storage::TransferRecord;

struct GetTransfer {
  using Request = v1::GetTransferRequest;
  using Response = v1::Transfer;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.transfer_id(), "transfer_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const std::string ids[] = {request.transfer_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendSelectByKeyPrefix<TransferRecord>(sql, ids);
      storage::AppendSelectByKeyPrefix<TransferLineRecord>(sql, ids);
    });
    if (!results.ok()) return results.status();
    const auto transfers = storage::ParseAll<TransferRecord>((*results)[0]);
    if (transfers.empty()) {
      return NotFound("TRANSFER_NOT_FOUND", absl::StrCat("there is no transfer ", ids[0]), {{"transfer_id", ids[0]}});
    }
    const Parts<TransferLineRecord> lines((*results)[1], &TransferLineRecord::transfer_id);
    ToProto(transfers[0], lines.Of(ids[0]), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetTransfer> kGetTransfer;

}  // namespace
}  // namespace inventory::queries
