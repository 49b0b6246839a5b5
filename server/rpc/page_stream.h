// Streams of pages that are read one after another.
#ifndef INVENTORY_SERVER_RPC_PAGE_STREAM_H_
#define INVENTORY_SERVER_RPC_PAGE_STREAM_H_

#include <atomic>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/errors.h"
#include "server/reading/reader.h"
#include "server/rpc/pushback.h"
#include "server/rpc/runtime.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/streams.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {

// Sends the pages of one call: the next one is read once the caller has room for the last, so that one page is all that
// is in memory. Waits where too many reads wait, and for its turn among the other streams of pages. Deletes itself when
// gRPC is done with it.
//
// Reading, sending and pausing follow each other, so that nothing here needs a lock.
template <typename Rule>
class PageStream final : public Reactor, private Streams::Stream {
 public:
  using Request = typename Rule::Request;
  using Response = typename Rule::Response;

  // The first two must outlive the stream.
  static void Start(Runtime& runtime, const MethodFacts& facts, Wire& wire, StreamRequest<Request> asked) {
    auto* stream = new PageStream(runtime, facts, wire, std::move(asked.admission));
    stream->Begin(std::move(asked.request));
  }

  void OnWriteDone(bool ok) override {
    this->AtWork();
    if (!ok) return End(call_.WhyCancelled());
    if (Rule::GoOn(page_, request_)) return ReadNext();
    End(absl::OkStatus());
  }
  void OnCancel() override { call_.Cancel(); }
  void OnDone() override { delete this; }

 private:
  PageStream(Runtime& runtime, const MethodFacts& facts, Wire& wire, Admission admission)
      : Reactor(wire),
        runtime_(runtime),
        facts_(facts),
        call_(runtime, runtime.streams(), facts, context(), std::move(admission), this) {}

  void Begin(absl::StatusOr<Request> request) {
    if (!call_.admitted().ok()) return End(call_.admitted());
    if (!request.ok()) return End(request.status());
    request_ = *std::move(request);
    Violations violations;
    Rule::Validate(request_, runtime_.bounds(), violations);
    if (!violations.empty()) return End(violations.ToStatus());
    ReadNext();
  }

  void ReadNext() {
    if (call_.cancelled()) return End(call_.WhyCancelled());
    if (stopping_.load(std::memory_order_relaxed)) return End(Streams::Stopping());
    const auto read = [this](reading::Reader& reader) {
      page_.Clear();
      return Rule::ReadPage(request_, reader, page_);
    };
    runtime_.page_turns().Begin(call_.origin().share, [this, read] {
      Read(
          runtime_.reads(), call_.NextStep(), read,
          [this](const absl::Status& status) {
            runtime_.page_turns().End();
            Send(status);
          },
          facts_.freshness);
    });
  }

  void Send(const absl::Status& read) {
    if (IsQueueFull(read)) return call_.Pause([this] { ReadNext(); });
    if (!read.ok()) return End(call_.cancelled() ? call_.WhyCancelled() : read);
    this->AwaitCaller();
    this->StartWrite(page_);
  }

  // The last thing that is done.
  void End(const absl::Status& status) { this->Finish(call_.Ended(status)); }

  // A caller that takes nothing can't be told why.
  void Cut() override { context().TryCancel(); }
  void EndSoon() override { stopping_.store(true, std::memory_order_relaxed); }

  Runtime& runtime_;
  const MethodFacts& facts_;
  Request request_;
  Response page_;
  std::atomic<bool> stopping_ = false;
  StreamCall call_;  // The last member: see EndSoon in streams.h.
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_PAGE_STREAM_H_
