#include "tests/integration/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

constexpr int kCallers = 8;

using End = RecordedWrite::End;

// What a caller knows of a write after a try.
End EndOf(const absl::Status& status, const Caller::Write& write) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return End::kAcknowledged;
    case absl::StatusCode::kFailedPrecondition:
      return End::kRefused;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
      return End::kUnknown;
    case absl::StatusCode::kNotFound:
      if (!write.works_on.made) return End::kRefused;
      [[fallthrough]];
    default:
      ADD_FAILURE() << "a caller was told " << status << " of " << write.works_on.id;
      return End::kRefused;
  }
}

}  // namespace

Load::Load(std::function<Client(int caller)> connect, const std::string& prefix)
    : connect_(std::move(connect)), shop_(MakeShop(connect_(0), prefix)) {
  for (int i = 0; i < kCallers; ++i) threads_.emplace_back([this, i] { CallerMain(i); });
  threads_.emplace_back([this] { WatcherMain(); });
}

Load::Load(const std::vector<std::string>& addresses, const std::string& prefix)
    : Load([addresses](int caller) { return Client(addresses[caller % addresses.size()]); }, prefix) {}

Load::~Load() { Stop(); }

void Load::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Load::CallerMain(int number) {
  const Client client = connect_(number);
  const unsigned seed = std::random_device()();
  Caller caller(shop_, documents_, absl::StrCat("caller-", number, "-", seed), seed);
  while (!stop_) {
    Caller::Write write = caller.Next();
    Carry(client, write, number % 2 == 0);
    caller.Ended(write);
    if (write.record.end == End::kAcknowledged) ++acknowledged_;
    // Nobody hammers a server that is away.
    if (write.record.end == End::kUnknown) absl::SleepFor(absl::Milliseconds(20));
    storage::MutexLock lock(mutex_);
    writes_.push_back(std::move(write.record));
  }
}

void Load::WatcherMain() const {
  const Client client = connect_(0);
  while (!stop_) {
    ExpectWithinLimits(client, shop_);
    absl::SleepFor(absl::Milliseconds(20));
  }
}

void Load::Carry(const Client& client, Caller::Write& write, bool insist) const {
  RecordedWrite& record = write.record;
  record.start = absl::Now();
  do {
    record.end = EndOf(write.attempt(client, record), write);
    if (record.end == End::kUnknown && insist) absl::SleepFor(absl::Milliseconds(20));
  } while (record.end == End::kUnknown && insist);
  record.finish = absl::Now();
}

void Load::AwaitAcknowledged(int more) {
  const int wanted = acknowledged_ + more;
  EXPECT_TRUE(Eventually([&] { return acknowledged_ >= wanted; }, absl::Minutes(1)))
      << acknowledged_ << " of " << wanted;
}

int Load::Count(End end) const {
  storage::MutexLock lock(mutex_);
  return static_cast<int>(
      std::count_if(writes_.begin(), writes_.end(), [end](const RecordedWrite& write) { return write.end == end; }));
}

void Load::Check(const Client& client) const {
  ExpectWithinLimits(client, shop_);
  storage::MutexLock lock(mutex_);
  CheckHistory({.ledgers = ReadLedgers(client, shop_.skus),
                .writes = writes_,
                .set_up = {shop_.set_up},
                .channels = shop_.channels});
  for (const v1::Mismatch& mismatch : VerifyAll(client)) ADD_FAILURE() << mismatch.DebugString();
}

}  // namespace inventory::integration
