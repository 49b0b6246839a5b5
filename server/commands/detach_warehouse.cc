#include "absl/strings/str_cat.h"
#include "inventory/v1/channel.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct DetachWarehouse {
  using Request = v1::DetachWarehouseRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& channel_id = request.channel_id();
    const std::string& warehouse_id = request.warehouse_id();
    auto channel = FindLive<storage::ChannelRecord>(work, channel_id, request.etag());
    if (!channel.ok()) return channel.status();
    const storage::AttachmentRecord::Key key{channel_id, warehouse_id};
    if (work.rows().attachments.Find(key) == nullptr) {
      return NotFound("ATTACHMENT_NOT_FOUND",
                      absl::StrCat("warehouse ", warehouse_id, " is not attached to channel ", channel_id),
                      {{"channel_id", channel_id}, {"warehouse_id", warehouse_id}});
    }
    work.rows().attachments.Remove(key);
    TouchChannel(work, channel_id);
    ShowChannel(work, channel_id, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<DetachWarehouse> kDetachWarehouse;

}  // namespace
}  // namespace inventory::commands
