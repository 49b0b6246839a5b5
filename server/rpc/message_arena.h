// Memory for the messages of a call.
#ifndef INVENTORY_SERVER_RPC_MESSAGE_ARENA_H_
#define INVENTORY_SERVER_RPC_MESSAGE_ARENA_H_

#include <cstddef>
#include <optional>

#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace inventory::rpc {

// Puts a call's request, and its response, with all messages in it, into one piece of memory that is given back as a
// whole: an answer to a reservation is a dozen messages, each of which was an allocation on one thread and a release
// on another. Thread-safe.
template <typename Request, typename Response>
class MessageArenas final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder(); }

 private:
  // What small calls need; larger ones get more from the heap.
  static constexpr std::size_t kFirstBlockBytes = 1024;

  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder()
        : request_arena_(std::in_place, request_block_, sizeof(request_block_)),
          response_arena_(response_block_, sizeof(response_block_)) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&*request_arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&response_arena_));
    }
    void FreeRequest() override {
      this->set_request(nullptr);
      request_arena_.reset();
    }
    void Release() override { delete this; }

   private:
    alignas(std::max_align_t) char request_block_[kFirstBlockBytes];
    alignas(std::max_align_t) char response_block_[kFirstBlockBytes];
    std::optional<google::protobuf::Arena> request_arena_;
    google::protobuf::Arena response_arena_;
  };
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_MESSAGE_ARENA_H_
