#include "inventory/v1/quota.pb.h"
#include "server/commands/quotas.h"
#include "server/rpc/rule.h"
#include "storage/quota_repository.h"

namespace inventory::queries {
namespace {

struct GetQuota {
  using Request = v1::GetQuotaRequest;
  using Response = v1::Quota;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckSku(request.sku(), "sku", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    storage::Sql sql;
    storage::AppendSelectLiveQuota(sql, {request.sku(), request.channel_id()});
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    const auto quotas = storage::ParseAll<storage::QuotaRecord>((*results)[0]);
    if (quotas.empty()) return commands::QuotaNotFound(request.channel_id(), request.sku());
    ToProto(quotas.front(), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetQuota> kGetQuota;

}  // namespace
}  // namespace inventory::queries
