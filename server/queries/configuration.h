// Warehouses and channels as they are now.
#ifndef INVENTORY_SERVER_QUERIES_CONFIGURATION_H_
#define INVENTORY_SERVER_QUERIES_CONFIGURATION_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inventory/v1/channel.pb.h"
#include "server/pipeline/configuration.h"
#include "server/reading/reader.h"
#include "server/rpc/page.h"
#include "storage/records.h"

namespace inventory::queries {

// The configuration with every change that was answered before this call. Reads its version each time, and all of it
// only when that has moved.
absl::StatusOr<std::shared_ptr<const pipeline::Configuration>> CurrentConfiguration(reading::Reader& reader);

// The same at the version that AppendSelectConfigurationVersion has selected together with what it is read for.
absl::StatusOr<std::shared_ptr<const pipeline::Configuration>> ConfigurationAt(reading::Reader& reader,
                                                                               const storage::Rows& version);

// The channel with its attachments.
void ShowChannel(const pipeline::Configuration& configuration, const storage::ChannelRecord& channel, v1::Channel& out);

// The records of a page that match, as many as it is to fetch, by id.
template <typename Record, typename Matches>
std::vector<const Record*> Select(const std::map<std::string, Record, std::less<>>& by_id,
                                  const rpc::Page<std::string>& page, Matches matches) {
  std::vector<const Record*> selected;
  for (auto it = by_id.upper_bound(page.after()); it != by_id.end(); ++it) {
    if (static_cast<int64_t>(selected.size()) == page.fetch()) break;
    if (matches(it->second)) selected.push_back(&it->second);
  }
  return selected;
}

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_CONFIGURATION_H_
