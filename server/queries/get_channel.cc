#include "absl/strings/str_cat.h"
#include "inventory/v1/channel.pb.h"
#include "server/queries/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

struct GetChannel {
  using Request = v1::GetChannelRequest;
  using Response = v1::Channel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const auto found = (*configuration)->channels.find(request.channel_id());
    if (found == (*configuration)->channels.end()) {
      return NotFound("CHANNEL_NOT_FOUND", absl::StrCat("there is no channel ", request.channel_id()),
                      {{"channel_id", request.channel_id()}});
    }
    ShowChannel(**configuration, found->second, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetChannel> kGetChannel;

}  // namespace
}  // namespace inventory::queries
