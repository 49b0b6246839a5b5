#include "tests/integration/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

constexpr int kCallers = 8;
constexpr char kSetUp[] = "set-up";

using End = RecordedWrite::End;
using MovementName = std::tuple<std::string, std::string, int64_t, int64_t>;

template <typename Movement>
MovementName NameOf(const Movement& movement) {
  return {movement.sku(), movement.warehouse_id(), movement.version(), movement.sequence()};
}

template <typename Movements>
std::multiset<MovementName> NamesOf(const Movements& movements) {
  std::multiset<MovementName> names;
  for (const auto& movement : movements) names.insert(NameOf(movement));
  return names;
}

End EndOf(const absl::Status& status) {
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
    default:
      ADD_FAILURE() << "a caller was told " << status;
      return End::kUnknown;
  }
}

// The call of one try, and what it moved.
absl::Status Try(const Client& client, const std::string& request_id, const std::vector<std::string>& skus, int number,
                 std::vector<v1::LevelVersion>& movements) {
  constexpr absl::Duration kPatience = absl::Seconds(10);
  const std::string& first = skus[static_cast<std::size_t>(number) % skus.size()];
  const std::string& second = skus[static_cast<std::size_t>(number / 2) % skus.size()];
  if (number % 2 == 0) {
    v1::AdjustStockRequest request;
    request.set_request_id(request_id);
    request.set_sku(first);
    request.set_warehouse_id(number % 4 == 0 ? "w1" : "w2");
    request.set_delta(number % 3 == 0 ? -1 : 1);
    const auto answer = client.Call(request, kPatience);
    if (answer.ok()) movements = {answer->movement()};
    return answer.status();
  }
  const auto answer =
      client.Call(ReserveRequest({{first, 1}, {second, 1}}, {.commit = true, .request_id = request_id}), kPatience);
  if (answer.ok()) movements.assign(answer->movements().begin(), answer->movements().end());
  return answer.status();
}

}  // namespace

Load::Load(const std::vector<std::string>& addresses, std::vector<std::string> skus) : skus_(std::move(skus)) {
  const Client client(addresses[0]);
  v1::BatchUpdateStockRequest stock;
  stock.set_request_id(kSetUp);
  for (const std::string& sku : skus_) {
    for (const char* warehouse_id : {"w1", "w2"}) {
      v1::StockUpdate& update = *stock.add_updates();
      update.set_sku(sku);
      update.set_warehouse_id(warehouse_id);
      update.set_set_on_hand(1'000'000);
    }
  }
  Must(client.Call(stock));
  for (int i = 0; i < kCallers; ++i) {
    callers_.emplace_back([this, address = addresses[i % addresses.size()], i] { CallerMain(address, i); });
  }
}

Load::~Load() { Stop(); }

void Load::Stop() {
  stop_ = true;
  for (std::thread& caller : callers_) {
    if (caller.joinable()) caller.join();
  }
}

void Load::CallerMain(const std::string& address, int number) {
  const Client client(address);
  for (int i = 0; !stop_; ++i) {
    RecordedWrite write = MakeWrite(client, absl::StrCat("caller-", number, "-", i), i + number, number % 2 == 0);
    if (write.end == End::kAcknowledged) ++acknowledged_;
    // Nobody hammers a server that is away.
    if (write.end == End::kUnknown) absl::SleepFor(absl::Milliseconds(20));
    const std::lock_guard<std::mutex> lock(mutex_);
    writes_.push_back(std::move(write));
  }
}

RecordedWrite Load::MakeWrite(const Client& client, const std::string& request_id, int number, bool insist) const {
  RecordedWrite write{.request_id = request_id, .start = absl::Now(), .finish = {}, .movements = {}};
  do {
    write.end = EndOf(Try(client, request_id, skus_, number, write.movements));
    if (write.end == End::kUnknown && insist) absl::SleepFor(absl::Milliseconds(20));
  } while (write.end == End::kUnknown && insist);
  write.finish = absl::Now();
  return write;
}

void Load::AwaitAcknowledged(int more) {
  const int wanted = acknowledged_ + more;
  EXPECT_TRUE(Eventually([&] { return acknowledged_ >= wanted; }, absl::Minutes(1)))
      << acknowledged_ << " of " << wanted;
}

int Load::Count(End end) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(
      std::count_if(writes_.begin(), writes_.end(), [end](const RecordedWrite& write) { return write.end == end; }));
}

void Load::Check(const Client& client) const {
  std::map<std::string, const RecordedWrite*> writes;
  for (const RecordedWrite& write : writes_) writes[write.request_id] = &write;
  std::map<std::string, std::multiset<MovementName>> ledger;
  for (const std::string& sku : skus_) {
    v1::ListMovementsRequest list;
    list.mutable_filter()->set_sku(sku);
    list.set_page_size(1000);
    const auto movements = ListAll(client, list, &v1::ListMovementsResponse::movements);
    for (const v1::Movement& movement : movements) ledger[movement.request_id()].insert(NameOf(movement));
    CheckOrder(movements, writes);
  }
  for (const auto& [request_id, names] : ledger) {
    EXPECT_TRUE(request_id == kSetUp || writes.contains(request_id)) << "nobody made the write " << request_id;
  }
  for (const RecordedWrite& write : writes_) {
    const auto found = ledger.find(write.request_id);
    const bool there = found != ledger.end();
    EXPECT_FALSE(write.end == End::kRefused && there) << write.request_id << " was refused and done";
    if (write.end == End::kAcknowledged) {
      EXPECT_EQ(there ? found->second : std::multiset<MovementName>(), NamesOf(write.movements)) << write.request_id;
    }
    // All of a write or nothing, and never twice: it touches one level of each of two SKUs at most.
    if (write.end == End::kUnknown && there) {
      EXPECT_LE(found->second.size(), 2u) << write.request_id;
    }
  }
  for (const v1::Mismatch& mismatch : VerifyAll(client)) ADD_FAILURE() << mismatch.DebugString();
}

// A write that had ended before another one began comes before it in the ledger.
void Load::CheckOrder(const std::vector<v1::Movement>& movements,
                      const std::map<std::string, const RecordedWrite*>& writes) const {
  absl::Time latest_start = absl::InfinitePast();
  int64_t sequence = 0;
  for (const v1::Movement& movement : movements) {
    EXPECT_EQ(movement.sequence(), ++sequence) << movement.sku();
    const auto write = writes.find(movement.request_id());
    if (write == writes.end()) continue;
    if (write->second->end == End::kAcknowledged) {
      EXPECT_GE(write->second->finish, latest_start) << movement.ShortDebugString();
    }
    latest_start = std::max(latest_start, write->second->start);
  }
}

}  // namespace inventory::integration
