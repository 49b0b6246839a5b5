// Streams of messages that become commands.
#ifndef INVENTORY_SERVER_RPC_COMMAND_STREAM_H_
#define INVENTORY_SERVER_RPC_COMMAND_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/pipeline/command.h"
#include "server/rpc/runtime.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/streams.h"
#include "server/rpc/wire.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// A command of a stream, which commits by itself and is exactly once.
struct StreamStep {
  std::unique_ptr<pipeline::Command> command;
  // The request id is "<request_id>/<name>"; `context` and `payload` tell a repetition from another request under the
  // same id. The payload lives as long as the command.
  std::string request_id;
  std::string name;
  std::string context;
  std::shared_ptr<const google::protobuf::Message> payload;
  // Of what it changes, one number each; equal for equal things. Two steps that have one in common run one after the
  // other, in the stream's order, and the second only if the first has succeeded.
  std::vector<uint64_t> touches;
  // Runs while no other step of the stream does, as if it touched what all others do.
  bool alone = false;
};

// What one call's messages mean. Take is called for one message after another, and Answer for one step after another,
// but a call of Answer may run at the same time as one of Take. Nothing here blocks.
class StreamSession {
 public:
  virtual ~StreamSession() = default;

  // An empty message of the type that the caller sends.
  virtual std::unique_ptr<google::protobuf::Message> NewMessage() const = 0;

  // Takes the caller's next message: what is to be done, or nothing yet. A status that is not OK ends the stream, once
  // the steps that are under way have ended; those that wait are dropped.
  virtual absl::StatusOr<std::optional<StreamStep>> Take(std::unique_ptr<google::protobuf::Message> message) = 0;

  // Whether the message that says so was the last; no more are read.
  virtual bool complete() const = 0;

  // What a stream ends with whose caller has closed it and is not complete.
  virtual absl::Status Incomplete() const = 0;

  // What the caller hears of a step that has succeeded.
  virtual std::unique_ptr<google::protobuf::Message> Answer(const pipeline::Command& command) = 0;

  // What the caller hears last, when every step has succeeded.
  virtual std::unique_ptr<google::protobuf::Message> Summary() = 0;
};

// Carries out the steps of one call. Several are on their way at once, as far as they have nothing in common, so that
// they share transactions; answers go out in order. No message is read while kMostSteps steps, or kMostBytes of them,
// wait to be carried out or for their answers to be read, so a stream takes little memory whatever its caller does. A
// full queue is waited out. A step that fails ends the stream, after the answers to those before it.
//
// Deletes itself when gRPC is done with it. Thread-safe.
class CommandStream final : public Reactor, private Streams::Stream {
 public:
  static constexpr std::size_t kMostSteps = 8;
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20;

  // The references must outlive the stream.
  CommandStream(Runtime& runtime, const MethodFacts& facts, Wire& wire, std::unique_ptr<StreamSession> session);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  enum class Action { kNone, kRead, kWrite, kSubmit, kPause, kFinish };
  enum class State { kWaiting, kRunning, kDone };

  struct Step {
    StreamStep step;
    Origin origin;
    std::size_t bytes = 0;  // Memory of the messages it came with.
    State state = State::kWaiting;
    std::unique_ptr<google::protobuf::Message> answer;
  };

  // Changes the state, then carries out what is to be done next, on one thread at a time. The stream may be gone
  // afterwards.
  template <typename Change>
  void After(Change change);
  void CarryOut();

  Action Next() REQUIRES(mutex_);
  bool TakeAnswer() REQUIRES(mutex_);
  Step* Startable() REQUIRES(mutex_);
  bool Unhindered(const StreamStep& step) const REQUIRES(mutex_);
  bool HasRoom() const REQUIRES(mutex_);
  void Fail(absl::Status status) REQUIRES(mutex_);
  void Occupy(const StreamStep& step, int by) REQUIRES(mutex_);

  absl::Status TakeMessage();
  void Submit(Step& step);
  void Ended(Step& step, pipeline::Job& job, const absl::Status& status);

  void EndSoon() override;
  void Cut() override;

  Runtime& runtime_;
  const std::unique_ptr<StreamSession> session_;
  // Used by gRPC, and by whoever has just been called back about them.
  grpc::ByteBuffer incoming_;
  // Memory of messages since the last step. They become part of the next.
  std::size_t collected_ = 0;
  std::unique_ptr<google::protobuf::Message> outgoing_;

  storage::Mutex mutex_;
  // Those that wait, run, or whose answers wait, in order. The answer that is being sent still belongs to the front.
  std::deque<std::unique_ptr<Step>> steps_ GUARDED_BY(mutex_);
  // What running steps touch, and how many of them.
  absl::flat_hash_map<uint64_t, int> touched_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  int running_ GUARDED_BY(mutex_) = 0;
  bool running_alone_ GUARDED_BY(mutex_) = false;
  Step* starting_ GUARDED_BY(mutex_) = nullptr;
  bool carrying_out_ GUARDED_BY(mutex_) = false;
  bool reading_ GUARDED_BY(mutex_) = false;
  bool complete_ GUARDED_BY(mutex_) = false;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool queue_full_ GUARDED_BY(mutex_) = false;
  bool pausing_ GUARDED_BY(mutex_) = false;
  bool summed_up_ GUARDED_BY(mutex_) = false;
  // Nothing more can be sent.
  bool broken_ GUARDED_BY(mutex_) = false;
  // Why the stream ends before it is complete.
  absl::Status status_ GUARDED_BY(mutex_);
  StreamCall call_;  // The last member: see EndSoon in streams.h.
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_COMMAND_STREAM_H_
