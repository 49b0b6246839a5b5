#include "tests/faults/stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace inventory::faults {
namespace {

constexpr absl::Duration kByteInterval = absl::Seconds(1);

bool Blocked() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

absl::Time Stream::Due(const Flow& flow) const {
  if (state_ != State::kOpen || waiting_.empty()) return absl::InfiniteFuture();
  switch (flow.kind) {
    case Flow::Kind::kPass:
      return absl::InfinitePast();
    case Flow::Kind::kHold:
      return absl::InfiniteFuture();
    case Flow::Kind::kTrickle:
      return last_byte_ + kByteInterval;
    case Flow::Kind::kDelay:
      return waiting_.front().came + flow.delay;
  }
  return absl::InfiniteFuture();
}

bool Stream::WantsOutput(const Flow& flow, absl::Time now) const { return Due(flow) <= now; }

std::string Stream::Read(absl::Time now) {
  std::string bytes(std::size_t{64} << 10, '\0');
  const ssize_t got = recv(from_, bytes.data(), bytes.size(), 0);
  if (got < 0 && Blocked()) return "";
  if (got < 0) state_ = State::kBroken;
  if (got == 0) {
    input_ended_ = true;
    EndIfAllIsSent();
  }
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

void Stream::Push(std::string bytes, absl::Time now) {
  if (bytes.empty()) return;
  waiting_bytes_ += bytes.size();
  waiting_.push_back({now, std::move(bytes)});
}

void Stream::Send(const Flow& flow, absl::Time now) {
  while (state_ == State::kOpen && WantsOutput(flow, now)) {
    const std::size_t before = waiting_bytes_;
    Write(flow.kind == Flow::Kind::kTrickle ? 1 : kMostWaiting, now);
    if (waiting_bytes_ == before) return;
  }
}

void Stream::Write(std::size_t most, absl::Time now) {
  std::string& text = waiting_.front().text;
  const ssize_t sent = send(to_, text.data(), std::min(most, text.size()), MSG_NOSIGNAL);
  if (sent < 0 && Blocked()) return;
  if (sent < 0) {
    state_ = State::kBroken;
    return;
  }
  waiting_bytes_ -= static_cast<std::size_t>(sent);
  text.erase(0, static_cast<std::size_t>(sent));
  if (text.empty()) waiting_.pop_front();
  last_byte_ = now;
  EndIfAllIsSent();
}

void Stream::EndIfAllIsSent() {
  if (!input_ended_ || !waiting_.empty() || state_ != State::kOpen) return;
  shutdown(to_, SHUT_WR);
  state_ = State::kEnded;
}

void Stream::Drop() {
  waiting_.clear();
  waiting_bytes_ = 0;
}

}  // namespace inventory::faults
