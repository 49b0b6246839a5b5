#include "server/rpc/streams.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"

namespace inventory::rpc {

namespace {

absl::Status TooMany(const std::string& what, absl::string_view which, std::size_t most) {
  return TooManyStreams(
      absl::StrCat("as many ", what, " ", which, " are open as may be, ", most, "; call again later"));
}

}  // namespace

absl::Status Streams::Add(Stream* stream, const std::string& caller) {
  storage::MutexLock lock(mutex_);
  if (stopped_) return Stopping();
  if (open_.size() >= options_.most) return TooMany(options_.what, "of all callers", options_.most);
  const auto of_caller = static_cast<std::size_t>(
      std::count_if(open_.begin(), open_.end(), [&caller](const auto& open) { return open.second.caller == caller; }));
  const std::size_t most = std::min(options_.most_of_a_caller, options_.most - open_.size());
  if (of_caller >= most) return TooMany(options_.what, "of this caller", of_caller);
  open_[stream] = {.caller = caller};
  return absl::OkStatus();
}

void Streams::Remove(Stream* stream) {
  storage::MutexLock lock(mutex_);
  open_.erase(stream);
}

int Streams::CutSlow() {
  const int64_t before = absl::ToUnixMicros(absl::Now() - options_.patience);
  int cut = 0;
  storage::MutexLock lock(mutex_);
  for (auto& [stream, open] : open_) {
    if (open.cut || stream->awaiting_since_.load(std::memory_order_relaxed) > before) continue;
    open.cut = true;
    stream->Cut();
    ++cut;
  }
  return cut;
}

void Streams::Stop() {
  storage::MutexLock lock(mutex_);
  stopped_ = true;
  for (auto& [stream, open] : open_) {
    if (!open.cut) stream->EndSoon();
  }
}

absl::Status Streams::Stopping() {
  return Unavailable("STOPPING", "the server is stopping; call again to go on where this stream has ended");
}

}  // namespace inventory::rpc
