// What the commands on channels share.
#ifndef INVENTORY_SERVER_COMMANDS_CHANNELS_H_
#define INVENTORY_SERVER_COMMANDS_CHANNELS_H_

#include <string>
#include <string_view>

#include "inventory/v1/channel.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// What UpdateChannel never changes, besides the fields of every resource; see field_mask.h.
inline constexpr std::string_view kFixedChannelFields[] = {"channel_id", "attachments"};

// Notes every broken rule of a channel but that its id may be missing; `field` is where the request has it.
void CheckChannel(const v1::Channel& channel, const std::string& field, Violations& violations);

// The record with everything that the caller decides of a valid channel.
storage::ChannelRecord Configured(storage::ChannelRecord record, const v1::Channel& channel);

// Says that the channel's attachments have changed: version and update time move on.
void TouchChannel(pipeline::Work& work, const std::string& channel_id);

// Takes the warehouse from every channel, the deleted ones too.
void DetachEverywhere(pipeline::Work& work, const std::string& warehouse_id);

// The channel as it is now.
void ShowChannel(const pipeline::Work& work, const std::string& channel_id, v1::Channel& out);

// Makes a valid channel and shows it. Refusals as Create in configuration.h.
absl::Status MakeChannel(pipeline::Work& work, const v1::Channel& channel, v1::Channel& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_CHANNELS_H_
