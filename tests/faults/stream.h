// One way of a connection through a proxy.
#ifndef INVENTORY_TESTS_FAULTS_STREAM_H_
#define INVENTORY_TESTS_FAULTS_STREAM_H_

#include <cstddef>
#include <deque>
#include <string>

#include "absl/time/time.h"
#include "tests/faults/proxy.h"

namespace inventory::faults {

// Bytes on their way from one socket, which doesn't block, to another. Used by one thread.
class Stream {
 public:
  enum class State {
    kOpen,
    kEnded,   // The sender has ended, and the receiver was told after all bytes.
    kBroken,  // One of the sockets has failed.
  };

  Stream(int from, int to) : from_(from), to_(to) {}

  // Whether more may be read: a receiver that is slow slows its sender down.
  bool WantsInput() const { return state_ == State::kOpen && !input_ended_ && waiting_bytes_ < kMostWaiting; }
  // Whether bytes wait that may go now.
  bool WantsOutput(const Flow& flow, absl::Time now) const;
  // When bytes that wait may go; never, if none do.
  absl::Time Due(const Flow& flow) const;

  // What has come, at most once.
  std::string Read(absl::Time now);
  // Puts bytes on their way.
  void Push(std::string bytes, absl::Time now);
  // Sends what may go.
  void Send(const Flow& flow, absl::Time now);
  // Forgets what waits.
  void Drop();

  bool empty() const { return waiting_.empty(); }
  State state() const { return state_; }

 private:
  static constexpr std::size_t kMostWaiting = std::size_t{1} << 20;

  struct Bytes {
    absl::Time came;
    std::string text;
  };

  void Write(std::size_t most, absl::Time now);
  void EndIfAllIsSent();

  const int from_;
  const int to_;
  std::deque<Bytes> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool input_ended_ = false;
  absl::Time last_byte_ = absl::InfinitePast();
  State state_ = State::kOpen;
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_STREAM_H_
