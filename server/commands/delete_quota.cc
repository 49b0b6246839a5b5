#include "inventory/v1/quota.pb.h"
#include "server/commands/convert.h"
#include "server/commands/quotas.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::QuotaRecord;

struct DeleteQuota {
  using Request = v1::DeleteQuotaRequest;
  using Response = v1::DeleteQuotaResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckSku(request.sku(), "sku", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.skus = {request.sku()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response&) {
    const QuotaRecord::Key key{request.sku(), request.channel_id()};
    const QuotaRecord* quota = work.rows().quotas.Find(key);
    if (quota == nullptr) return QuotaNotFound(request.channel_id(), request.sku());
    absl::Status matches = CheckEtag(request.etag(), quota->version, "the quota");
    if (!matches.ok()) return matches;
    work.rows().quotas.Remove(key);
    work.rows().items.Edit(request.sku()).quotas -= 1;
    return absl::OkStatus();
  }
};

const rpc::Registered<DeleteQuota> kDeleteQuota;

}  // namespace
}  // namespace inventory::commands
