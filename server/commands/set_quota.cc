#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "inventory/v1/quota.pb.h"
#include "server/commands/convert.h"
#include "server/commands/quotas.h"
#include "server/commands/stock.h"
#include "server/pipeline/quotas.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::QuotaRecord;

struct SetQuota {
  using Request = v1::SetQuotaRequest;
  using Response = v1::Quota;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckSku(request.sku(), "sku", violations);
    rpc::CheckQuantity(request.quantity(), 0, "quantity", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.skus = {request.sku()}, .create_items = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const QuotaRecord::Key key{request.sku(), request.channel_id()};
    const QuotaRecord* quota = work.rows().quotas.Find(key);
    absl::Status allowed = CheckAllowed(request, work, quota);
    if (!allowed.ok()) return allowed;
    if (quota == nullptr) {
      if (!work.RequireOutstanding(key)) return absl::AbortedError("the outstanding units are not summed yet");
      Make(key, request.quantity(), work);
    } else if (quota->quantity != request.quantity()) {
      QuotaRecord& changed = work.rows().quotas.Edit(key);
      changed.quantity = request.quantity();
      changed.version += 1;
      changed.update_time = work.now();
    }
    ToProto(*work.rows().quotas.Find(key), response);
    return absl::OkStatus();
  }

 private:
  static absl::Status CheckAllowed(const Request& request, const pipeline::Work& work, const QuotaRecord* quota) {
    const std::string& channel_id = request.channel_id();
    if (work.configuration().FindChannel(channel_id) == nullptr) {
      return NotFound("CHANNEL_NOT_FOUND", absl::StrCat("there is no channel ", channel_id),
                      {{"channel_id", channel_id}});
    }
    absl::Status tracked = CheckTracked(work, request.sku());
    if (!tracked.ok()) return tracked;
    return CheckEtag(request.etag(), quota == nullptr ? 0 : quota->version, "the quota");
  }

  // Versions start with the time, so that the etag of a deleted quota never fits the one made after it.
  static void Make(const QuotaRecord::Key& key, int64_t quantity, pipeline::Work& work) {
    work.rows().quotas.Add({.sku = key.first,
                            .channel_id = key.second,
                            .quantity = quantity,
                            .outstanding = pipeline::OutstandingNow(work, key),
                            .version = absl::ToUnixMicros(work.now()),
                            .create_time = work.now(),
                            .update_time = work.now()});
    work.rows().items.Edit(key.first).quotas += 1;
  }
};

const rpc::Registered<SetQuota> kSetQuota;

}  // namespace
}  // namespace inventory::commands
