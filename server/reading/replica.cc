#include "server/reading/replica.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "server/logging.h"
#include "storage/heartbeat_repository.h"

namespace inventory::reading {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
// A replica that is silent for longer will not do.
constexpr absl::Duration kPatience = absl::Seconds(2);

int64_t Nanoseconds(Beats::Time time) { return time.time_since_epoch() / std::chrono::nanoseconds(1); }

absl::Duration AgeOf(int64_t complete_until) {
  if (complete_until == kNever) return absl::InfiniteDuration();
  return absl::Nanoseconds(Nanoseconds(Clock::now()) - complete_until);
}

storage::DatabaseOptions Impatient(storage::DatabaseOptions options) {
  options.connect_timeout = std::min(options.connect_timeout, kPatience);
  options.read_timeout = std::min(options.read_timeout, kPatience);
  options.statement_timeout = options.read_timeout * 0.9;
  options.write_timeout = std::min(options.write_timeout, kPatience);
  return options;
}

absl::StatusOr<storage::Beat> Ask(storage::Connection& connection, const storage::Sql& sql) {
  const absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  return storage::ParseBeat(results->back());
}

// The same on a connection that is kept, and opened unless it is fine.
absl::StatusOr<storage::Beat> Ask(std::unique_ptr<storage::Connection>& connection,
                                  const storage::DatabaseOptions& options, const storage::Sql& sql) {
  if (connection == nullptr || connection->broken()) {
    connection.reset();
    absl::StatusOr<std::unique_ptr<storage::Connection>> opened = storage::Connection::Open(Impatient(options));
    if (!opened.ok()) return opened.status();
    connection = *std::move(opened);
  }
  absl::StatusOr<storage::Beat> beat = Ask(*connection, sql);
  if (!beat.ok()) connection.reset();
  return beat;
}

}  // namespace

Replica::Replica(Options options)
    : options_(std::move(options)),
      pool_({.database = Impatient(options_.database), .max_connections = options_.max_connections}),
      complete_until_(kNever),
      periodic_([this] { return Look(); }) {
  for (std::size_t i = 0; i < options_.max_connections; ++i) threads_.emplace_back([this] { RunAll(); });
}

Replica::~Replica() { Stop(); }

absl::Duration Replica::staleness() const { return AgeOf(complete_until_.load(std::memory_order_relaxed)); }

bool Replica::FreshOn(storage::Connection& connection) const {
  storage::Sql sql;
  storage::AppendSelectBeat(sql);
  const absl::StatusOr<storage::Beat> beat = Ask(connection, sql);
  return beat.ok() && AgeOf(CompleteUntil(beat->beats)) <= options_.max_staleness;
}

int64_t Replica::CompleteUntil(int64_t beats) const {
  storage::MutexLock lock(mutex_);
  const std::optional<Beats::Time> until = beats_.CompleteUntil(beats);
  return until ? Nanoseconds(*until) : kNever;
}

absl::Duration Replica::Look() {
  absl::Status status = AskPrimary();
  status.Update(AskReplica());
  Report(fresh(), status);
  return std::clamp(options_.max_staleness / 4, absl::Milliseconds(50), absl::Milliseconds(500));
}

absl::Status Replica::AskPrimary() {
  storage::Sql sql;
  storage::AppendBeat(sql, std::clamp(options_.max_staleness / 8, absl::Milliseconds(25), absl::Milliseconds(250)));
  const Clock::time_point asked = Clock::now();
  const absl::StatusOr<storage::Beat> beat = Ask(primary_, options_.primary, sql);
  if (!beat.ok()) return beat.status();
  storage::MutexLock lock(mutex_);
  beats_.Note(beat->beats, beat->raised, asked);
  return absl::OkStatus();
}

absl::Status Replica::AskReplica() {
  storage::Sql sql;
  storage::AppendSelectBeat(sql);
  const absl::StatusOr<storage::Beat> beat = Ask(replica_, options_.database, sql);
  complete_until_.store(beat.ok() ? CompleteUntil(beat->beats) : kNever, std::memory_order_relaxed);
  return beat.status();
}

void Replica::Report(bool fresh, const absl::Status& status) {
  if (fresh == in_use_) return;
  // At first nothing is known, which says nothing.
  if (!fresh && absl::FromChrono(Clock::now() - started_) < options_.max_staleness) return;
  in_use_ = fresh;
  if (fresh) {
    server::Log(server::LogLevel::kInfo, "reads from the replica");
    return;
  }
  server::Log(server::LogLevel::kWarning, "does not read from the replica, but from the primary",
              {{"staleness", absl::FormatDuration(staleness())},
               {"error", std::string(status.message())},
               {"detail", storage::DetailOf(status)}});
}

void Replica::Run(std::unique_ptr<Work> work, std::size_t most_waiting) {
  std::unique_ptr<Work> refused;
  {
    storage::MutexLock lock(mutex_);
    refused = stopped_ ? std::move(work) : waiting_.PushWithin(std::move(work), most_waiting);
    changed_.NotifyOne();
  }
  if (refused != nullptr) refused->refuse();
}

std::size_t Replica::waiting() const {
  storage::MutexLock lock(mutex_);
  return waiting_.size();
}

void Replica::RunAll() {
  for (;;) {
    std::unique_ptr<Work> next;
    {
      storage::MutexLock lock(mutex_);
      while (waiting_.empty() && !stopped_) changed_.Wait(mutex_);
      if (waiting_.empty()) return;
      next = waiting_.TakeFirst();
    }
    next->run();
  }
}

void Replica::Stop() {
  periodic_.Stop();
  {
    storage::MutexLock lock(mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace inventory::reading
