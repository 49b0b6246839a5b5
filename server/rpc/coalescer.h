// Reads that many callers ask for at once, answered from one look at the database.
#ifndef INVENTORY_SERVER_RPC_COALESCER_H_
#define INVENTORY_SERVER_RPC_COALESCER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "server/fair_queue.h"
#include "server/reading/reader.h"
#include "server/rpc/call.h"
#include "server/rpc/call_spans.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// One call that waits for a common read. The rule fills `response`, or sets `status` to refuse this call alone.
template <typename Rule>
struct Asked : Waits {
  const typename Rule::Request* request = nullptr;
  std::size_t bytes = 0;  // The request's.
  typename Rule::Response* response = nullptr;
  absl::Status status;
  Call* call = nullptr;
};

// Collects the calls of one RPC that wait for a reader thread; whichever thread is free first awaits its turn, as the
// rule has it, and answers all of them with one read. There is no timer, and no answer is kept: the read starts after
// the last of them has arrived, so each answer reflects every write that was answered before its call. At low load a
// read carries one call, under load it grows by itself. Thread-safe.
template <typename Rule>
class Coalescer {
 public:
  explicit Coalescer(reading::ReadExecutor& reads) : reads_(reads) {}

  // Finishes the call with its answer, or with RESOURCE_EXHAUSTED if too many wait: see ReadExecutor.
  void Ask(Call* call, const typename Rule::Request* request, typename Rule::Response* response) {
    auto asked = std::make_unique<Asked<Rule>>();
    asked->share = call->origin().share;
    asked->request = request;
    asked->bytes = request->ByteSizeLong();
    asked->response = response;
    asked->call = call;
    // What it takes is what it asks for.
    const uint64_t cost = 1 + asked->bytes / kBytesOfTurn;
    std::unique_ptr<Asked<Rule>> refused;
    bool start = false;
    {
      storage::MutexLock lock(mutex_);
      const std::size_t waited = waiting_.size();
      refused = waiting_.PushWithin(std::move(asked), reads_.max_waiting(), cost);
      if (waiting_.size() > waited) {
        reads_.Collected(1);
        start = !std::exchange(read_queued_, true);
      }
    }
    if (refused != nullptr) refused->call->Finish(reading::ReadExecutor::Full());
    if (start) QueueRead();
  }

 private:
  // So many calls at most share a read, and no more than have so many bytes of requests together unless it is one, so
  // that its answer is small enough to come soon, and its statements fit into a packet whatever single callers ask for.
  static constexpr std::size_t kMaxTogether = 256;
  static constexpr std::size_t kMaxBytesTogether = std::size_t{256} << 10;
  // A request of so many bytes costs one turn more.
  static constexpr std::size_t kBytesOfTurn = 256;

  // A read on its way.
  struct Common {
    std::vector<Asked<Rule>> asked = {};
    absl::Time start = absl::InfiniteFuture();
    typename Rule::Turn turn = {};
  };

  void QueueRead() {
    auto common = std::make_shared<Common>();
    // The read has no deadline of its own: see Drop.
    Read(
        reads_, Origin(), [this, common](reading::Reader& reader) { return Answer(*common, reader); },
        [this, common](const absl::Status& status) { Finish(*common, status); });
  }

  // Called once more if it loses its connection.
  absl::Status Answer(Common& common, reading::Reader& reader) {
    std::vector<Asked<Rule>>& asked = common.asked;
    common.turn = {};
    common.turn = Rule::AwaitTurn(reader);
    if (asked.empty()) asked = Take();
    Drop(asked);
    if (asked.empty()) return absl::OkStatus();
    common.start = std::min(common.start, absl::Now());
    for (Asked<Rule>& one : asked) {
      one.response->Clear();
      one.status = absl::OkStatus();
      // The log has room for one.
      if (reader.trace() == nullptr) reader.SetTrace(one.call->origin().trace);
    }
    absl::Status read = Rule::ReadTogether(asked, common.turn, reader);
    // Nobody is to wait for who waits for another connection.
    if (!read.ok()) common.turn = {};
    return read;
  }

  void Finish(Common& common, const absl::Status& status) {
    // The read could not be started.
    if (!status.ok() && common.asked.empty()) common.asked = Take();
    const absl::Time end = absl::Now();
    for (Asked<Rule>& one : common.asked) {
      RecordRead(one.call->origin().trace.get(), {.asked = one.call->start(), .start = common.start, .end = end},
                 status);
      one.call->Finish(status.ok() ? one.status : status);
    }
    common.turn = {};
  }

  // The calls whose turn it is; for the rest another read is queued.
  std::vector<Asked<Rule>> Take() {
    std::vector<Asked<Rule>> taken;
    bool more = false;
    {
      storage::MutexLock lock(mutex_);
      std::size_t bytes = 0;
      while (!waiting_.empty() && taken.size() < kMaxTogether) {
        bytes += waiting_.first().bytes;
        if (bytes > kMaxBytesTogether && !taken.empty()) break;
        taken.push_back(std::move(*waiting_.TakeFirst()));
      }
      more = read_queued_ = !waiting_.empty();
      reads_.Collected(-std::ssize(taken));
    }
    if (more) QueueRead();
    return taken;
  }

  // Answers the calls that nobody waits for any more.
  static void Drop(std::vector<Asked<Rule>>& asked) {
    const absl::Time now = absl::Now();
    std::erase_if(asked, [now](Asked<Rule>& one) {
      const Origin& origin = one.call->origin();
      // First, because gRPC cancels what has passed its deadline, too.
      if (origin.deadline <= now) {
        one.call->Finish(absl::DeadlineExceededError("the deadline passed before the read was started"));
      } else if (origin.cancelled->load(std::memory_order_relaxed)) {
        one.call->Finish(absl::CancelledError("cancelled before the read was started"));
      } else {
        return false;
      }
      return true;
    });
  }

  reading::ReadExecutor& reads_;
  storage::Mutex mutex_;
  FairQueue<Asked<Rule>> waiting_ GUARDED_BY(mutex_);
  // A read is on its way that will take what waits.
  bool read_queued_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_COALESCER_H_
