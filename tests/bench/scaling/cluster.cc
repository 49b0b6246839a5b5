#include "tests/bench/scaling/cluster.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "tests/bench/scaling/lane_queue.h"
#include "tests/bench/scaling/processor.h"
#include "tests/bench/scaling/simulator.h"
#include "tests/bench/scaling/sku_locks.h"

namespace inventory::bench::scaling {
namespace {

// The rows of a batch that are on one node, as the work on them: those that begin with a SKU, and those that don't.
struct Part {
  int node = 0;
  double by_sku = 0;
  double by_id = 0;
};

struct Server;

// A lane and the batch that it has just now.
struct Lane {
  Server* server = nullptr;
  int session = 0;            // The node that it sends its statements to.
  std::vector<Sku> commands;  // The SKU of each.
  std::vector<Sku> skus;      // Each once, in order.
  std::vector<Part> parts;
  double started_us = 0;
  double locked_us = 0;
  std::size_t awaited = 0;  // Nodes that work on it.
  std::size_t answered = 0;
};

struct Server {
  explicit Server(std::size_t max_batch) : queue(max_batch) {}

  Processor* processor = nullptr;
  std::unique_ptr<Threads> callers;  // gRPC's threads and, where it shares the machine, the client's.
  LaneQueue queue;
  std::vector<Lane*> asleep;
};

// Every step of a batch ends by beginning the next one.
class Cluster {
 public:
  Cluster(const Scenario& scenario, const Load& load);

  Outcome Run();

 private:
  using Step = void (Cluster::*)(Lane&);
  using Work = std::vector<std::pair<int, double>>;  // Of nodes.

  void AddServer();
  double UsedUs();
  Processor& Node(int node) { return *nodes_[static_cast<std::size_t>(node)]; }
  // SKUs of one server are on all nodes.
  std::size_t NodeOf(Sku sku) const { return (sku % servers_.size() + sku / servers_.size()) % nodes_.size(); }
  void After(double delay_us, Lane& lane, Step next) {
    simulator_.After(delay_us, [this, &lane, next] { (this->*next)(lane); });
  }

  void Call(Server& last, double work);
  void Wake(Server& server);
  double CallWork() const { return costs_.call + (scenario_.one_machine ? costs_.client_call : 0); }
  double HandOverWork() const { return costs_.hand_over + (scenario_.one_machine ? costs_.client_batch : 0); }
  bool Take(Lane& lane);
  void PlaceRows(Lane& lane);
  void Lock(Lane& lane);
  void Read(Lane& lane);
  void Apply(Lane& lane);
  void Write(Lane& lane);
  void Flush(Lane& lane);
  void SecondPhase(Lane& lane);
  void FlushAgain(Lane& lane);
  void Commit(Lane& lane);
  void Release(Lane& lane);
  void Answer(Lane& lane);

  double StatementsOf(const Lane& lane) const;
  void Ask(Lane& lane, double statements, Work work, Step next);
  void AskNode(Lane& lane, int node, double work, Step next);
  void Arrived(Lane& lane, Step next) {
    if (--lane.awaited == 0) (this->*next)(lane);
  }

  const Scenario scenario_;
  const Costs& costs_ = scenario_.costs;
  const Load& load_;
  const double half_trip_us_;
  Random random_;
  Simulator simulator_;
  SkuLocks locks_;
  std::vector<std::unique_ptr<Processor>> nodes_;
  std::vector<std::unique_ptr<Processor>> hosts_;  // Of servers that have machines of their own.
  Processor range_core_;
  Threads range_end_;  // The one that writes at the end of a range.
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Part> all_parts_;  // One for each node, to count in.

