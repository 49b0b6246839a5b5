// Calls as gRPC carries them.
#ifndef INVENTORY_SERVER_RPC_WIRE_H_
#define INVENTORY_SERVER_RPC_WIRE_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "google/protobuf/message.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "storage/mutex.h"

namespace inventory::rpc {

class CallServer;
class Reactor;

// One call: what it brings, and what a Reactor sends to its caller. Deletes itself once the call is over and was
// finished and no read or write is under way.
class Wire {
 public:
  // Opens a call: makes a Reactor for it, which must finish it. Runs on a thread that takes calls and must not block.
  using Opener = std::function<void(Wire& wire)>;

  // A tag of the completion queue.
  struct Event {
    Wire& wire;
    void (Wire::*arrived)(bool ok);

    void Arrive(bool ok) { (wire.*arrived)(ok); }
  };

  // Has the server open the next call that comes by this queue. Everything must outlive the wire.
  static void TakeNext(CallServer& server, grpc::AsyncGenericService& calls, grpc::ServerCompletionQueue& queue) {
    new Wire(server, calls, queue);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Of the RPC that is called, "/inventory.v1.InventoryService/SetStock".
  const std::string& path() const { return context_.method(); }

  grpc::ServerContext& context() { return context_; }

  // In OnReadDone: the caller has gone, or was sent away, so that nothing comes any more and nothing can be sent. May
  // be true before OnCancel.
  bool gone();

 private:
  friend class Reactor;

  Wire(CallServer& server, grpc::AsyncGenericService& calls, grpc::ServerCompletionQueue& queue);
  ~Wire() = default;

  void Begun(bool ok);
  void ReadDone(bool ok);
  void WriteDone(bool ok);
  void Finished(bool ok);
  void Over(bool ok);
  // Tells of a large message, on a thread for these.
  void LargeReadDone();
  // The opening, or the OnReadDone of a large message, has returned.
  void MayBeDisturbed();
  void TellOver() REQUIRES(telling_);
  // One of what is under way has ended.
  void Leave();
  // Nothing is under way.
  void End();

  CallServer& server_;
  grpc::ServerCompletionQueue& queue_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_;
  Reactor* reactor_ = nullptr;
  grpc::ByteBuffer* reading_ = nullptr;
  std::atomic<bool> cancelled_ = false;
  // Held while the reactor is made or told something, but for large messages.
  storage::Mutex telling_;
  // Who serves the call may change then, so the end of the call waits: the opening, and the OnReadDone of large
  // messages.
  int undisturbed_ GUARDED_BY(telling_) = 1;
  bool over_waits_ GUARDED_BY(telling_) = false;
  // What is under way: the opening, the call until it is over, its end until it is sent, each read and each write.
  std::atomic<int> open_ = 3;
  Event begun_ = {*this, &Wire::Begun};
  Event read_ = {*this, &Wire::ReadDone};
  Event written_ = {*this, &Wire::WriteDone};
  Event finished_ = {*this, &Wire::Finished};
  Event over_ = {*this, &Wire::Over};
};

// What serves one call. What it begins may be begun on any thread, and OnReadDone, OnWriteDone, OnCancel and OnDone may
// run before the function that has begun it returns, unless that opens the call or is one of these, but for OnReadDone
// of a large message. They are called one after the other by the threads that take calls, and must not block. Only
// OnReadDone of a message of more than kLarge bytes comes by itself, on a thread apart, so that reading it holds up no
// other calls: meanwhile OnWriteDone may be called, or OnReadDone of the next message. OnCancel waits for it; OnDone
// comes last. One read and one write at a time may be under way.
class Reactor {
 public:
  static constexpr std::size_t kLarge = std::size_t{16} << 10;

  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Not ok: there is no message, because the caller has sent its last or is gone.
  virtual void OnReadDone(bool /*ok*/) {}
  // Not ok: the caller is gone.
  virtual void OnWriteDone(bool /*ok*/) {}
  // The caller is gone, or the call was cut. It must be finished all the same.
  virtual void OnCancel() {}
  // The call is finished, and nothing of it is under way any more. The wire is gone once this returns.
  virtual void OnDone() = 0;

 protected:
  // Serves the call from now on, instead of who did before. While that opens the call, or in its OnReadDone.
  explicit Reactor(Wire& wire) : wire_(wire) { wire.reactor_ = this; }
  virtual ~Reactor() = default;

  Wire& wire() { return wire_; }
  grpc::ServerContext& context() { return wire_.context(); }

  // Replaces `message`, which must live until OnReadDone.
  void StartRead(grpc::ByteBuffer& message);
  // The message is not needed any more when these return.
  void StartWrite(const grpc::ByteBuffer& message);
  void StartWrite(const google::protobuf::Message& message);

  // Ends the call, once, while no write is under way. With what serves it, the call may be gone when these return.
  void Finish(const grpc::Status& status);
  // The same with OK and a last message.
  void WriteAndFinish(const grpc::ByteBuffer& message);

 private:
  Wire& wire_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_WIRE_H_
