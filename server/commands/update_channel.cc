#include "inventory/v1/channel.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/commands/field_mask.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ChannelRecord;

struct UpdateChannel {
  using Request = v1::UpdateChannelRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel().channel_id(), "channel.channel_id", violations);
    const auto mask =
        CheckUpdateMask(request.update_mask(), *v1::Channel::descriptor(), kFixedChannelFields, violations);
    v1::Channel changed;
    changed.set_name("any");
    ApplyUpdate(mask, kFixedChannelFields, request.channel(), changed);
    CheckChannel(changed, "channel", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.channel().channel_id();
    auto found = FindLive<ChannelRecord>(work, id, request.channel().etag());
    if (!found.ok()) return found.status();
    v1::Channel wanted;
    ShowChannel(work, id, wanted);
    ApplyUpdate(request.update_mask(), kFixedChannelFields, request.channel(), wanted);
    Save(work, Configured(**found, wanted));
    ShowChannel(work, id, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateChannel> kRegistered;

}  // namespace
}  // namespace inventory::commands
