#include "server/rpc/await_request.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/net/addresses.h"
#include "server/rpc/answered_call.h"
#include "server/rpc/awaited_requests.h"
#include "server/rpc/pushback.h"
#include "server/rpc/received.h"

namespace inventory::rpc {
namespace {

// One call whose request is on its way. Deletes itself when that has come or will not come.
class Awaited final : public Reactor {
 public:
  // `serve` must outlive it.
  Awaited(Runtime& runtime, const ServeRequest& serve, Wire& wire)
      : Reactor(wire),
        runtime_(runtime),
        serve_(serve),
        place_(std::in_place, runtime.awaited_requests(), context().c_call(),
               [this] { return net::HostOf(context().peer()); }) {}

  void Begin() {
    if (place_->admitted()) return StartRead(request_);
    // Too many of its host wait.
    runtime_.metrics().Refused("request", "too_many_of_a_host");
    Refuse(TooManyCalls());
  }

  void OnReadDone(bool ok) override {
    place_.reset();
    if (wire().gone()) {
      request_.Clear();
      return Finish(grpc::Status::CANCELLED);
    }
    // There was none; or it was larger than messages may be, and gRPC has answered that.
    if (!ok) return Refuse(MalformedRequest());
    grpc::ByteBuffer sent;
    sent.Swap(&request_);
    serve_(wire(), sent);
    delete this;
  }
  void OnDone() override { delete this; }

 private:
  ~Awaited() override = default;

  void Refuse(const absl::Status& refusal) {
    AnsweredCall::Refuse(refusal, runtime_.open_calls(), net::HostOf(context().peer()), wire());
    delete this;
  }

  Runtime& runtime_;
  const ServeRequest& serve_;
  std::optional<AwaitedRequests::Place> place_;
  grpc::ByteBuffer request_;
};

}  // namespace

Wire::Opener AwaitRequest(Runtime& runtime, ServeRequest serve) {
  return [&runtime, serve = std::make_shared<const ServeRequest>(std::move(serve))](Wire& wire) {
    (new Awaited(runtime, *serve, wire))->Begin();
  };
}

}  // namespace inventory::rpc
