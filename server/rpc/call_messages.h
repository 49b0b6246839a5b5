// Memory for the messages of a call.
#ifndef INVENTORY_SERVER_RPC_CALL_MESSAGES_H_
#define INVENTORY_SERVER_RPC_CALL_MESSAGES_H_

#include <cstddef>

#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"

namespace inventory::rpc {

// A call's request, and its response, with all messages in it, each in one piece of memory that is given back as a
// whole: an answer to a reservation is a dozen messages, each of which was an allocation on one thread and a release on
// another.
class CallMessages {
 public:
  // Empty ones of the same types.
  CallMessages(const google::protobuf::Message& request, const google::protobuf::Message& response)
      : request_arena_(request_block_, sizeof(request_block_)),
        response_arena_(response_block_, sizeof(response_block_)),
        request_(request.New(&request_arena_)),
        response_(response.New(&response_arena_)) {}
  CallMessages(const CallMessages&) = delete;
  CallMessages& operator=(const CallMessages&) = delete;

  google::protobuf::Message* request() { return request_; }
  google::protobuf::Message& response() { return *response_; }

 private:
  // What small calls need; larger ones get more from the heap.
  static constexpr std::size_t kFirstBlockBytes = 1024;

  alignas(std::max_align_t) char request_block_[kFirstBlockBytes];
  alignas(std::max_align_t) char response_block_[kFirstBlockBytes];
  google::protobuf::Arena request_arena_;
  google::protobuf::Arena response_arena_;
  google::protobuf::Message* const request_;
  google::protobuf::Message* const response_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALL_MESSAGES_H_
