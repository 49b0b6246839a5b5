#include "inventory/v1/channel.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::AttachmentRecord;

constexpr int64_t kMaxPriority = 1'000'000;

struct AttachWarehouse {
  using Request = v1::AttachWarehouseRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    rpc::CheckRange(request.priority(), 0, kMaxPriority, "priority", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    auto channel = FindLive<storage::ChannelRecord>(work, request.channel_id(), request.etag());
    if (!channel.ok()) return channel.status();
    auto warehouse = FindLive<storage::WarehouseRecord>(work, request.warehouse_id(), "");
    if (!warehouse.ok()) return warehouse.status();
    if (Attach(request, work)) TouchChannel(work, request.channel_id());
    ShowChannel(work, request.channel_id(), response);
    return absl::OkStatus();
  }

 private:
  // False if nothing changes.
  static bool Attach(const Request& request, pipeline::Work& work) {
    const AttachmentRecord wanted{request.channel_id(), request.warehouse_id(), request.priority()};
    const AttachmentRecord* attached = work.rows().attachments.Find(wanted.key());
    if (attached == nullptr) {
      work.rows().attachments.Add(wanted);
    } else if (*attached == wanted) {
      return false;
    } else {
      work.rows().attachments.Edit(wanted.key()) = wanted;
    }
    return true;
  }
};

const rpc::Registered<AttachWarehouse> kAttachWarehouse;

}  // namespace
}  // namespace inventory::commands
