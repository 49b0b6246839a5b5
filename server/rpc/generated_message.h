// Messages that are compiled in without a header.
#ifndef INVENTORY_SERVER_RPC_GENERATED_MESSAGE_H_
#define INVENTORY_SERVER_RPC_GENERATED_MESSAGE_H_

#include <memory>
#include <string>

#include "google/protobuf/message.h"

namespace inventory::rpc {

// An empty message of a type that gRPC's libraries for reflection and channelz bring, by its full name. CHECK-fails if
// there is none.
std::unique_ptr<google::protobuf::Message> NewGenerated(const std::string& type);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_GENERATED_MESSAGE_H_
