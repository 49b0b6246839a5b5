// What gRPC and protobuf themselves log.
#ifndef INVENTORY_SERVER_RPC_GRPC_LOG_H_
#define INVENTORY_SERVER_RPC_GRPC_LOG_H_

namespace inventory::rpc {

// Has errors of gRPC and of protobuf written as events of the server's log, no more than 10 a second of each: peers can
// cause them at will, a broken handshake or a text that is not UTF-8 each. How many were left out is said with the
// next. Call before gRPC is used.
void TakeGrpcLog();

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_GRPC_LOG_H_
