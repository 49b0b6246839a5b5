// A channel that attends to its connections also while no call is under way.
#ifndef INVENTORY_CLIENT_INTERNAL_ATTENTIVE_CHANNEL_H_
#define INVENTORY_CLIENT_INTERNAL_ATTENTIVE_CHANNEL_H_

#include <memory>

#include "grpcpp/channel.h"

namespace inventory::client::internal {

// A channel, and a thread that waits for changes of its connectivity and thereby does its input and output. Without it
// gRPC looks after connections without calls only every five seconds: the first call after a server's restart fails,
// and servers that are back after some seconds are found ten seconds late.
//
// The destructor never waits: the thread destroys the channel. So it may run on a thread of gRPC, where the channel's
// own destructor must not. Contexts of the channel's calls must be gone by then, for each owns the channel too.
class AttentiveChannel {
 public:
  // Begins to connect. `channel` must have no other owner.
  explicit AttentiveChannel(std::shared_ptr<grpc::Channel> channel);
  ~AttentiveChannel();
  AttentiveChannel(const AttentiveChannel&) = delete;
  AttentiveChannel& operator=(const AttentiveChannel&) = delete;

  grpc::Channel* get() const;

 private:
  class Attendant;

  const std::shared_ptr<Attendant> attendant_;
};

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_ATTENTIVE_CHANNEL_H_
