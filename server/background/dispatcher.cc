#include "server/background/dispatcher.h"

#include <openssl/sha.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/background/due_events.h"
#include "server/background/run_all.h"
#include "server/logging.h"
#include "storage/low_stock_repository.h"

namespace inventory::background {
namespace {

using activities::LowStockEvent;
using server::Log;
using server::LogLevel;

constexpr std::size_t kMaxErrorBytes = 500;

// What activities use of this server.
class AttemptContext final : public activities::Context {
 public:
  AttemptContext(const LowStockEvent& event, absl::Time deadline, const std::atomic<bool>& stopping,
                 const activities::Options& options, pipeline::GroupCommitter& committer)
      : event_(event), deadline_(deadline), stopping_(stopping), options_(options), committer_(committer) {}

  absl::Time deadline() const override { return deadline_; }
  bool stopping() const override { return stopping_.load(std::memory_order_relaxed); }
  const activities::Options& options() const override { return options_; }

  // A command of its event and step is the same however often it comes, so the step is its fingerprint.
  absl::Status Run(std::string_view step, std::unique_ptr<pipeline::Command> command) override {
    pipeline::Identity identity{.caller = "low_stock",
                                .request_id = absl::StrCat(event_.event_id, "/", std::string(step)),
                                .fingerprint = std::string(SHA256_DIGEST_LENGTH, '\0')};
    SHA256(reinterpret_cast<const unsigned char*>(step.data()), step.size(),
           reinterpret_cast<unsigned char*>(identity.fingerprint.data()));
    return RunOne(committer_, std::move(command), std::move(identity), deadline_);
  }

 private:
  const LowStockEvent& event_;
  const absl::Time deadline_;
  const std::atomic<bool>& stopping_;
  const activities::Options& options_;
  pipeline::GroupCommitter& committer_;
};

// What is stored and shown of an error: short, and characters that any text may hold.
std::string Shown(const absl::Status& status) {
  std::string text(status.message().substr(0, kMaxErrorBytes));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.empty() ? absl::StatusCodeToString(status.code()) : text;
}

std::string_view NameOf(EndAttempt::Outcome outcome) {
  switch (outcome) {
    case EndAttempt::Outcome::kDone:
      return "done";
    case EndAttempt::Outcome::kDead:
      return "dead";
    default:
      return "retry";
  }
}

}  // namespace

Dispatcher::Dispatcher(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer,
                       Observer observer)
    : options_(std::move(options)), pool_(pool), committer_(committer), observer_(std::move(observer)) {
  for (const activities::Activity* activity : activities::All()) StartLane(std::string(activity->key()));
  // What a server has scheduled that knew no activities' queues yet.
  StartLane("");
  look_.emplace([this] { return Look(); });
  look_for_oldest_.emplace([this] { return LookForOldest(); });
}

void Dispatcher::StartLane(std::string activity) {
  Lane& lane = *lanes_.emplace_back(std::make_unique<Lane>(std::move(activity), options_.threads));
  for (int i = 0; i < options_.threads; ++i) lane.workers.emplace_back([this, &lane] { Work(lane); });
}

void Dispatcher::Stop() {
  stopping_ = true;
  look_->Stop();
  look_for_oldest_->Stop();
  for (const auto& lane : lanes_) lane->queue.Stop();
  for (const auto& lane : lanes_) {
    for (std::thread& worker : lane->workers) {
      if (worker.joinable()) worker.join();
    }
  }
}

// Instances take the events in random order, so that they don't all go for the same one.
absl::Duration Dispatcher::Look() {
  const absl::Time start = absl::Now();
  std::vector<DueEvents> due;
  std::vector<std::size_t> asked;
  for (const auto& lane : lanes_) {
    asked.push_back(due.size());
    due.emplace_back(lane->activity);
  }
  while (!asked.empty()) {
    storage::Sql sql;
    for (const std::size_t i : asked)
      storage::AppendSelectDueEvents(sql, lanes_[i]->activity, due[i].last(), DueEvents::kPage);
    const auto results = Ask(pool_, sql);
    // Where the database is away, who serves callers says so.
    if (!results.ok()) return absl::Seconds(1);
    for (std::size_t i = 0; i < asked.size(); ++i) due[asked[i]].Add(storage::ParseDueEvents((*results)[i]));
    std::erase_if(asked, [&](std::size_t i) { return stopping_ || !due[i].WantsMore(); });
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    std::vector<AttemptQueue::Event> events = due[i].Take();
    {
      storage::MutexLock lock(mutex_);
      std::shuffle(events.begin(), events.end(), random_);
    }
    lanes_[i]->queue.SetWaiting(std::move(events));
  }
  // Where much is due a look takes long, and it must not be all that the database does.
  return std::max(options_.interval, 4 * (absl::Now() - start));
}

absl::Duration Dispatcher::LookForOldest() {
  storage::Sql sql;
  storage::AppendSelectOldestWaitingEvent(sql);
  const auto results = Ask(pool_, sql);
  if (results.ok()) oldest_waiting_ = storage::ParseAgeOfEvent(results->front()) / absl::Microseconds(1);
  return kLookForOldest;
}

void Dispatcher::Work(Lane& lane) {
  while (const std::optional<AttemptQueue::Event> event = lane.queue.Take()) {
    CarryOut(lane, event->key);
    lane.queue.Done(*event);
  }
}

void Dispatcher::CarryOut(const Lane& lane, const Key& key) {
  std::optional<BeginAttempt::Taken> taken;
  absl::Status begun = RunOne(
      committer_, std::make_unique<BeginAttempt>(key, options_.lease, options_.max_attempts, taken, lane.activity),
      {.caller = "system"}, absl::Now() + kPatience);
  if (begun.ok() && taken) Record(key, *taken, Execute(*taken));
}

absl::Status Dispatcher::Execute(const BeginAttempt::Taken& taken) {
  const activities::Activity* activity = activities::Find(taken.activity);
  if (activity == nullptr) return absl::FailedPreconditionError("this server has no such activity");
  const auto problems = activities::CheckParameters(*activity, taken.event.parameters);
  if (!problems.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("parameter ", problems[0].name, " ", problems[0].problem));
  }
  AttemptContext context(taken.event, absl::Now() + options_.timeout, stopping_, options_.activities, committer_);
  // Custom activities are not ours, and must not take the server down.
  try {
    return activity->Execute(taken.event, context);
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("the activity threw: ", thrown.what()));
  } catch (...) {
    return absl::InternalError("the activity threw");
  }
}

