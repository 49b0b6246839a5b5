#include "server/rpc/wire.h"

#include <utility>

#include "grpc/grpc.h"
#include "server/die.h"
#include "server/rpc/call_server.h"
#include "server/rpc/to_bytes.h"

namespace inventory::rpc {

Wire::Wire(CallServer& server, grpc::AsyncGenericService& calls, grpc::ServerCompletionQueue& queue)
    : server_(server), queue_(queue), stream_(&context_) {
  server_.Enter();
  context_.AsyncNotifyWhenDone(&over_);
  calls.RequestCall(&context_, &stream_, &queue, &queue, &begun_);
}

bool Wire::gone() { return cancelled_ || grpc_call_failed_before_recv_message(context_.c_call()) != 0; }

void Wire::Begun(bool ok) {
  if (!ok) return End();  // The server stops, and no call has come.
  server_.TakeNext(queue_);
  {
    storage::MutexLock lock(telling_);
    server_.Begin(*this);
    if (reactor_ == nullptr) Die("nothing serves a call of ", path());
  }
  MayBeDisturbed();
  Leave();
}

void Wire::ReadDone(bool ok) {
  const std::size_t bytes = ok ? reading_->Length() : 0;
  const bool large = bytes > Reactor::kLarge;
  {
    storage::MutexLock lock(telling_);
    if (large) {
      ++undisturbed_;
    } else {
      reactor_->OnReadDone(ok);
    }
  }
  if (!large) return Leave();
  if (!server_.RunApart(bytes, [this] { LargeReadDone(); })) LargeReadDone();
}

void Wire::LargeReadDone() {
  reactor_->OnReadDone(true);
  MayBeDisturbed();
  Leave();
}

void Wire::WriteDone(bool ok) {
  {
    storage::MutexLock lock(telling_);
    reactor_->OnWriteDone(ok);
  }
  Leave();
}

void Wire::Finished(bool /*ok*/) { Leave(); }

void Wire::Over(bool /*ok*/) {
  cancelled_ = context_.IsCancelled();
  {
    storage::MutexLock lock(telling_);
    over_waits_ = undisturbed_ > 0;
    if (over_waits_) return;
    TellOver();
  }
  Leave();
}

void Wire::MayBeDisturbed() {
  {
    storage::MutexLock lock(telling_);
    if (--undisturbed_ > 0 || !std::exchange(over_waits_, false)) return;
    TellOver();
  }
  Leave();
}

void Wire::TellOver() {
  if (cancelled_) reactor_->OnCancel();
}

void Wire::Leave() {
  if (open_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  reactor_->OnDone();
  End();
}

void Wire::End() {
  CallServer& server = server_;
  delete this;
  server.Leave();
}

void Reactor::StartRead(grpc::ByteBuffer& message) {
  wire_.reading_ = &message;
  wire_.open_.fetch_add(1, std::memory_order_relaxed);
  wire_.stream_.Read(&message, &wire_.read_);
}

void Reactor::StartWrite(const grpc::ByteBuffer& message) {
  wire_.open_.fetch_add(1, std::memory_order_relaxed);
  wire_.stream_.Write(message, &wire_.written_);
}

void Reactor::StartWrite(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes;
  // Half a message must not go out as if it were whole.
  if (!ToBytes(message, bytes).ok()) context().TryCancel();
  StartWrite(bytes);
}

void Reactor::Finish(const grpc::Status& status) { wire_.stream_.Finish(status, &wire_.finished_); }

void Reactor::WriteAndFinish(const grpc::ByteBuffer& message) {
  wire_.stream_.WriteAndFinish(message, grpc::WriteOptions(), grpc::Status::OK, &wire_.finished_);
}

}  // namespace inventory::rpc
