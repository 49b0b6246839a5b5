// Messages as they go out.
#ifndef INVENTORY_SERVER_RPC_TO_BYTES_H_
#define INVENTORY_SERVER_RPC_TO_BYTES_H_

#include "google/protobuf/message.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

namespace inventory::rpc {

// Replaces `bytes` by those of the message. Fails only for one that gRPC could not send.
inline grpc::Status ToBytes(const google::protobuf::Message& message, grpc::ByteBuffer& bytes) {
  bool own_buffer = false;
  return grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &bytes, &own_buffer);
}

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_TO_BYTES_H_
