#include <algorithm>

#include "inventory/v1/channel.pb.h"
#include "server/commands/external_references.h"
#include "server/queries/configuration.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

using pipeline::Configuration;
using storage::ChannelRecord;

struct ListChannels {
  using Request = v1::ListChannelsRequest;
  using Response = v1::ListChannelsResponse;
  using Key = ChannelRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(request.filter().external_reference_code(), "filter.external_reference_code", violations);
    rpc::CheckOptionalId(request.filter().warehouse_id(), "filter.warehouse_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const rpc::Page<Key> page(request);
    std::vector<const ChannelRecord*> channels =
        Select((*configuration)->channels, page,
               [&](const ChannelRecord& channel) { return Matches(request, **configuration, channel); });
    response.set_next_page_token(page.Cut(channels, [](const auto* channel) { return channel->key(); }));
    for (const ChannelRecord* channel : channels) ShowChannel(**configuration, *channel, *response.add_channels());
    return absl::OkStatus();
  }

 private:
  static bool Matches(const Request& request, const Configuration& configuration, const ChannelRecord& channel) {
    const Request::Filter& filter = request.filter();
    return (request.show_deleted() || !channel.delete_time) &&
           (filter.external_reference_code().empty() ||
            channel.external_reference_code == filter.external_reference_code()) &&
           (!filter.has_active() || channel.active == filter.active()) &&
           (filter.warehouse_id().empty() || SellsFrom(configuration, channel.channel_id, filter.warehouse_id()));
  }

  static bool SellsFrom(const Configuration& configuration, const std::string& channel_id,
                        const std::string& warehouse_id) {
    const auto attached = configuration.attachments.find(channel_id);
    return attached != configuration.attachments.end() &&
           std::any_of(attached->second.begin(), attached->second.end(),
                       [&](const auto& attachment) { return attachment.warehouse_id == warehouse_id; });
  }
};

const rpc::Registered<ListChannels> kListChannels;

}  // namespace
}  // namespace inventory::queries
