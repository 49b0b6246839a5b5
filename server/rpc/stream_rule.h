// The bridge between a streaming RPC's rules and the server. As rule.h has it for single calls; one of the RPC's own:
//
// A stream of pages is a struct in one file of server/queries:
//
//   struct ExportInventory {
//     using Request = v1::ExportInventoryRequest;
//     using Response = v1::ExportInventoryResponse;
//     static void Validate(const Request&, const Bounds&, Violations&);           // every broken rule of the request
//     static absl::Status ReadPage(const Request&, reading::Reader&, Response&);  // the next page, on a reader thread
//     static bool GoOn(const Response& page, Request&);  // has the request ask for what follows; false after the last
//   };
//   const rpc::RegisteredStream<ExportInventory> kExportInventory;
//
// A stream of messages that become commands has, in one file of server/commands:
//
//     static std::unique_ptr<rpc::StreamSession> Open(const Bounds&);  // for one call; see command_stream.h
//
// A stream of another kind has in its file a Validate as above and makes a Reactor of its own:
//
//     static void Serve(Runtime&, const MethodFacts&, Wire&, rpc::StreamRequest<Request>);
//
// Flow control, the order of answers, idempotency, deadlines, cancelling, full queues, the server's stop, metrics and
// error details are not its business.
#ifndef INVENTORY_SERVER_RPC_STREAM_RULE_H_
#define INVENTORY_SERVER_RPC_STREAM_RULE_H_

#include <memory>
#include <utility>

#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/await_request.h"
#include "server/rpc/bounds.h"
#include "server/rpc/command_stream.h"
#include "server/rpc/page_stream.h"
#include "server/rpc/registry.h"
#include "server/rpc/runtime.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {

template <typename Rule>
concept IsCommandStream = requires(const Bounds& bounds) {
  Rule::Open(bounds);
};

template <typename Rule>
concept ServesItself = requires(Runtime& runtime, const MethodFacts& facts, Wire& wire) {
  Rule::Serve(runtime, facts, wire, StreamRequest<typename Rule::Request>());
};

// Makes the rule serve its RPC, the one that takes Rule::Request.
template <typename Rule>
class RegisteredStream {
 public:
  RegisteredStream() {
    Method method{.request = &Rule::Request::descriptor, .make_opener = MakeOpener};
    if constexpr (!IsCommandStream<Rule>) method.validate = ValidateBy<Rule>;
    Methods().push_back(std::move(method));
  }

 private:
  using Request = typename Rule::Request;

  static Wire::Opener MakeOpener(Runtime& runtime) {
    auto facts = std::make_shared<MethodFacts>(runtime, *MethodOf(Request::descriptor()));
    if constexpr (IsCommandStream<Rule>) {
      return [&runtime, facts](Wire& wire) { new CommandStream(runtime, *facts, wire, Rule::Open(runtime.bounds())); };
    } else {
      return AwaitRequest(runtime, [&runtime, facts](Wire& wire, grpc::ByteBuffer& sent) {
        StreamRequest<Request> asked = ReceiveStream<Request>(runtime, *facts, wire.context(), sent);
        if constexpr (ServesItself<Rule>) {
          Rule::Serve(runtime, *facts, wire, std::move(asked));
        } else {
          PageStream<Rule>::Start(runtime, *facts, wire, std::move(asked));
        }
      });
    }
  }
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STREAM_RULE_H_
