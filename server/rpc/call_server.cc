#include "server/rpc/call_server.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "grpc/grpc.h"
#include "grpc/support/time.h"
#include "server/die.h"
#include "server/rpc/restless.h"

namespace inventory::rpc {
namespace {

// Calls that each thread is ready for at once. What comes together beyond what all are ready for waits within gRPC
// until one has taken some, and is cancelled there if the server stops meanwhile.
constexpr int kReady = 256;

// Of messages that wait to be read apart, together, unless it is one.
constexpr std::size_t kMostApart = std::size_t{32} << 20;

// How long a thread apart helps before it looks for what else it has to do, and how long it waits then for more.
constexpr std::chrono::milliseconds kHelp{20};
constexpr int kMoreMilliseconds = 1;

void Arrive(void* event, bool ok) { static_cast<Wire::Event*>(event)->Arrive(ok); }

}  // namespace

void CallServer::Add(const std::string& path, Wire::Opener opener) {
  if (!openers_.emplace(path, std::move(opener)).second) Die(path, " is served twice");
}

bool CallServer::Start(grpc::ServerBuilder& builder, int threads) {
  builder.RegisterAsyncGenericService(&calls_);
  for (int i = 0; i < threads; ++i) queues_.push_back(builder.AddCompletionQueue());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return false;
  for (const auto& queue : queues_) {
    for (int i = 0; i < kReady; ++i) TakeNext(*queue);
    threads_.emplace_back([this, &queue = *queue] { Work(queue); });
  }
  for (int i = 0; i < threads; ++i) apart_threads_.emplace_back([this] { WorkApart(); });
  return true;
}

void CallServer::Work(grpc::CompletionQueue& queue) {
  Restless restless;
  // Those who help are gone before the queue is shut down.
  std::atomic<bool> has_help = false;
  void* event = nullptr;
  bool ok = false;
  while (queue.Next(&event, &ok)) {
    Arrive(event, ok);
    if (!restless.Ask() || has_help.exchange(true)) continue;
    helped_.fetch_add(1, std::memory_order_relaxed);
    RunApart(0, [&queue, &has_help] {
      Help(queue);
      has_help = false;
    });
  }
}

void CallServer::Help(grpc::CompletionQueue& queue) {
  const auto end = std::chrono::steady_clock::now() + kHelp;
  void* event = nullptr;
  bool ok = false;
  do {
    // Not until a time by a clock that somebody may set.
    const gpr_timespec more = gpr_time_from_millis(kMoreMilliseconds, GPR_TIMESPAN);
    if (queue.AsyncNext(&event, &ok, more) != grpc::CompletionQueue::GOT_EVENT) return;
    Arrive(event, ok);
  } while (std::chrono::steady_clock::now() < end);
}

void CallServer::Begin(Wire& wire) {
  const auto opener = openers_.find(wire.path());
  (opener == openers_.end() ? other_ : opener->second)(wire);
}

void CallServer::Leave() {
  if (wires_.fetch_sub(1, std::memory_order_acq_rel) == 1) wires_.notify_all();
}

bool CallServer::RunApart(std::size_t bytes, std::function<void()> work) {
  storage::MutexLock lock(mutex_);
  if (bytes > 0 && apart_bytes_ > 0 && apart_bytes_ + bytes > kMostApart) return false;
  apart_.push_back({bytes, std::move(work)});
  apart_bytes_ += bytes;
  changed_.NotifyOne();
  return true;
}

void CallServer::WorkApart() {
  for (;;) {
    std::function<void()> work;
    {
      storage::MutexLock lock(mutex_);
      while (apart_.empty() && !stopped_) changed_.Wait(mutex_);
      if (apart_.empty()) return;
      work = std::move(apart_.front().work);
      apart_bytes_ -= apart_.front().bytes;
      apart_.pop_front();
    }
    work();
  }
}

void CallServer::Stop(absl::Duration grace) {
  if (threads_.empty()) return;
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  // gRPC does not wait for who still serves a call that it has cancelled, and whatever that begins needs the queues.
  for (int left = wires_.load(); left > 0; left = wires_.load()) wires_.wait(left);
  {
    storage::MutexLock lock(mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : apart_threads_) thread.join();
  for (const auto& queue : queues_) queue->Shutdown();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void CallServer::CancelCalls() { grpc_server_cancel_all_calls(server_->c_server()); }

}  // namespace inventory::rpc
