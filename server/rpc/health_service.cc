#include "server/rpc/health_service.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/method_handler.h"
#include "server/errors.h"
#include "server/net/addresses.h"
#include "server/rpc/answered_call.h"
#include "server/rpc/await_request.h"
#include "server/rpc/pushback.h"
#include "server/rpc/received.h"

namespace inventory::rpc {

using grpc::health::v1::HealthCheckResponse;

namespace {

// In memory.
constexpr std::size_t kMostRequestBytes = std::size_t{16} << 10;

}  // namespace

// One Watch. Its state is guarded by the service's mutex.
struct HealthService::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
  Watcher(HealthService& service_of, bool known_service, std::string host_of)
      : service(service_of), known(known_service), host(std::move(host_of)) {}

  void OnWriteDone(bool ok) override { service.Written(*this, ok); }
  void OnCancel() override { service.Cancelled(*this); }
  void OnDone() override { service.Done(this); }

  HealthService& service;
  const bool known;
  const std::string host;
  HealthCheckResponse response;
  std::optional<State> told;
  bool writing = false;
  bool gone = false;  // Nobody listens any more.
  bool finished = false;
  std::optional<OpenCalls::Place> turned_away;
};

HealthService::HealthService(std::set<std::string> services, const Limits& limits, Runtime& runtime)
    : services_(std::move(services)), limits_(limits), calls_(runtime.open_calls()) {
  const auto add = [this, &runtime](int index, const char* path,
                                    std::unique_ptr<grpc::internal::MethodHandler> handler) {
    AddMethod(new grpc::internal::RpcServiceMethod(path, kAwaitsRequest, nullptr));
    MarkMethodCallback(index, AwaitRequest(runtime, std::move(handler)).release());
  };
  add(0, "/grpc.health.v1.Health/Check",
      std::make_unique<grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, Response>>(
          [this](grpc::CallbackServerContext* context, const grpc::ByteBuffer* sent, Response* response) {
            return Check(*context, *sent, *response);
          }));
  add(1, "/grpc.health.v1.Health/Watch",
      std::make_unique<grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, Response>>(
          [this](grpc::CallbackServerContext* context, const grpc::ByteBuffer* sent) {
            return Watch(*context, *sent);
          }));
}

void HealthService::SetServing(bool serving) {
  {
    storage::MutexLock lock(mutex_);
    if (draining_) return;
    state_ = serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  }
  TellAll();
}

void HealthService::Drain() {
  {
    storage::MutexLock lock(mutex_);
    draining_ = true;
    state_ = HealthCheckResponse::NOT_SERVING;
  }
  TellAll();
}

void HealthService::EndWatches() {
  {
    storage::MutexLock lock(mutex_);
    watches_ended_ = true;
  }
  TellAll();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext& context, const grpc::ByteBuffer& sent,
                                               Response& response) {
  Request request;
  grpc::Status status = ToGrpc(Receive(sent, kMostRequestBytes, request).status);
  if (status.ok() && services_.contains(request.service())) {
    storage::MutexLock lock(mutex_);
    response.set_status(state_);
  } else if (status.ok()) {
    status = grpc::Status(grpc::StatusCode::NOT_FOUND, "the server has no such service");
  }
  return AnsweredCall::With(status, calls_, net::HostOf(context.peer()), context);
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext& context,
                                                                    const grpc::ByteBuffer& sent) {
  Request request;
  const grpc::Status received = ToGrpc(Receive(sent, kMostRequestBytes, request).status);
  auto* watcher =
      new Watcher(*this, received.ok() && services_.contains(request.service()), net::HostOf(context.peer()));
  bool entered = false;
  {
    storage::MutexLock lock(mutex_);
    entered = received.ok() && Enter(*watcher);
  }
  if (entered) {
    Tell(*watcher);
    return watcher;
  }
  const absl::Status refusal = TooManyStreams("as many watch the server's health as may, or as many from there");
  watcher->turned_away.emplace(calls_, watcher->host, /*bytes=*/0, context.c_call());
  watcher->turned_away->AwaitCaller();
  if (received.ok()) AddPushback(PushbackOf(refusal), context);
  watcher->Finish(received.ok() ? ToGrpc(refusal) : received);
  return watcher;
}

bool HealthService::Enter(Watcher& watcher) {
  std::size_t& of_host = watchers_of_[watcher.host];
  if (limits_.watchers_of_a_host != 0 && of_host >= limits_.watchers_of_a_host) return false;
  if (watchers_.size() >= limits_.watchers) {
    if (of_host == 0) watchers_of_.erase(watcher.host);
    return false;
  }
  ++of_host;
  watchers_.insert(&watcher);
  return true;
}

void HealthService::TellAll() {
  std::vector<Watcher*> ready;
  {
    storage::MutexLock lock(mutex_);
    for (Watcher* watcher : watchers_) {
      if (Advance(*watcher)) ready.push_back(watcher);
    }
  }
  for (Watcher* watcher : ready) Begin(*watcher);
}

void HealthService::Tell(Watcher& watcher) {
  bool ready = false;
  {
    storage::MutexLock lock(mutex_);
    ready = Advance(watcher);
  }
  if (ready) Begin(watcher);
}

// A watcher has one message on its way at most; of changes that come meanwhile it hears the last.
bool HealthService::Advance(Watcher& watcher) {
  if (watcher.writing || watcher.finished) return false;
  const State state = watcher.known ? state_ : HealthCheckResponse::SERVICE_UNKNOWN;
  if (!watcher.gone && watcher.told != state) {
    watcher.told = state;
    watcher.response.set_status(state);
    watcher.writing = true;
    return true;
  }
  watcher.finished = watcher.gone || watches_ended_;
  return watcher.finished;
}

// Nobody else begins anything of the watcher, or changes what is read here, until that has ended.
void HealthService::Begin(Watcher& watcher) {
  if (watcher.finished) {
    watcher.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server is stopping"));
  } else {
    watcher.StartWrite(&watcher.response);
  }
}

void HealthService::Written(Watcher& watcher, bool ok) {
  {
    storage::MutexLock lock(mutex_);
    watcher.writing = false;
    if (!ok) watcher.gone = true;
  }
  Tell(watcher);
}

void HealthService::Cancelled(Watcher& watcher) {
  {
    storage::MutexLock lock(mutex_);
    watcher.gone = true;
  }
  Tell(watcher);
}

void HealthService::Done(Watcher* watcher) {
  {
    storage::MutexLock lock(mutex_);
    const auto of_host = watchers_of_.find(watcher->host);
    if (watchers_.erase(watcher) != 0 && --of_host->second == 0) watchers_of_.erase(of_host);
  }
  delete watcher;
}

}  // namespace inventory::rpc