EndAttempt::Outcome Dispatcher::OutcomeOf(const BeginAttempt::Taken& taken, const absl::Status& status) const {
  if (status.ok()) return EndAttempt::Outcome::kDone;
  if (stopping_) return EndAttempt::Outcome::kGivenBack;
  return taken.event.attempt >= options_.max_attempts ? EndAttempt::Outcome::kDead : EndAttempt::Outcome::kRetry;
}

absl::Duration Dispatcher::PauseAfter(int attempt, const absl::Status& status) {
  storage::MutexLock lock(mutex_);
  const absl::Duration pause = options_.backoff.Pause(attempt, absl::Uniform(random_, 0.0, 1.0));
  return std::max(pause, activities::AfterAtLeastOf(status).value_or(absl::ZeroDuration()));
}

// What can't be recorded before the lease has ended will be carried out again.
void Dispatcher::Record(const Key& key, const BeginAttempt::Taken& taken, const absl::Status& status) {
  const absl::Time end = absl::Now() + options_.lease - options_.timeout;
  const LowStockEvent& event = taken.event;
  const EndAttempt::Outcome outcome = OutcomeOf(taken, status);
  const bool failed = outcome == EndAttempt::Outcome::kRetry || outcome == EndAttempt::Outcome::kDead;
  const absl::Duration pause =
      outcome == EndAttempt::Outcome::kRetry ? PauseAfter(event.attempt, status) : absl::ZeroDuration();
  if (failed) {
    const bool dead = outcome == EndAttempt::Outcome::kDead;
    Log(dead ? LogLevel::kError : LogLevel::kWarning,
        dead ? "a low-stock event is dead" : "a low-stock activity failed",
        {{"event_id", event.event_id},
         {"activity", taken.activity},
         {"attempt", absl::StrCat(event.attempt)},
         {"error", Shown(status)},
         {"next_try_in", dead ? "never" : absl::FormatDuration(pause)}});
  }
  absl::Status ended;
  do {
    ended = RunOne(committer_,
                   std::make_unique<EndAttempt>(key, event.attempt, outcome, failed ? Shown(status) : "stopped", pause),
                   {.caller = "system"}, absl::Now() + kPatience);
    if (!ended.ok() && !stopping_) absl::SleepFor(absl::Seconds(1));
  } while (!ended.ok() && !stopping_ && absl::Now() < end);
  if (outcome != EndAttempt::Outcome::kGivenBack) observer_(taken.activity, NameOf(outcome));
}

}  // namespace inventory::background
