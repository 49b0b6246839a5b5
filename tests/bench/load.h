// A client that keeps a number of unary calls under way.
#ifndef INVENTORY_TESTS_BENCH_LOAD_H_
#define INVENTORY_TESTS_BENCH_LOAD_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "tests/bench/measure.h"

namespace inventory::bench {

// One kind of call and how many of them are under way at any time.
template <typename Request, typename Response>
struct Traffic {
  std::string address;
  std::string method;  // "/package.Service/Method"
  int in_flight = 1;
  // Completes the request of the next call, which holds what the last call on its place had. Called by several threads.
  std::function<void(Request&)> next;
  // Says what is wrong with an answer that came with OK. Called by several threads.
  std::function<absl::Status(const Request&, const Response&)> check;
};

// The calls of one thread, over one connection of its own. Asynchronous, with a completion queue: a call costs the
// client little, so that the cores are the server's and the database's.
template <typename Request, typename Response>
class CallLoop {
 public:
  CallLoop(const Traffic<Request, Response>& traffic, int in_flight, const Window& window, Recorder& recorder)
      : traffic_(traffic), window_(window), recorder_(recorder), stub_(Connect(traffic.address)), calls_(in_flight) {}

  // Ends when the window has closed and every call is answered, or after the first wrong answer.
  absl::Status Run() {
    absl::Status result;
    int under_way = 0;
    for (Call& call : calls_) under_way += Start(call) ? 1 : 0;
    void* tag = nullptr;
    bool ok = false;
    while (under_way > 0 && queue_.Next(&tag, &ok)) {
      Call& call = *static_cast<Call*>(tag);
      --under_way;
      absl::Status ended = End(call);
      if (result.ok()) result = ended;
      if (result.ok() && Start(call)) ++under_way;
    }
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
    return result;
  }

 private:
  using Stub = grpc::TemplatedGenericStub<Request, Response>;

  struct Call {
    std::optional<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
    Request request;
    Response response;
    grpc::Status status;
    absl::Time start;
  };

  static Stub Connect(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return Stub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }

  bool Start(Call& call) {
    if (!window_.Open()) return false;
    traffic_.next(call.request);
    call.start = absl::Now();
    call.context.emplace();
    call.context->set_deadline(absl::ToChronoTime(call.start + absl::Seconds(30)));
    call.reader = stub_.PrepareUnaryCall(&*call.context, traffic_.method, call.request, &queue_);
    call.reader->StartCall();
    call.reader->Finish(&call.response, &call.status, &call);
    return true;
  }

  absl::Status End(Call& call) {
    const absl::Time end = absl::Now();
    if (!call.status.ok()) {
      return absl::InternalError(absl::StrCat(traffic_.method, " answered ", static_cast<int>(call.status.error_code()),
                                              ": ", call.status.error_message()));
    }
    absl::Status checked = traffic_.check(call.request, call.response);
    if (checked.ok()) recorder_.Add(call.start, end);
    return checked;
  }

  const Traffic<Request, Response>& traffic_;
  const Window& window_;
  Recorder& recorder_;
  grpc::CompletionQueue queue_;
  Stub stub_;
  std::vector<Call> calls_;
};

// Drives the traffic from two threads, or from one if there is only one call at a time.
template <typename Request, typename Response>
absl::StatusOr<Sample> Drive(const Traffic<Request, Response>& traffic, const Timing& timing) {
  const int threads = traffic.in_flight == 1 ? 1 : 2;
  return Measure(threads, timing, [&](int thread, const Window& window, Recorder& recorder) {
    const int share = traffic.in_flight / threads;
    return CallLoop<Request, Response>(traffic, share, window, recorder).Run();
  });
}

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_LOAD_H_
