#include "server/rpc/limits.h"

#include <algorithm>
#include <climits>
#include <thread>

#include "grpcpp/resource_quota.h"

namespace inventory::rpc {
namespace {

constexpr int kMostPingsTooMany = 2;
constexpr int kMostThreads = 16;

int Milliseconds(absl::Duration duration) {
  if (duration <= absl::ZeroDuration()) return INT_MAX;  // gRPC's "for ever".
  return static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(duration), INT_MAX));
}

void SetConnectionLimits(const server::ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(options.handshake_timeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(options.max_connection_idle));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options.max_connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(options.max_connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(options.min_ping_interval));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kMostPingsTooMany);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

void SetCallLimits(const server::ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, options.max_metadata_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  // A small compressed message may unfold to hundreds of megabytes: only uncompressed ones are taken.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  // So no call needs to pass what would unfold and fold its messages.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
}

}  // namespace

void SetLimits(const server::ServerOptions& options, grpc::ServerBuilder& builder) {
  SetConnectionLimits(options, builder);
  SetCallLimits(options, builder);
  grpc::ResourceQuota quota("inventory");
  quota.Resize(options.max_connections_memory);
  // No service takes a thread a call, and none shall by mistake. Those that take calls are not gRPC's: see CallServer.
  quota.SetMaxThreads(kMostThreads);
  builder.SetResourceQuota(quota);
}

int CallThreads(const server::ServerOptions& options) {
  if (options.grpc_threads > 0) return options.grpc_threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, 16);
}

}  // namespace inventory::rpc
