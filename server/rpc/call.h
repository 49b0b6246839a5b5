// One call on its way through the server.
#ifndef INVENTORY_SERVER_RPC_CALL_H_
#define INVENTORY_SERVER_RPC_CALL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "server/pipeline/command.h"
#include "server/reading/reader.h"
#include "server/rpc/admission.h"
#include "server/rpc/call_messages.h"
#include "server/rpc/open_calls.h"
#include "server/rpc/received.h"
#include "server/rpc/registry.h"
#include "server/rpc/runtime.h"
#include "server/rpc/steps.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {

// What is known of an RPC with one request and one response before any call.
struct UnaryFacts {
  UnaryFacts(Runtime& runtime, const Method& rule);

  const MethodFacts method;
  // Empty messages.
  const google::protobuf::Message& request;
  const google::protobuf::Message& response;
  // The request's field; null if the RPC writes nothing.
  const google::protobuf::FieldDescriptor* const request_id;
  // It is one command, for which a place in the queue of writes is all that is needed.
  const bool is_command;
};

// Finishes one call exactly once, whatever happens: also after the caller has cancelled. Deletes itself when gRPC is
// done with it. Finish may come from any thread.
class Call final : private Reactor {
 public:
  // A call that is admitted, or not. What was sent is parsed and let go of; null: nobody looks at it. An empty request
  // id of a write is replaced by a new one. The first two outlive the call.
  Call(Runtime& runtime, const UnaryFacts& facts, Wire& wire, Admission admission, grpc::ByteBuffer* sent);

  // Nobody has looked at the request: it is a write, and so many wait that it has no place, unless it is not permitted.
  bool full() const { return full_; }

  // Not OK: the request lacks what was sent; see Received.
  const absl::Status& received() const { return received_.status; }

  // False: the caller has as much under way as one may have, and this call must be refused.
  bool admitted() const { return place_.verdict() == OpenCalls::Verdict::kAdmitted; }

  // Not OK: who calls, or what they ask for, is to be answered with this before any work.
  const absl::Status& permitted() const { return admission_.status; }

  // Sends the answer. Nothing of the call may be touched afterwards.
  void Finish(const absl::Status& status);

  // Before anything has begun: the same, and lets go of the request, so that nobody who takes no answers can have the
  // server keep requests that are not counted.
  void TurnAway(const absl::Status& status);

  // The same with QUEUE_FULL. In an overload most calls end so, and what that costs is taken from those that are
  // served.
  void Refuse();

  // The same with TOO_MANY_CALLS or TOO_MANY_BYTES.
  void RefuseCaller();

  // Of a call that was received. Both live until it is finished.
  const google::protobuf::Message* request() { return messages_->request(); }
  google::protobuf::Message& response() { return messages_->response(); }

  // Hands a write to the pipeline and finishes the call with its answer.
  void Submit(std::unique_ptr<pipeline::Command> command);

  // Runs a read, which fills the response, on a reader thread and finishes the call with its answer.
  void Read(std::function<absl::Status(reading::Reader&)> read);

  // For a call of several steps, the last of which finishes it.
  std::shared_ptr<Steps> MakeSteps();

  const Origin& origin() const { return admission_.origin; }
  absl::Time start() const { return admission_.start; }

 private:
  ~Call() override = default;
  void OnDone() override { delete this; }
  void OnCancel() override { admission_.origin.cancelled->store(true, std::memory_order_relaxed); }

  Received ReceiveIfPermitted(grpc::ByteBuffer* sent);
  // Puts the response into the answer, if there is room for it.
  absl::Status Serialize();
  void FinishWith(const grpc::Status& answer, const std::string& pushback, const absl::Status& status);

  Runtime& runtime_;
  const UnaryFacts& facts_;
  std::optional<CallMessages> messages_;
  Admission admission_;
  const bool full_;
  const Received received_;
  OpenCalls::Place place_;
  grpc::ByteBuffer answer_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALL_H_
