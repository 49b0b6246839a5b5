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
    const v1::Channel& channel = request.channel();
    CheckNamed(channel.channel_id(), channel.external_reference_code(), "channel", "channel_id", violations);
    const auto mask =
        CheckUpdateMask(request.update_mask(), *v1::Channel::descriptor(), kFixedChannelFields, violations);
    v1::Channel changed;
    changed.set_name("any");
    ApplyUpdate(mask, kFixedChannelFields, request.channel(), changed);
    CheckChannel(request.allow_missing() ? channel : changed, "channel", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return NeedsOfResource<ChannelRecord>(request.channel().external_reference_code());
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& code = request.channel().external_reference_code();
    const std::string id = NamedBy<ChannelRecord>(work, request.channel().channel_id(), code);
    if (request.allow_missing() && !FindAny<ChannelRecord>(work, id).ok()) {
      absl::Status matches = CheckEtag(request.channel().etag(), 0, "the channel");
      return matches.ok() ? MakeChannel(work, request.channel(), response) : matches;
    }
    auto found = FindLive<ChannelRecord>(work, id, request.channel().etag());
    if (!found.ok()) return found.status();
    v1::Channel wanted;
    ShowChannel(work, id, wanted);
    ApplyUpdate(request.update_mask(), kFixedChannelFields, request.channel(), wanted);
    absl::Status saved = Save(work, Configured(**found, wanted));
    if (!saved.ok()) return saved;
    ShowChannel(work, id, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateChannel> kUpdateChannel;

}  // namespace
}  // namespace inventory::commands
