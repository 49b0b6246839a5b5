#include "inventory/v1/channel.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ChannelRecord;

struct DeleteChannel {
  using Request = v1::DeleteChannelRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  // The attachments stay for when the channel is undeleted.
  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    auto found = FindLive<ChannelRecord>(work, request.channel_id(), request.etag());
    if (!found.ok()) return found.status();
    ChannelRecord record = **found;
    record.delete_time = work.now();
    absl::Status saved = Save(work, std::move(record));
    if (!saved.ok()) return saved;
    ShowChannel(work, request.channel_id(), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<DeleteChannel> kDeleteChannel;

}  // namespace
}  // namespace inventory::commands
