#include "server/rpc/health_service.h"

#include <optional>

#include "server/rpc/caller.h"

namespace inventory::rpc {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

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
};

void HealthService::SetServing(bool serving) {
  storage::MutexLock lock(mutex_);
  if (draining_) return;
  state_ = serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  AdvanceAll();
}

void HealthService::Drain() {
  storage::MutexLock lock(mutex_);
  draining_ = true;
  state_ = HealthCheckResponse::NOT_SERVING;
  AdvanceAll();
}

void HealthService::EndWatches() {
  storage::MutexLock lock(mutex_);
  watches_ended_ = true;
  AdvanceAll();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  grpc::Status status;
  if (services_.contains(request->service())) {
    storage::MutexLock lock(mutex_);
    response->set_status(state_);
  } else {
    status = grpc::Status(grpc::StatusCode::NOT_FOUND, "the server has no such service");
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext* context,
                                                                    const HealthCheckRequest* request) {
  auto* watcher = new Watcher(*this, services_.contains(request->service()), HostOf(context->peer()));
  storage::MutexLock lock(mutex_);
  if (!Enter(*watcher)) {
    watcher->finished = true;
    watcher->Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many watch the server's health"));
  }
  Advance(*watcher);
  return watcher;
}

bool HealthService::Enter(Watcher& watcher) {
  const std::size_t of_host = ++watchers_of_[watcher.host];
  watchers_.insert(&watcher);
  return watchers_.size() <= limits_.watchers &&
         (limits_.watchers_of_a_host == 0 || of_host <= limits_.watchers_of_a_host);
}

void HealthService::AdvanceAll() {
  for (Watcher* watcher : watchers_) Advance(*watcher);
}

// A watcher has one message on its way at most; of changes that come meanwhile it hears the last.
void HealthService::Advance(Watcher& watcher) {
  if (watcher.writing || watcher.finished) return;
  const State state = watcher.known ? state_ : HealthCheckResponse::SERVICE_UNKNOWN;
  if (!watcher.gone && watcher.told != state) {
    watcher.told = state;
    watcher.response.set_status(state);
    watcher.writing = true;
    watcher.StartWrite(&watcher.response);
  } else if (watcher.gone || watches_ended_) {
    watcher.finished = true;
    watcher.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server is stopping"));
  }
}

void HealthService::Written(Watcher& watcher, bool ok) {
  storage::MutexLock lock(mutex_);
  watcher.writing = false;
  if (!ok) watcher.gone = true;
  Advance(watcher);
}

void HealthService::Cancelled(Watcher& watcher) {
  storage::MutexLock lock(mutex_);
  watcher.gone = true;
  Advance(watcher);
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
