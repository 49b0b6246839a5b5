#include "server/rpc/streams.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory::rpc {

absl::Status Streams::Add(Stream* stream) {
  storage::MutexLock lock(mutex_);
  if (stopped_) return Stopping();
  if (open_.size() >= kMostOpen && !EvictOne()) {
    return WithRetryDelay(Refusal(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                                  absl::StrCat("imports and exports are open already as many as may be, ", kMostOpen,
                                               "; call again later")),
                          absl::Seconds(1));
  }
  open_.insert(stream);
  return absl::OkStatus();
}

bool Streams::EvictOne() {
  const auto idlest = std::min_element(open_.begin(), open_.end(), [](const Stream* left, const Stream* right) {
    return left->touched() < right->touched();
  });
  Stream* const stream = *idlest;
  if (absl::Now() - stream->touched() < idle_) return false;
  open_.erase(idlest);
  evicted_.insert(stream);
  stream->Evict();
  return true;
}

void Streams::Remove(Stream* stream) {
  storage::MutexLock lock(mutex_);
  open_.erase(stream);
  evicted_.erase(stream);
}

void Streams::Stop() {
  storage::MutexLock lock(mutex_);
  stopped_ = true;
  for (Stream* stream : open_) stream->EndSoon();
}

absl::Status Streams::Stopping() {
  return Unavailable("STOPPING", "the server is stopping; call again to go on where this stream has ended");
}

}  // namespace inventory::rpc
