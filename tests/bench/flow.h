// Calls that follow from each other, written one below the other, with many such flows on one thread.
#ifndef INVENTORY_TESTS_BENCH_FLOW_H_
#define INVENTORY_TESTS_BENCH_FLOW_H_

#include <atomic>
#include <coroutine>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/proto_utils.h"

namespace inventory::bench {

// A coroutine that awaits calls of a Client. Begins at once and ends by itself. Its parameters must be values, or live
// until the client has run.
struct Flow {
  struct promise_type {
    Flow get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

// The name of a unary method, "/package.Service/Method", with its types.
template <typename Request, typename Response>
struct Method {
  constexpr Method(const char* full_name) : name(full_name) {}  // NOLINT: is meant to be implicit.

  const char* name;
};

// A call that has ended.
struct CallEnd {
  absl::Status status;
  absl::Time start;
  absl::Time end;
};

// Makes calls with gRPC's asynchronous API: a call costs the client little, so that the cores are the server's and the
// database's. Flows go on in the thread that runs Run(); another one may begin them.
class Client {
 public:
  // A call that takes longer fails with DEADLINE_EXCEEDED.
  static constexpr absl::Duration kCallTimeout = absl::Seconds(30);

  // The calls take turns on so many connections.
  explicit Client(const std::string& address, int connections = 1);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // To be awaited at once: `CallEnd call = co_await client.Call(method, request, response)`. The messages must live
  // until then.
  template <typename Request, typename Response>
  class PendingCall;
  template <typename Request, typename Response>
  PendingCall<Request, Response> Call(Method<Request, Response> method, const Request& request, Response& response) {
    return PendingCall<Request, Response>(*this, method.name, request, response);
  }

  // Says that no more flows begin; those there are may still make calls. Must be called once.
  void NoMoreFlows() { Leave(); }

  // Lets the flows go on as their calls end. Returns when NoMoreFlows() was called and all flows have ended.
  void Run();

 private:
  void Enter() { users_.fetch_add(1, std::memory_order_relaxed); }
  void Leave() {
    if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) queue_.Shutdown();
  }

  std::atomic<int> users_ = 1;  // Calls under way, and whoever begins flows.
  std::atomic<std::size_t> calls_ = 0;
  grpc::CompletionQueue queue_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
};

template <typename Request, typename Response>
class Client::PendingCall {
 public:
  PendingCall(Client& client, const char* method, const Request& request, Response& response)
      : client_(client), method_(method), request_(request), response_(response) {}
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  bool await_ready() const { return false; }

  void await_suspend(std::coroutine_handle<> flow) {
    client_.Enter();
    start_ = absl::Now();
    context_.set_deadline(absl::ToChronoTime(start_ + kCallTimeout));
    const std::size_t turn = client_.calls_.fetch_add(1, std::memory_order_relaxed);
    grpc::TemplatedGenericStub<Request, Response> stub(client_.channels_[turn % client_.channels_.size()]);
    reader_ = stub.PrepareUnaryCall(&context_, method_, request_, &client_.queue_);
    reader_->StartCall();
    // From here on the flow may go on in another thread, and end this object.
    reader_->Finish(&response_, &status_, flow.address());
  }

  CallEnd await_resume() const {
    const absl::Time end = absl::Now();
    if (status_.ok()) return {.status = absl::OkStatus(), .start = start_, .end = end};
    return {.status = absl::Status(static_cast<absl::StatusCode>(status_.error_code()),
                                   absl::StrCat(method_, ": ", status_.error_message())),
            .start = start_,
            .end = end};
  }

 private:
  Client& client_;
  const char* const method_;
  const Request& request_;
  Response& response_;
  absl::Time start_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader_;
  grpc::Status status_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_FLOW_H_
