#include "absl/strings/str_cat.h"
#include "inventory/v1/stock_return.pb.h"
#include "server/commands/convert.h"
#include "server/queries/parts.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/return_repository.h"

namespace inventory::queries {
namespace {

using storage::ReturnLineRecord;
using storage::ReturnRecord;

struct GetReturn {
  using Request = v1::GetReturnRequest;
  using Response = v1::StockReturn;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.return_id(), "return_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const std::string ids[] = {request.return_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendSelectByKeyPrefix<ReturnRecord>(sql, ids);
      storage::AppendSelectByKeyPrefix<ReturnLineRecord>(sql, ids);
    });
    if (!results.ok()) return results.status();
    const auto returns = storage::ParseAll<ReturnRecord>((*results)[0]);
    if (returns.empty()) {
      return NotFound("RETURN_NOT_FOUND", absl::StrCat("there is no return ", ids[0]), {{"return_id", ids[0]}});
    }
    const Parts<ReturnLineRecord> lines((*results)[1], &ReturnLineRecord::return_id);
    ToProto(returns[0], lines.Of(ids[0]), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetReturn> kGetReturn;

}  // namespace
}  // namespace inventory::queries
