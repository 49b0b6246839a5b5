#include "absl/strings/str_cat.h"
#include "inventory/v1/replenishment.pb.h"
#include "server/commands/convert.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/replenishment_repository.h"

namespace inventory::queries {
namespace {

using storage::ReplenishmentRecord;

struct GetReplenishment {
  using Request = v1::GetReplenishmentRequest;
  using Response = v1::Replenishment;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.replenishment_id(), "replenishment_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const std::string ids[] = {request.replenishment_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results =
        snapshot.ReadLast([&](storage::Sql& sql) { storage::AppendSelectByKeyPrefix<ReplenishmentRecord>(sql, ids); });
    if (!results.ok()) return results.status();
    const auto found = storage::ParseAll<ReplenishmentRecord>((*results)[0]);
    if (found.empty()) {
      return NotFound("REPLENISHMENT_NOT_FOUND", absl::StrCat("there is no replenishment ", ids[0]),
                      {{"replenishment_id", ids[0]}});
    }
    ToProto(found[0], response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetReplenishment> kGetReplenishment;

}  // namespace
}  // namespace inventory::queries
