#include "server/queries/configuration.h"

#include "server/commands/convert.h"
#include "storage/configuration_repository.h"

namespace inventory::queries {

absl::StatusOr<std::shared_ptr<const pipeline::Configuration>> CurrentConfiguration(reading::Reader& reader) {
  storage::Sql sql;
  storage::AppendSelectConfigurationVersion(sql);
  const absl::StatusOr<std::vector<storage::Rows>> results = reader.connection().Execute(sql);
  if (!results.ok()) return results.status();
  return ConfigurationAt(reader, (*results)[0]);
}

absl::StatusOr<std::shared_ptr<const pipeline::Configuration>> ConfigurationAt(reading::Reader& reader,
                                                                               const storage::Rows& version) {
  return reader.configurations().At(storage::ParseConfigurationVersion(version), reader.connection());
}

void ShowChannel(const pipeline::Configuration& configuration, const storage::ChannelRecord& channel,
                 v1::Channel& out) {
  const auto attached = configuration.attachments.find(channel.channel_id);
  const bool none = attached == configuration.attachments.end();
  ToProto(channel, none ? std::vector<storage::AttachmentRecord>() : attached->second, out);
}

}  // namespace inventory::queries
