// What every call needs to be answered.
#ifndef INVENTORY_SERVER_RPC_RUNTIME_H_
#define INVENTORY_SERVER_RPC_RUNTIME_H_

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "server/auth/requirement.h"
#include "server/metrics.h"
#include "server/pipeline/group_committer.h"
#include "server/reading/reader.h"
#include "server/rpc/awaited_requests.h"
#include "server/rpc/bounds.h"
#include "server/rpc/open_calls.h"
#include "server/rpc/streams.h"
#include "server/rpc/turns.h"
#include "server/tracing/tracer.h"

namespace inventory::auth {
class Gate;
}
namespace inventory::feed {
class Tail;
}

namespace inventory::rpc {

// How long calls may take.
struct Deadlines {
  absl::Duration without = absl::InfiniteDuration();  // Those that bring no deadline.
  absl::Duration most = absl::InfiniteDuration();     // Those that bring a later one.
};

// The parts of the server that calls use. Everything outlives the gRPC server; thread-safe.
class Runtime {
 public:
  struct Options {
    Bounds bounds = {};
    // Of single calls. Default 10s without one, 5m at most.
    Deadlines deadlines = {.without = absl::Seconds(10), .most = absl::Minutes(5)};
    std::size_t most_request_bytes = std::size_t{32} << 20;  // In memory: see RequestSize. Default 32 MiB.
    OpenCalls::Options calls = {};
    AwaitedRequests::Options awaited_requests = {};
    Streams::Options streams = {};
    Streams::Options watches = {.what = "watches", .metric = "watch", .most = 1000, .most_of_a_caller = 100};
    tracing::Tracer::Options tracing = {};
  };

  Runtime(pipeline::GroupCommitter& committer, reading::ReadExecutor& reads, feed::Tail& tail, server::Metrics& metrics,
          const Options& options)
      : committer_(committer),
        reads_(reads),
        tail_(tail),
        metrics_(metrics),
        bounds_(options.bounds),
        deadlines_(options.deadlines),
        most_request_bytes_(options.most_request_bytes),
        open_calls_(options.calls),
        awaited_requests_(options.awaited_requests),
        streams_(options.streams),
        watches_(options.watches),
        tracer_(options.tracing) {}

  pipeline::GroupCommitter& committer() { return committer_; }
  reading::ReadExecutor& reads() { return reads_; }
  feed::Tail& tail() { return tail_; }
  server::Metrics& metrics() { return metrics_; }
  const Bounds& bounds() const { return bounds_; }
  // Of single calls; streams are apart.
  OpenCalls& open_calls() { return open_calls_; }
  // Of calls of all kinds.
  AwaitedRequests& awaited_requests() { return awaited_requests_; }
  Streams& streams() { return streams_; }
  // Streams that tell events, which keep nothing busy while there are none.
  Streams& watches() { return watches_; }
  // Of pages that streams read, so that they leave readers to single calls.
  Turns& page_turns() { return page_turns_; }
  // Says which calls are traced.
  const tracing::Tracer& tracer() const { return tracer_; }
  // Says who calls and what they may do. Null: nobody asks, and everybody may do everything.
  auth::Gate* gate() { return gate_; }
  // Before any call. The gate must outlive the gRPC server.
  void SetGate(auth::Gate* gate) { gate_ = gate; }
  // Of single calls.
  const Deadlines& deadlines() const { return deadlines_; }
  // Those that would take more memory are refused before they are parsed.
  std::size_t most_request_bytes() const { return most_request_bytes_; }

 private:
  pipeline::GroupCommitter& committer_;
  reading::ReadExecutor& reads_;
  feed::Tail& tail_;
  server::Metrics& metrics_;
  const Bounds bounds_;
  const Deadlines deadlines_;
  const std::size_t most_request_bytes_;
  OpenCalls open_calls_;
  AwaitedRequests awaited_requests_;
  Streams streams_;
  Streams watches_;
  Turns page_turns_{2};
  const tracing::Tracer tracer_;
  auth::Gate* gate_ = nullptr;
};

// Lists, the ledger among them, and exports may be a little old where there is a replica; what a caller decides by,
// such as availability, is current.
reading::Freshness FreshnessOf(const std::string& full_name);

// What is known of an RPC before any call.
struct MethodFacts {
  // By its full name, "inventory.v1.InventoryService.SetStock".
  MethodFacts(Runtime& runtime, const std::string& full_name)
      : name(full_name),
        metrics(&runtime.metrics().ForMethod(full_name)),
        requirement(auth::FindRequirement(full_name)),
        freshness(FreshnessOf(full_name)) {}
  MethodFacts(Runtime& runtime, const google::protobuf::MethodDescriptor& descriptor)
      : MethodFacts(runtime, descriptor.full_name()) {}

  std::string name;
  server::RpcMetrics* metrics;
  // Not null: see CheckComplete.
  const auth::Requirement* requirement;
  // Of its reads.
  reading::Freshness freshness;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_RUNTIME_H_
