// What every call needs to be answered.
#ifndef INVENTORY_SERVER_RPC_RUNTIME_H_
#define INVENTORY_SERVER_RPC_RUNTIME_H_

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "server/metrics.h"
#include "server/pipeline/group_committer.h"
#include "server/reading/reader.h"
#include "server/rpc/bounds.h"
#include "server/rpc/streams.h"
#include "server/rpc/turns.h"

namespace inventory::rpc {

// The parts of the server that calls use. Everything outlives the gRPC server; thread-safe.
class Runtime {
 public:
  Runtime(pipeline::GroupCommitter& committer, reading::ReadExecutor& reads, server::Metrics& metrics, Bounds bounds,
          absl::Duration default_deadline)
      : committer_(committer), reads_(reads), metrics_(metrics), bounds_(bounds), default_deadline_(default_deadline) {}

  pipeline::GroupCommitter& committer() { return committer_; }
  reading::ReadExecutor& reads() { return reads_; }
  server::Metrics& metrics() { return metrics_; }
  const Bounds& bounds() const { return bounds_; }
  Streams& streams() { return streams_; }
  // Of pages that streams read, so that they leave readers to single calls.
  Turns& page_turns() { return page_turns_; }
  // For calls that bring none.
  absl::Duration default_deadline() const { return default_deadline_; }

 private:
  pipeline::GroupCommitter& committer_;
  reading::ReadExecutor& reads_;
  server::Metrics& metrics_;
  const Bounds bounds_;
  const absl::Duration default_deadline_;
  Streams streams_;
  Turns page_turns_{2};
};

// What is known of an RPC before any call.
struct MethodFacts {
  MethodFacts(Runtime& runtime, const google::protobuf::MethodDescriptor& descriptor)
      : name(descriptor.full_name()), metrics(&runtime.metrics().ForMethod(descriptor.full_name())) {}

  std::string name;
  server::RpcMetrics* metrics;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_RUNTIME_H_
