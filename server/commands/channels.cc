#include "server/commands/channels.h"

#include <utility>
#include <vector>

#include "server/commands/configuration.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {

using storage::AttachmentRecord;

void CheckChannel(const v1::Channel& channel, const std::string& field, Violations& violations) {
  rpc::CheckOptionalId(channel.channel_id(), field + ".channel_id", violations);
  if (channel.name().empty()) violations.Add(field + ".name", "is required");
  rpc::CheckText(channel.name(), 255, field + ".name", violations);
  CheckCode(channel.external_reference_code(), field + ".external_reference_code", violations);
  rpc::CheckEnum<v1::SourcingStrategy_IsValid>(channel.sourcing_strategy(), field + ".sourcing_strategy", violations);
}

storage::ChannelRecord Configured(storage::ChannelRecord record, const v1::Channel& channel) {
  record.name = channel.name();
  record.external_reference_code = channel.external_reference_code();
  record.active = channel.has_active() ? channel.active() : storage::ChannelRecord().active;
  record.sourcing_strategy = ToRecord(channel.sourcing_strategy()).value_or(storage::ChannelRecord().sourcing_strategy);
  return record;
}

void TouchChannel(pipeline::Work& work, const std::string& channel_id) {
  storage::ChannelRecord& channel = work.rows().channels.Edit(channel_id);
  channel.version += 1;
  channel.update_time = work.now();
}

void DetachEverywhere(pipeline::Work& work, const std::string& warehouse_id) {
  for (const AttachmentRecord* attachment : work.rows().attachments.All()) {
    if (attachment->warehouse_id != warehouse_id) continue;
    const AttachmentRecord::Key key = attachment->key();
    work.rows().attachments.Remove(key);
    TouchChannel(work, key.first);
  }
}

void ShowChannel(const pipeline::Work& work, const std::string& channel_id, v1::Channel& out) {
  std::vector<AttachmentRecord> attachments;
  for (const AttachmentRecord* attachment : work.rows().attachments.Range(
           {channel_id, ""}, [&](const AttachmentRecord& record) { return record.channel_id == channel_id; })) {
    attachments.push_back(*attachment);
  }
  ToProto(*work.rows().channels.Find(channel_id), std::move(attachments), out);
}

absl::Status MakeChannel(pipeline::Work& work, const v1::Channel& channel, v1::Channel& out) {
  storage::ChannelRecord record;
  record.channel_id = channel.channel_id();
  auto made = Create(work, Configured(std::move(record), channel));
  if (!made.ok()) return made.status();
  ShowChannel(work, (*made)->channel_id, out);
  return absl::OkStatus();
}

}  // namespace inventory::commands
