// Memory for the messages of a call.
#ifndef INVENTORY_SERVER_RPC_MESSAGE_ARENA_H_
#define INVENTORY_SERVER_RPC_MESSAGE_ARENA_H_

#include <cstddef>

#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace inventory::rpc {

// Puts request and response of a call, with all messages in them, into one piece of memory that is given back as a
// whole: an answer to a reservation is a dozen messages, each of which was an allocation on one thread and a release
// on another. Thread-safe.
template <typename Request, typename Response>
class MessageArenas final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder(); }

 private:
  // What small calls need; larger ones get more from the heap.
  static constexpr std::size_t kFirstBlockBytes = 2048;

  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(first_block_, sizeof(first_block_)) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    alignas(std::max_align_t) char first_block_[kFirstBlockBytes];
    google::protobuf::Arena arena_;
  };
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_MESSAGE_ARENA_H_
