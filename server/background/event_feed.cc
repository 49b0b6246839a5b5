#include "server/background/event_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "server/activities/http_post.h"
#include "server/activities/signature.h"
#include "server/background/run_all.h"
#include "server/errors.h"
#include "server/feed/cloud_events.h"
#include "server/http/call.h"
#include "server/logging.h"
#include "server/rpc/ids.h"
#include "storage/event_feed_repository.h"

namespace inventory::background {
namespace {

using Clock = std::chrono::steady_clock;

// Receivers limit what they take: about this much of the events as stored, which is some more as JSON.
constexpr std::size_t kMaxPostBytes = std::size_t{256} << 10;

// When the first event of the page was made; 0 if it has none.
int64_t FirstTimeOf(const feed::Page& page) {
  for (const feed::Chunk& chunk : page.chunks) {
    if (chunk.events.empty()) continue;
    return google::protobuf::util::TimeUtil::TimestampToMicroseconds(chunk.events.front().time());
  }
  return 0;
}

absl::Status LostTheFeed() { return absl::AbortedError("another server has taken the feed"); }

}  // namespace

EventFeed::EventFeed(Options options, storage::ConnectionPool& pool)
    : options_(std::move(options)), owner_(rpc::NewId()), pool_(pool), periodic_([this] { return Step(); }) {}

void EventFeed::Stop() {
  stopping_ = true;
  periodic_.Stop();
  if (!owned_.exchange(false)) return;
  storage::Sql sql;
  storage::AppendLeaveEventFeed(sql, options_.feed_id, owner_);
  Ask(pool_, sql).IgnoreError();
}

absl::Duration EventFeed::lag() const {
  const int64_t oldest = oldest_unposted_;
  if (!owned_ || oldest == 0) return absl::ZeroDuration();
  return std::max(absl::ZeroDuration(), absl::Now() - absl::FromUnixMicros(oldest));
}

absl::Duration EventFeed::Step() {
  const absl::Status begun = Begin();
  if (!begun.ok()) return AfterFailure(begun);
  if (!owned_) return options_.lease / 4;
  const absl::Duration wait = absl::FromChrono(not_before_ - Clock::now());
  if (wait > absl::ZeroDuration()) return std::min(wait, options_.lease / 4);
  const absl::StatusOr<bool> more = PostPage();
  if (!more.ok()) return AfterFailure(more.status());
  return *more ? absl::ZeroDuration() : options_.interval;
}

// Takes the feed or goes on having it, and reads where it has got: another server may have had it since.
absl::Status EventFeed::Begin() {
  if (owned_ && Clock::now() < renew_at_) return absl::OkStatus();
  storage::Sql sql;
  absl::Status made = Make(sql);
  if (!made.ok()) return made;
  storage::AppendTakeEventFeed(sql, options_.feed_id, owner_, options_.lease);
  const Clock::time_point asked = Clock::now();
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return results.status();
  made_ = true;
  const storage::EventFeedState state = storage::ParseEventFeedState(results->back());
  if (state.owned && !owned_) server::Log(server::LogLevel::kInfo, "posts events", {{"feed", options_.feed_id}});
  owned_ = state.owned;
  // Posts are another server's now.
  if (!state.owned) failures_ = 0;
  if (!state.owned) return absl::OkStatus();
  const std::optional<feed::Cut> at = feed::Cut::FromToken(state.position);
  if (!at) return absl::InternalError("the stored position of the feed can't be read");
  at_ = *at;
  renew_at_ = asked + absl::ToChronoMilliseconds(options_.lease / 4);
  return absl::OkStatus();
}

// Unless it is known to be there.
absl::Status EventFeed::Make(storage::Sql& sql) {
  if (made_) return absl::OkStatus();
  absl::StatusOr<storage::ConnectionPool::Lease> connection = pool_.Acquire(absl::Now() + kPatience);
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<feed::Cut> end = feed::ReadEnd(**connection);
  if (!end.ok()) return end.status();
  storage::AppendMakeEventFeed(sql, options_.feed_id, end->ToToken());
  return absl::OkStatus();
}

absl::StatusOr<feed::Page> EventFeed::ReadPage() {
  absl::StatusOr<storage::ConnectionPool::Lease> connection = pool_.Acquire(absl::Now() + kPatience);
  if (!connection.ok()) return connection.status();
  absl::StatusOr<feed::Cut> heads = feed::ReadHeads(**connection);
  if (!heads.ok()) return heads.status();
  if (*heads == at_) return feed::Page{.chunks = {}, .end = at_};
  bool lost = !heads->Covers(at_);
  if (lost) {
    // After a fail-over: the position that is stored is as old as the events that the database has.
    renew_at_ = {};
    absl::Status again = Begin();
    if (!again.ok()) return again;
    if (!owned_) return feed::Page{.chunks = {}, .end = at_};
    lost = !heads->Covers(at_);
  }
  heads = feed::ReadEnd(**connection);
  if (!heads.ok()) return heads.status();
  if (lost) {
    server::Log(server::LogLevel::kError, "the database lacks events that were posted; goes on with what comes next",
                {{"feed", options_.feed_id}});
    return feed::Page{.chunks = {}, .end = *heads};
  }
  heads->Cover(at_);
  absl::StatusOr<feed::Page> page = feed::ReadPage(**connection, at_, *heads);
  if (!absl::IsOutOfRange(page.status())) return page;
  server::Log(server::LogLevel::kError, "events were removed before they were posted; goes on with the first there is",
              {{"feed", options_.feed_id}});
  absl::StatusOr<feed::Cut> beginning = feed::ReadBeginning(**connection);
  if (!beginning.ok()) return beginning.status();
  beginning->Cover(at_);
  return feed::Page{.chunks = {}, .end = *beginning};
}

// True if there may be more at once.
absl::StatusOr<bool> EventFeed::PostPage() {
  const absl::StatusOr<feed::Page> page = ReadPage();
  if (!page.ok()) return page.status();
  oldest_unposted_ = FirstTimeOf(*page);
  if (page->end == at_) {
    failures_ = 0;
    return false;
  }
  absl::Status posted = page->chunks.empty() ? MoveTo(page->end) : PostChunks(*page);
  if (!posted.ok()) return posted;
  failures_ = 0;
  return true;
}

// After each post it is stored where the feed has got: to the end of the last chunk all of which is posted.
absl::Status EventFeed::PostChunks(const feed::Page& page) {
  std::vector<v1::Event> batch;
  std::size_t bytes = 0;
  feed::Cut done = at_;
  const auto post = [&]() -> absl::Status {
    absl::Status posted = batch.empty() ? absl::OkStatus() : Post(batch);
    batch.clear();
    bytes = 0;
    return posted.ok() ? MoveTo(done) : posted;
  };
  for (const feed::Chunk& chunk : page.chunks) {
    for (const v1::Event& event : chunk.events) {
      if (batch.size() >= static_cast<std::size_t>(options_.batch) || bytes >= kMaxPostBytes) {
        absl::Status posted = post();
        if (!posted.ok()) return posted;
      }
      batch.push_back(event);
      bytes += event.ByteSizeLong();
    }
    done.Set(chunk.log_id, chunk.position);
  }
  return post();
}

absl::Status EventFeed::Post(const std::vector<v1::Event>& events) {
  if (Clock::now() > renew_at_ + absl::ToChronoMilliseconds(options_.lease * 3 / 4)) {
    owned_ = false;
    return LostTheFeed();
  }
  absl::StatusOr<std::string> body = feed::CloudEventsJson(events, "/inventory/feeds/" + options_.feed_id);
  if (!body.ok()) return body.status();
  std::vector<std::string> secrets;
  if (!options_.secret_file.empty()) {
    auto read = activities::ReadSecretFile(options_.secret_file);
    if (!read.ok()) return absl::FailedPreconditionError(absl::StrCat("the feed's secret ", read.status().message()));
    secrets = *std::move(read);
  }
  http::Request request = activities::SignedPost(options_.url, "application/cloudevents-batch+json", *body, secrets);
  request.deadline = absl::Now() + options_.timeout;
  request.ca_file = options_.ca_file;
  request.give_up = [this] { return stopping_.load(); };
  const absl::StatusOr<http::Answer> answer = http::Send(request);
  return answer.ok() ? activities::OutcomeOf(*answer) : answer.status();
}

absl::Status EventFeed::MoveTo(const feed::Cut& cut) {
  storage::Sql sql;
  storage::AppendMoveEventFeed(sql, options_.feed_id, owner_, options_.lease, cut.ToToken());
  const Clock::time_point asked = Clock::now();
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return results.status();
  if (!storage::ParseEventFeedState(results->back()).owned) {
    owned_ = false;
    return LostTheFeed();
  }
  at_ = cut;
  renew_at_ = asked + absl::ToChronoMilliseconds(options_.lease / 4);
  return absl::OkStatus();
}

absl::Duration EventFeed::AfterFailure(const absl::Status& status) {
  if (stopping_) return absl::ZeroDuration();
  const int failures = ++failures_;
  const absl::Duration pause = options_.backoff.Pause(failures, absl::Uniform(random_, 0.0, 1.0));
  not_before_ = Clock::now() + absl::ToChronoMilliseconds(pause);
  // Once for each doubling, so that a receiver that is away for long fills no log.
  if ((failures & (failures - 1)) == 0) {
    server::Log(
        server::LogLevel::kWarning, "can't post events",
        {{"feed", options_.feed_id}, {"failures", absl::StrCat(failures)}, {"error", std::string(status.message())}});
  }
  return std::min(pause, options_.lease / 4);
}

}  // namespace inventory::background
