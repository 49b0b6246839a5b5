#include "server/tracing/otlp/span_queue.h"

#include <utility>

namespace inventory::tracing {

void SpanQueue::Put(const Span& span) {
  EndedSpan ended(span);
  storage::MutexLock lock(mutex_);
  if (closed_ || spans_.size() + taken_ >= most_) {
    ++dropped_;
    return;
  }
  spans_.push_back(std::move(ended));
  if (spans_.size() == enough_) changed_.NotifyOne();
}

bool SpanQueue::Take(absl::Duration pause, std::vector<EndedSpan>& spans) {
  spans.clear();
  storage::MutexLock lock(mutex_);
  // Waking up for no reason only makes a post early.
  if (!closed_ && spans_.size() < enough_) changed_.WaitFor(mutex_, pause);
  spans.swap(spans_);
  taken_ = spans.size();
  return !closed_ || !spans.empty();
}

void SpanQueue::Gone(std::size_t count) {
  storage::MutexLock lock(mutex_);
  taken_ -= count;
}

void SpanQueue::Close() {
  storage::MutexLock lock(mutex_);
  closed_ = true;
  changed_.NotifyOne();
}

uint64_t SpanQueue::dropped() const {
  storage::MutexLock lock(mutex_);
  return dropped_;
}

}  // namespace inventory::tracing