  double answers_ = 0;
  double batches_ = 0;
  double commands_ = 0;
  double batch_us_ = 0;
  double lock_wait_us_ = 0;
};

Cluster::Cluster(const Scenario& scenario, const Load& load)
    : scenario_(scenario),
      load_(load),
      half_trip_us_(scenario.one_machine ? 0 : scenario.round_trip_us / 2),
      random_(scenario.seed),
      range_core_(simulator_, 1),
      range_end_(range_core_, 1) {
  for (int node = 0; node < scenario.nodes; ++node) {
    nodes_.push_back(std::make_unique<Processor>(simulator_, scenario.node_cores));
  }
  for (int i = 0; i < scenario.servers; ++i) AddServer();
}

void Cluster::AddServer() {
  Server& server = *servers_.emplace_back(std::make_unique<Server>(static_cast<std::size_t>(scenario_.max_batch)));
  if (scenario_.one_machine) {
    server.processor = &Node(0);
  } else {
    server.processor = hosts_.emplace_back(std::make_unique<Processor>(simulator_, scenario_.server_cores)).get();
  }
  const double threads = scenario_.one_machine ? 2 * scenario_.node_cores : scenario_.server_cores;
  server.callers = std::make_unique<Threads>(*server.processor, static_cast<int>(threads));
  for (int i = 0; i < scenario_.lanes; ++i) {
    Lane& lane = *lanes_.emplace_back(std::make_unique<Lane>());
    lane.server = &server;
    lane.session = static_cast<int>(lanes_.size() % nodes_.size());
    server.asleep.push_back(&lane);
  }
}

double Cluster::UsedUs() {
  double sum = 0;
  for (const auto& node : nodes_) sum += node->UsedUs();
  return sum;
}

Outcome Cluster::Run() {
  // Not all in the same moment.
  constexpr double kArriveWithinUs = 1000;
  for (const auto& server : servers_) {
    for (int caller = 0; caller < scenario_.callers; ++caller) {
      simulator_.After(random_.Unit() * kArriveWithinUs, [this, last = server.get()] { Call(*last, CallWork()); });
    }
  }
  simulator_.RunUntil(scenario_.warmup_us);
  const double used_before_us = UsedUs();
  answers_ = batches_ = commands_ = batch_us_ = lock_wait_us_ = 0;
  simulator_.RunUntil(scenario_.warmup_us + scenario_.measured_us);
  const double core_us = scenario_.measured_us * scenario_.nodes * scenario_.node_cores;
  const double batches = std::max(batches_, 1.0);
  return {.per_second = answers_ / scenario_.measured_us * 1e6,
          .commands = commands_ / batches,
          .batch_ms = batch_us_ / batches / 1000,
          .lock_wait_ms = lock_wait_us_ / batches / 1000,
          .database_percent = 100 * (UsedUs() - used_before_us) / core_us};
}

// A caller's next call; `last` is the server that has just answered it.
void Cluster::Call(Server& last, double work) {
  const Sku sku = load_.Next(random_);
  Server& server = scenario_.by_sku ? *servers_[sku % servers_.size()] : last;
  server.callers->Run(work, [this, &server, sku] {
    server.queue.Push(sku);
    Wake(server);
  });
}

// Lets lanes that sleep take what they can, one after another.
void Cluster::Wake(Server& server) {
  if (server.asleep.empty() || !server.queue.ready()) return;
  Lane& lane = *server.asleep.back();
  server.asleep.pop_back();
  server.processor->Run(costs_.wake, [this, &lane, &server] {
    if (Take(lane)) Wake(server);
  });
}

// Begins a batch, or lets the lane sleep if there is nothing that it could take.
bool Cluster::Take(Lane& lane) {
  lane.commands = lane.server->queue.Take();
  if (lane.commands.empty()) {
    lane.server->asleep.push_back(&lane);
    return false;
  }
  lane.skus = lane.commands;
  std::sort(lane.skus.begin(), lane.skus.end());
  lane.skus.erase(std::unique(lane.skus.begin(), lane.skus.end()), lane.skus.end());
  lane.answered = 0;
  PlaceRows(lane);
  After(half_trip_us_, lane, &Cluster::Lock);
  return true;
}

void Cluster::PlaceRows(Lane& lane) {
  const double entry = EntryCost(costs_);
  constexpr int kIdEntries = kEntries - kSkuEntries;
  all_parts_.assign(nodes_.size(), {});
  for (const Sku sku : lane.skus) all_parts_[NodeOf(sku)].by_sku += costs_.database_sku;
  for (const Sku sku : lane.commands) {
    all_parts_[NodeOf(sku)].by_sku += kSkuEntries * entry;
    if (scenario_.rising_ids) {
      for (std::size_t range = 0; range < kIdEntries; ++range) all_parts_[range % nodes_.size()].by_id += entry;
    } else {
      all_parts_[random_.Below(static_cast<uint32_t>(nodes_.size()))].by_id += kIdEntries * entry;
    }
  }
  lane.parts.clear();
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    Part& part = all_parts_[node];
    part.node = static_cast<int>(node);
    if (part.by_sku + part.by_id > 0) lane.parts.push_back(part);
  }
}

void Cluster::Lock(Lane& lane) {
  lane.started_us = simulator_.now_us();
  locks_.Lock(lane.skus, [this, &lane] { Read(lane); });
}

// What the node that gets the statements does itself: all but the work on rows and index entries.
double Cluster::StatementsOf(const Lane& lane) const {
  const auto commands = static_cast<double>(lane.commands.size());
  return costs_.database_batch + (1 - costs_.rows_share) * costs_.database_command * commands;
}

void Cluster::Read(Lane& lane) {
  lane.locked_us = simulator_.now_us();
  Work work;
  for (const Part& part : lane.parts) {
    if (part.by_sku > 0) work.emplace_back(part.node, costs_.read_share * part.by_sku);
  }
  Ask(lane, costs_.read_share * StatementsOf(lane), std::move(work), &Cluster::Apply);
}

void Cluster::Apply(Lane& lane) {
  const double work = costs_.lane_batch + costs_.lane_command * static_cast<double>(lane.commands.size()) +
                      costs_.lane_sku * static_cast<double>(lane.skus.size());
  simulator_.After(half_trip_us_, [this, &lane, work] {
    lane.server->processor->Run(work, [this, &lane] { After(half_trip_us_, lane, &Cluster::Write); });
  });
}

void Cluster::Write(Lane& lane) {
  Work work;
  for (const Part& part : lane.parts) {
    work.emplace_back(part.node, (1 - costs_.read_share) * part.by_sku + part.by_id);
  }
  Ask(lane, (1 - costs_.read_share) * StatementsOf(lane), std::move(work), &Cluster::Flush);
  if (scenario_.rising_ids) {
    ++lane.awaited;
    range_end_.Run(EntryCost(costs_) * static_cast<double>(lane.commands.size()),
                   [this, &lane] { Arrived(lane, &Cluster::Flush); });
  }
}

void Cluster::Flush(Lane& lane) {
  const bool on_one = lane.parts.size() == 1;
  After(costs_.flush + scenario_.replication_us, lane, on_one ? &Cluster::Commit : &Cluster::SecondPhase);
}

// Every node has its rows and has promised to keep them. Only now they are made to count, which has to last as well.
void Cluster::SecondPhase(Lane& lane) {
  Work work;
  for (const Part& part : lane.parts) work.emplace_back(part.node, 0);
  Ask(lane, 0, std::move(work), &Cluster::FlushAgain);
}

void Cluster::FlushAgain(Lane& lane) { After(costs_.flush + scenario_.replication_us, lane, &Cluster::Commit); }

void Cluster::Commit(Lane& lane) {
  ++batches_;
  commands_ += static_cast<double>(lane.commands.size());
  batch_us_ += simulator_.now_us() - lane.started_us;
  lock_wait_us_ += lane.locked_us - lane.started_us;
  locks_.Unlock(lane.skus);
  After(half_trip_us_, lane, &Cluster::Release);
}

void Cluster::Release(Lane& lane) {
  lane.server->queue.Release(lane.skus);
  Wake(*lane.server);
  Answer(lane);
}

void Cluster::Answer(Lane& lane) {
  if (lane.answered == lane.commands.size()) {
    Take(lane);
    return;
  }
  lane.server->processor->Run(costs_.answer, [this, &lane] {
    ++answers_;
    Call(*lane.server, CallWork() + (lane.answered == 0 ? HandOverWork() : 0));
    ++lane.answered;
    Answer(lane);
  });
}

// Lets the lane's node work on the statements, and ask all nodes for their parts. The next step follows when the last
// of them is done.
void Cluster::Ask(Lane& lane, double statements, Work work, Step next) {
  const auto others =
      std::count_if(work.begin(), work.end(), [&lane](const auto& part) { return part.first != lane.session; });
  lane.awaited = work.size();
  Node(lane.session)
      .Run(statements + costs_.message_sent * static_cast<double>(others), [this, &lane, next, work = std::move(work)] {
        for (const auto& [node, part] : work) AskNode(lane, node, part, next);
      });
}

void Cluster::AskNode(Lane& lane, int node, double work, Step next) {
  if (node == lane.session) {
    Node(node).Run(work, [this, &lane, next] { Arrived(lane, next); });
    return;
  }
  simulator_.After(half_trip_us_, [this, &lane, node, work, next] {
    Node(node).Run(costs_.message_received + work, [this, &lane, next] {
      simulator_.After(half_trip_us_, [this, &lane, next] { Arrived(lane, next); });
    });
  });
}

}  // namespace

Outcome Simulate(const Scenario& scenario, const Load& load) { return Cluster(scenario, load).Run(); }

}  // namespace inventory::bench::scaling
