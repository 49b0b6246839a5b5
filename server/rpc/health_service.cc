#include "server/rpc/health_service.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/errors.h"
#include "server/net/addresses.h"
#include "server/rpc/answered_call.h"
#include "server/rpc/await_request.h"
#include "server/rpc/pushback.h"
#include "server/rpc/received.h"
#include "server/rpc/to_bytes.h"

namespace inventory::rpc {

using grpc::health::v1::HealthCheckResponse;

namespace {

// In memory.
constexpr std::size_t kMostRequestBytes = std::size_t{16} << 10;

}  // namespace

// One Watch. Its state is guarded by the service's mutex.
struct HealthService::Watcher final : public Reactor {
  Watcher(HealthService& service_of, bool known_service, std::string host_of, Wire& wire)
      : Reactor(wire), service(service_of), known(known_service), host(std::move(host_of)) {}

  void OnWriteDone(bool ok) override { service.Written(*this, ok); }
  void OnCancel() override { service.Cancelled(*this); }
  void OnDone() override { service.Done(this); }

  using Reactor::Finish;
  using Reactor::StartWrite;

  HealthService& service;
  const bool known;
  const std::string host;
  HealthCheckResponse response;
  std::optional<State> told;
  bool writing = false;
  bool gone = false;  // Nobody listens any more.
  bool finished = false;
};

HealthService::HealthService(std::set<std::string> services, const Limits& limits, Runtime& runtime)
    : services_(std::move(services)), limits_(limits), runtime_(runtime) {}

void HealthService::AddTo(CallServer& server) {
  server.Add("/grpc.health.v1.Health/Check",
             AwaitRequest(runtime_, [this](Wire& wire, grpc::ByteBuffer& sent) { Check(wire, sent); }));
  server.Add("/grpc.health.v1.Health/Watch",
             AwaitRequest(runtime_, [this](Wire& wire, grpc::ByteBuffer& sent) { Watch(wire, sent); }));
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

void HealthService::Check(Wire& wire, grpc::ByteBuffer& sent) {
  Request request;
  Response response;
  grpc::ByteBuffer answer;
  grpc::Status status = ToGrpc(Receive(sent, kMostRequestBytes, request).status);
  if (status.ok() && !services_.contains(request.service())) {
    status = grpc::Status(grpc::StatusCode::NOT_FOUND, "the server has no such service");
  }
  {
    storage::MutexLock lock(mutex_);
    response.set_status(state_);
  }
  if (status.ok()) status = ToBytes(response, answer);
  AnsweredCall::With(status, answer, runtime_.open_calls(), net::HostOf(wire.context().peer()), wire);
}

void HealthService::Watch(Wire& wire, grpc::ByteBuffer& sent) {
  std::string host = net::HostOf(wire.context().peer());
  Request request;
  absl::Status refusal = Receive(sent, kMostRequestBytes, request).status;
  if (refusal.ok()) {
    if (Watcher* watcher = Enter(wire, host, services_.contains(request.service()))) return Tell(*watcher);
    refusal = TooManyStreams("as many watch the server's health as may, or as many from there");
  }
  AnsweredCall::Refuse(refusal, runtime_.open_calls(), std::move(host), wire);
}

HealthService::Watcher* HealthService::Enter(Wire& wire, const std::string& host, bool known) {
  storage::MutexLock lock(mutex_);
  const auto of_host = watchers_of_.try_emplace(host).first;
  if (limits_.watchers_of_a_host != 0 && of_host->second >= limits_.watchers_of_a_host) return nullptr;
  if (watchers_.size() >= limits_.watchers) {
    if (of_host->second == 0) watchers_of_.erase(of_host);
    return nullptr;
  }
  ++of_host->second;
  return *watchers_.insert(new Watcher(*this, known, host, wire)).first;
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
    watcher.StartWrite(watcher.response);
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
    watchers_.erase(watcher);
    const auto of_host = watchers_of_.find(watcher->host);
    if (--of_host->second == 0) watchers_of_.erase(of_host);
  }
  delete watcher;
}

}  // namespace inventory::rpc
