// RPCs with one request and one response.
#ifndef INVENTORY_SERVER_RPC_UNARY_H_
#define INVENTORY_SERVER_RPC_UNARY_H_

#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/admission.h"
#include "server/rpc/call.h"
#include "server/rpc/registry.h"
#include "server/rpc/runtime.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {

// Answers the calls of one RPC: admits them, parses and checks their requests, and has the RPC's rule do the rest.
// Thread-safe; nothing here blocks.
class UnaryRpc {
 public:
  // Both must outlive the calls.
  UnaryRpc(Runtime& runtime, const Method& method);

  // Ends a call whose request has not come, if it is a write that would have no place. False: it goes on.
  bool TurnAwayUnread(Wire& wire);

  // The request has come.
  void Serve(Wire& wire, grpc::ByteBuffer& sent);

 private:
  Admission AdmitCall(Wire& wire) const;
  bool HasPlace(const Admission& admission) const;
  void Serve(Call& call) const;
  absl::Status Check(Call& call) const;
  void CarryOut(Call& call) const;
  // Into an empty response.
  absl::Status Read(const google::protobuf::Message& request, reading::Reader& reader,
                    google::protobuf::Message& response) const;

  Runtime& runtime_;
  const Method& method_;
  const UnaryFacts facts_;
  const bool asks_for_page_;
  const Method::Ask ask_;
};

// What opens each call of the RPC.
Wire::Opener MakeUnary(Runtime& runtime, const Method& method);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_UNARY_H_
