// Loads of calls in flight: each answer makes room for the next call.
#ifndef INVENTORY_TESTS_BENCH_LOAD_H_
#define INVENTORY_TESTS_BENCH_LOAD_H_

#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/flow.h"
#include "tests/bench/measure.h"

namespace inventory::bench {

// What the flows of one client share.
class Load {
 public:
  Load(Client& client, const Window& window, Recorder& recorder)
      : client_(client), window_(window), recorder_(recorder) {}

  Client& client() { return client_; }
  const Window& window() const { return window_; }
  // For the client's thread only.
  Recorder& recorder() { return recorder_; }

  // Whether flows are to go on with something new.
  bool Open() const { return window_.Open() && !failed_.load(std::memory_order_acquire); }

  // Records a call that has succeeded. Another one must not be: the load fails, by the first of them, and false is
  // returned. For the client's thread only.
  bool Count(const CallEnd& call) {
    if (call.status.ok()) {
      recorder_.Add(call.start, call.end);
    } else if (!failed_) {
      error_ = absl::InternalError(call.status.ToString());
      failed_.store(true, std::memory_order_release);
    }
    return call.status.ok();
  }

  // OK if no flow has failed; when all have ended.
  const absl::Status& error() const { return error_; }

 private:
  Client& client_;
  const Window& window_;
  Recorder& recorder_;
  std::atomic<bool> failed_ = false;
  absl::Status error_;
};

// Begins one of the flows, which goes on while the load is open. Called by several threads, each with its own load.
using BeginFlow = std::function<void(Load&)>;

// Drives so many flows at a time, from two threads with a connection each, or from one if there is only one flow.
absl::StatusOr<Sample> DriveFlows(const std::string& address, int flows, const Timing& timing, const BeginFlow& begin);

// One kind of call and how many of them are under way at any time.
template <typename Request, typename Response>
struct Traffic {
  std::string address;
  Method<Request, Response> method;
  int in_flight = 1;
  // Completes the request of the next call, which holds what the last call on its place had. Called by several threads.
  std::function<void(Request&)> next;
  // Says what is wrong with an answer that came with OK. Called by several threads.
  std::function<absl::Status(const Request&, const Response&)> check;
};

template <typename Request, typename Response>
Flow RepeatCall(const Traffic<Request, Response>& traffic, Load& load) {
  Request request;
  Response response;
  while (load.Open()) {
    traffic.next(request);
    CallEnd call = co_await load.client().Call(traffic.method, request, response);
    if (call.status.ok()) call.status = traffic.check(request, response);
    if (!load.Count(call)) co_return;
  }
}

template <typename Request, typename Response>
absl::StatusOr<Sample> Drive(const Traffic<Request, Response>& traffic, const Timing& timing) {
  return DriveFlows(traffic.address, traffic.in_flight, timing, [&](Load& load) { RepeatCall(traffic, load); });
}

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_LOAD_H_
