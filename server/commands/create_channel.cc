#include "inventory/v1/channel.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct CreateChannel {
  using Request = v1::CreateChannelRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    CheckChannel(request.channel(), "channel", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return NeedsOfResource<storage::ChannelRecord>(request.channel().external_reference_code());
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    return MakeChannel(work, request.channel(), response);
  }
};

const rpc::Registered<CreateChannel> kCreateChannel;

}  // namespace
}  // namespace inventory::commands
