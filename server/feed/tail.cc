#include "server/feed/tail.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/logging.h"

namespace inventory::feed {
namespace {

// Between looks that commits of this server ask for: more would keep the database busy and tell nobody sooner.
constexpr absl::Duration kLeastInterval = absl::Milliseconds(10);
constexpr absl::Duration kPauseAfterFailure = absl::Milliseconds(250);
// Watchers have heartbeats to send, and some are to end.
constexpr absl::Duration kLongestSleep = absl::Milliseconds(250);

// By a clock that doesn't jump.
using Clock = std::chrono::steady_clock;

// So that watchers have their heartbeats also while the database hangs.
storage::DatabaseOptions Impatient(storage::DatabaseOptions options) {
  options.connect_timeout = options.read_timeout = options.write_timeout = absl::Seconds(2);
  return options;
}

}  // namespace

Tail::Tail(Options options) : options_(std::move(options)), thread_([this] { Run(); }) {}

Tail::~Tail() { Stop(); }

void Tail::Enter(std::weak_ptr<Watcher> watcher) {
  storage::MutexLock lock(mutex_);
  watchers_.push_back(std::move(watcher));
  watched_.store(true, std::memory_order_relaxed);
  poked_ = true;
  changed_.NotifyAll();
}

void Tail::Poke() {
  if (!watched_.load(std::memory_order_relaxed)) return;
  storage::MutexLock lock(mutex_);
  poked_ = true;
  changed_.NotifyAll();
}

std::optional<Cut> Tail::end() const {
  storage::MutexLock lock(mutex_);
  return end_;
}

std::optional<int64_t> Tail::PageAfter(const Cut& at) const {
  storage::MutexLock lock(mutex_);
  if (!end_) return std::nullopt;
  if (at.Covers(*end_)) return first_page_ + static_cast<int64_t>(pages_.size());
  for (std::size_t i = pages_.size(); i-- > 0;) {
    if (at.Covers(pages_[i]->begin)) return first_page_ + static_cast<int64_t>(i);
  }
  return std::nullopt;
}

absl::StatusOr<std::shared_ptr<const Tail::NumberedPage>> Tail::Find(int64_t number) const {
  storage::MutexLock lock(mutex_);
  if (number < first_page_) return absl::OutOfRangeError("the page was dropped");
  const auto at = static_cast<std::size_t>(number - first_page_);
  if (at >= pages_.size()) return nullptr;
  return pages_[at];
}

std::size_t Tail::watchers() const {
  storage::MutexLock lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(watchers_.begin(), watchers_.end(), [](const auto& watcher) { return !watcher.expired(); }));
}

void Tail::Stop() {
  {
    storage::MutexLock lock(mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Tail::Run() {
  Clock::time_point woken = {};
  while (AwaitWatchers()) {
    const std::optional<Cut> before = end();
    Look();
    const bool news = end() != before;
    if (news || Clock::now() - woken >= absl::ToChronoMilliseconds(kLongestSleep)) {
      WakeAll();
      woken = Clock::now();
    }
    Rest();
  }
}

// What was read for those who are gone is of no use to those who come: the logs have gone on.
bool Tail::AwaitWatchers() {
  storage::MutexLock lock(mutex_);
  std::erase_if(watchers_, [](const auto& watcher) { return watcher.expired(); });
  if (watchers_.empty()) {
    watched_.store(false, std::memory_order_relaxed);
    first_page_ += static_cast<int64_t>(pages_.size());
    pages_.clear();
    bytes_ = 0;
    end_.reset();
  }
  while (watchers_.empty() && !stopped_) changed_.Wait(mutex_);
  poked_ = false;
  return !stopped_;
}

void Tail::Look() {
  const absl::Status read = ReadOn();
  if (read.ok() == !failing_) return;
  failing_ = !read.ok();
  server::Log(failing_ ? server::LogLevel::kWarning : server::LogLevel::kInfo,
              failing_ ? "can't follow the event log" : "follows the event log again",
              {{"error", std::string(read.message())}});
}

absl::Status Tail::ReadOn() {
  if (connection_ == nullptr || connection_->broken()) {
    absl::StatusOr<std::unique_ptr<storage::Connection>> opened =
        storage::Connection::Open(Impatient(options_.database));
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
  }
  std::optional<Cut> at = end();
  absl::StatusOr<Cut> heads = ReadHeads(*connection_);
  if (!heads.ok()) return heads.status();
  if (at && *at == *heads) return absl::OkStatus();
  // Never less than before: what was told once can be told from then on. Unless the database has lost it.
  const bool lost = at && !heads->Covers(*at);
  heads = ReadEnd(*connection_);
  if (!heads.ok()) return heads.status();
  if (!at || lost) return StartOver(*heads);
  heads->Cover(*at);
  while (!(*at == *heads)) {
    absl::StatusOr<Page> page = ReadPage(*connection_, *at, *heads);
    if (absl::IsOutOfRange(page.status())) return StartOver(*heads);
    if (!page.ok()) return page.status();
    const Cut begin = *at;
    at = page->end;
    Append(begin, *std::move(page));
  }
  return absl::OkStatus();
}

// Whoever was at a page is at none now.
absl::Status Tail::StartOver(const Cut& end) {
  storage::MutexLock lock(mutex_);
  first_page_ += static_cast<int64_t>(pages_.size()) + 1;
  pages_.clear();
  bytes_ = 0;
  end_ = end;
  return absl::OkStatus();
}

void Tail::Append(const Cut& begin, Page page) {
  auto numbered = std::make_shared<NumberedPage>();
  numbered->begin = begin;
  numbered->bytes = sizeof(NumberedPage);
  for (const Chunk& chunk : page.chunks) numbered->bytes += chunk.bytes;
  numbered->page = std::move(page);
  storage::MutexLock lock(mutex_);
  end_ = numbered->page.end;
  bytes_ += numbered->bytes;
  pages_.push_back(std::move(numbered));
  while (bytes_ > options_.most_bytes && pages_.size() > 1) {
    bytes_ -= pages_.front()->bytes;
    pages_.pop_front();
    ++first_page_;
  }
}

// Without the lock: a watcher looks for pages.
void Tail::WakeAll() {
  std::vector<std::weak_ptr<Watcher>> watchers;
  {
    storage::MutexLock lock(mutex_);
    watchers = watchers_;
  }
  for (const std::weak_ptr<Watcher>& weak : watchers) {
    if (const std::shared_ptr<Watcher> watcher = weak.lock()) watcher->Wake();
  }
}

void Tail::Rest() {
  absl::SleepFor(failing_ ? kPauseAfterFailure : kLeastInterval);
  const Clock::time_point until = Clock::now() + absl::ToChronoMicroseconds(options_.interval - kLeastInterval);
  storage::MutexLock lock(mutex_);
  while (!poked_ && !stopped_) {
    const absl::Duration left = absl::FromChrono(until - Clock::now());
    if (left <= absl::ZeroDuration() || !changed_.WaitFor(mutex_, left)) return;
  }
}

}  // namespace inventory::feed
