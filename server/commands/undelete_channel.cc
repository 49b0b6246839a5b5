#include "inventory/v1/channel.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ChannelRecord;

struct UndeleteChannel {
  using Request = v1::UndeleteChannelRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::Status undeleted = Undelete<ChannelRecord>(work, request.channel_id(), request.etag());
    if (!undeleted.ok()) return undeleted;
    ShowChannel(work, request.channel_id(), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UndeleteChannel> kUndeleteChannel;

}  // namespace
}  // namespace inventory::commands
