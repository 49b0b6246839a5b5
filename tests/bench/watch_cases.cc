// What it costs to be watched, and how soon watchers hear.
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/client_callback.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "server/convert.h"
#include "storage/mutex.h"
#include "tests/bench/cases.h"
#include "tests/bench/core_cases.h"
#include "tests/bench/latencies.h"
#include "tests/bench/site.h"

namespace inventory::bench {
namespace {

constexpr int kWatchInFlight = 64;
constexpr int kCallsOfAConnection = 250;

// One call of Watch. What it is told is counted, and how long after the commands ran. gRPC calls it on its threads.
class Watcher final : public grpc::ClientReadReactor<v1::WatchResponse> {
 public:
  Watcher(const std::shared_ptr<grpc::Channel>& channel, const v1::WatchRequest& request)
      : stub_(v1::InventoryService::NewStub(channel)), request_(request) {
    stub_->async()->Watch(&context_, &request_, this);
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const absl::Time now = absl::Now();
    {
      storage::MutexLock lock(mutex_);
      began_ = true;
      for (const v1::Event& event : message_.events()) {
        ++events_;
        if (event.has_reservation()) latencies_.Add(now - FromTimestamp(event.time()));
      }
      changed_.NotifyAll();
    }
    StartRead(&message_);
  }
  void OnDone(const grpc::Status&) override {
    storage::MutexLock lock(mutex_);
    done_ = true;
    changed_.NotifyAll();
  }

  // False if it was not told anything within a minute.
  bool AwaitStart() {
    const absl::Time end = absl::Now() + absl::Minutes(1);
    storage::MutexLock lock(mutex_);
    while (!began_ && !done_ && absl::Now() < end) changed_.WaitFor(mutex_, end - absl::Now());
    return began_;
  }
  // False if there are not so many within a minute.
  bool AwaitEvents(int64_t count) {
    const absl::Time end = absl::Now() + absl::Minutes(1);
    storage::MutexLock lock(mutex_);
    while (events_ < count && !done_ && absl::Now() < end) changed_.WaitFor(mutex_, end - absl::Now());
    return events_ >= count;
  }
  void Stop() {
    context_.TryCancel();
    storage::MutexLock lock(mutex_);
    while (!done_) changed_.Wait(mutex_);
  }

  // After Stop.
  int64_t events() const { return events_; }
  const Latencies& latencies() const { return latencies_; }

 private:
  const std::unique_ptr<v1::InventoryService::Stub> stub_;
  const v1::WatchRequest request_;
  grpc::ClientContext context_;
  v1::WatchResponse message_;
  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool began_ = false;
  bool done_ = false;
  int64_t events_ = 0;
  Latencies latencies_;
};

// The first is told everything, each of the others of one SKU that nobody sells.
std::vector<std::unique_ptr<Watcher>> Watch(const std::string& address, int count) {
  std::vector<std::unique_ptr<Watcher>> watchers;
  std::shared_ptr<grpc::Channel> channel;
  for (int i = 0; i < count; ++i) {
    if (i % kCallsOfAConnection == 0) {
      grpc::ChannelArguments own;
      own.SetInt("bench.connection", i);
      channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own);
    }
    v1::WatchRequest request;
    if (i > 0) request.mutable_filter()->add_skus(absl::StrCat("unsold-", i));
    watchers.push_back(std::make_unique<Watcher>(channel, request));
  }
  return watchers;
}

absl::StatusOr<Sample> ReserveWatched(Site& site, const Timing& timing, int watchers) {
  const auto all = Watch(site.server_address(), watchers);
  absl::Status status;
  for (const auto& watcher : all) {
    if (!watcher->AwaitStart()) status = absl::UnavailableError("a watcher is told nothing");
  }
  absl::StatusOr<Sample> sample =
      status.ok() ? ServerCase(Workload::kUniform, kWatchInFlight).run(site, timing) : absl::StatusOr<Sample>(status);
  // A movement and a state for each.
  const bool told = !sample.ok() || all.empty() || all.front()->AwaitEvents(2 * sample->acknowledged);
  for (const auto& watcher : all) watcher->Stop();
  if (!sample.ok() || all.empty()) return sample;
  if (!told) {
    return absl::DataLossError(
        absl::StrCat("of ", sample->acknowledged, " reservations, ", all.front()->events(), " events were told"));
  }
  sample->more["watch_p50_ms"] = all.front()->latencies().QuantileMs(0.5);
  if (const auto tail = all.front()->latencies().TailMs(0.99)) sample->more["watch_p99_ms"] = *tail;
  return sample;
}

Case WatchCase(int watchers) {
  return {.id = absl::StrCat("watch-", watchers),
          .series = "",
          .kind = Kind::kOther,
          .workload = Workload::kUniform,
          .concurrency = kWatchInFlight,
          .description = absl::StrCat(kWatchInFlight, " reservations in flight, ", watchers,
                                      watchers == 1 ? " watcher" : " watchers",
                                      watchers == 0 ? "" : ", one of them told everything"),
          .run = [=](Site& site, const Timing& timing) { return ReserveWatched(site, timing, watchers); }};
}

}  // namespace

std::vector<Case> WatchCases() { return {WatchCase(0), WatchCase(1), WatchCase(1000)}; }

}  // namespace inventory::bench
