// Lists, the ledger and exports are read from a replica while that is young enough, and everything else from the
// primary: with a replica that is well, lags, hangs and dies.
#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "storage/mutex.h"
#include "tests/integration/bulk_calls.h"
#include "tests/integration/database_server.h"
#include "tests/integration/metric.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

constexpr absl::Duration kBound = absl::Seconds(1);
constexpr int kMarked = 777;

// Writes to the level of the SKU "moving" again and again, and notes when it was told of each write.
class Writer {
 public:
  explicit Writer(const Client& client) : thread_([this, &client] { Write(client); }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }

  // The version that everybody must see who sees all that was acknowledged by then.
  int64_t VersionAt(absl::Time time) const {
    storage::MutexLock lock(mutex_);
    auto it = std::upper_bound(acknowledged_.begin(), acknowledged_.end(), time,
                               [](absl::Time wanted, const auto& entry) { return wanted < entry.first; });
    return it == acknowledged_.begin() ? 0 : std::prev(it)->second;
  }

 private:
  void Write(const Client& client) {
    while (!stop_) {
      auto written = client.Call(Pb<v1::AdjustStockRequest>("sku: 'moving' warehouse_id: 'w1' delta: 1"));
      EXPECT_EQ(Outcome(written), "OK");
      if (!written.ok()) return;
      storage::MutexLock lock(mutex_);
      acknowledged_.emplace_back(absl::Now(), written->stock_level().version());
    }
  }

  mutable storage::Mutex mutex_;
  std::vector<std::pair<absl::Time, int64_t>> acknowledged_ GUARDED_BY(mutex_);
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// A server on a primary and a replica. On the replica the level of the SKU "marked" has another number, which no write
// replaces: it tells where an answer comes from.
class ReadReplicaTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    database_ = std::make_unique<ReplicatedDatabase>(DatabaseFiles());
    server_ = std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = UrlOf({&primary()}),
                               .arguments = {"--read-database-url=" + UrlOf({&replica()}), "--max-staleness=1s",
                                             "--migrate-on-start=false", "--sweep-interval=1s"},
                               .metrics = true});
    client_ = std::make_unique<Client>(server_->address());
    MakeWarehouse(client(), "w1");
    MakeChannel(client(), "web", {"w1"});
    for (const char* sku : {"marked", "moving"}) {
      Must(client().Call(
          Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 5 reason: 'set'", sku))));
    }
    database_->AwaitReplica();
    replica().Sql({"SET SESSION sql_log_bin=0",
                   absl::StrCat("UPDATE inventory.stock_level SET on_hand=", kMarked, " WHERE sku='marked'"),
                   "UPDATE inventory.movement SET reason='of the replica' WHERE sku='marked'"});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->Stop(), 0) << server_->run().output();
    client_.reset();
    server_.reset();
    database_.reset();
  }

 protected:
  // Of the one before.
  void SetUp() override { ASSERT_TRUE(ReadsFrom("replica")) << server_->run().output(); }

  static DatabaseServer& primary() { return database_->primary(); }
  static DatabaseServer& replica() { return database_->replica(); }
  static const Client& client() { return *client_; }
  static double Metric(const std::string& name) { return MetricOf(server_->metrics_port(), name); }

  // An answer to a list.
  struct Listed {
    absl::Time asked;
    std::string from;     // "replica" or "primary"; empty if there is no answer.
    int64_t version = 0;  // Of "moving".
    absl::Status status = {};
  };
  static Listed List() {
    Listed listed = {.asked = absl::Now()};
    const auto levels = client().Call(Pb<v1::ListStockLevelsRequest>(""));
    listed.status = levels.status();
    if (!levels.ok()) return listed;
    for (const v1::StockLevel& level : levels->stock_levels()) {
      if (level.sku() == "moving") listed.version = level.version();
      if (level.sku() == "marked") listed.from = level.on_hand() == kMarked ? "replica" : "primary";
    }
    return listed;
  }
  static bool ReadsFrom(const std::string& where) {
    return Eventually([&] { return List().from == where; });
  }

  // Lists for so long and expects all to succeed, and none to lack what was acknowledged before the bound. Counts the
  // answers by where they come from.
  static std::map<std::string, int> ListFor(absl::Duration duration, const Writer& writer) {
    std::map<std::string, int> counts;
    const absl::Time end = absl::Now() + duration;
    while (absl::Now() < end) {
      const Listed listed = List();
      EXPECT_EQ(Outcome(listed.status), "OK");
      EXPECT_GE(listed.version, writer.VersionAt(listed.asked - kBound)) << "from the " << listed.from;
      ++counts[listed.from];
    }
    return counts;
  }

  static void SetDelay(int seconds) {
    replica().Sql({"STOP SLAVE", absl::StrCat("CHANGE MASTER TO MASTER_DELAY=", seconds), "START SLAVE"});
  }

 private:
  static inline std::unique_ptr<ReplicatedDatabase> database_;
  static inline std::unique_ptr<ServerProcess> server_;
  static inline std::unique_ptr<Client> client_;
};

TEST_F(ReadReplicaTest, ListsTheLedgerAndExportsComeFromTheReplica) {
  const auto ledger = Must(client().Call(Pb<v1::ListMovementsRequest>("filter { sku: 'marked' }")));
  ASSERT_EQ(ledger.movements_size(), 1);
  EXPECT_EQ(ledger.movements(0).reason(), "of the replica");
  const Exported exported = Export(client(), Pb<v1::ExportInventoryRequest>("stock_levels { sku_prefix: 'marked' }"));
  EXPECT_EQ(Outcome(exported.status), "OK");
  ASSERT_EQ(exported.pages.size(), 1u);
  EXPECT_EQ(exported.pages[0].stock_levels(0).on_hand(), kMarked);
  EXPECT_EQ(Metric("inventory_read_replica_in_use"), 1);
  EXPECT_LE(Metric("inventory_read_replica_staleness_seconds"), 1);
}

TEST_F(ReadReplicaTest, WhatCallersDecideByComesFromThePrimary) {
  EXPECT_EQ(Must(client().Call(Pb<v1::GetStockLevelRequest>("sku: 'marked' warehouse_id: 'w1'"))).on_hand(), 5);
  const auto available = Must(client().Call(
      Pb<v1::GetAvailabilityRequest>("channel_id: 'web' skus: 'marked' view: AVAILABILITY_VIEW_OPERATOR")));
  EXPECT_EQ(available.availabilities(0).quantity(), 5);
  const auto set = Must(client().Call(Pb<v1::AdjustStockRequest>("sku: 'moving' warehouse_id: 'w1' delta: 1")));
  EXPECT_EQ(Must(client().Call(Pb<v1::GetStockLevelRequest>("sku: 'moving' warehouse_id: 'w1'"))).version(),
            set.stock_level().version());
}

TEST_F(ReadReplicaTest, AReplicaThatStopsFollowingIsLeftBeforeItsRowsAreTooOld) {
  const Writer writer(client());
  EXPECT_GT(ListFor(absl::Seconds(1), writer)["replica"], 0);
  replica().Sql({"STOP SLAVE SQL_THREAD"});
  EXPECT_GT(ListFor(absl::Seconds(2), writer)["primary"], 0);
  EXPECT_EQ(ListFor(absl::Seconds(1), writer)["replica"], 0);
  EXPECT_EQ(Metric("inventory_read_replica_in_use"), 0);
  EXPECT_GT(Metric("inventory_read_replica_staleness_seconds"), 1);
  replica().Sql({"START SLAVE SQL_THREAD"});
  EXPECT_TRUE(ReadsFrom("replica"));
  EXPECT_GT(ListFor(absl::Seconds(1), writer)["replica"], 0);
}

TEST_F(ReadReplicaTest, AReplicaThatLagsIsReadFromAgainOnceItHasCaughtUp) {
  const Writer writer(client());
  SetDelay(3);
  EXPECT_TRUE(ReadsFrom("primary"));
  EXPECT_EQ(ListFor(absl::Seconds(2), writer)["replica"], 0);
  SetDelay(0);
  EXPECT_TRUE(ReadsFrom("replica"));
  EXPECT_GT(ListFor(absl::Seconds(1), writer)["replica"], 0);
}

TEST_F(ReadReplicaTest, ADeadReplicaFailsNoRead) {
  const Writer writer(client());
  std::thread killer([] {
    absl::SleepFor(absl::Milliseconds(300));
    replica().Kill();
  });
  EXPECT_GT(ListFor(absl::Seconds(2), writer)["primary"], 0);
  killer.join();
  EXPECT_EQ(ListFor(absl::Seconds(1), writer)["replica"], 0);
  replica().Start();
  EXPECT_TRUE(ReadsFrom("replica"));
}

// Reads of the replica have threads of their own.
TEST_F(ReadReplicaTest, AHangingReplicaKeepsNoOtherReadWaiting) {
  replica().Pause();
  std::atomic<bool> listed = false;
  std::thread lists([&listed] {
    Together(20, [](int) { EXPECT_EQ(Outcome(List().status), "OK"); });
    listed = true;
  });
  absl::Duration slowest;
  do {
    const absl::Time asked = absl::Now();
    Must(client().Call(Pb<v1::GetStockLevelRequest>("sku: 'moving' warehouse_id: 'w1'")));
    slowest = std::max(slowest, absl::Now() - asked);
  } while (!listed);
  lists.join();
  EXPECT_LT(slowest, absl::Milliseconds(1500));
  EXPECT_EQ(List().from, "primary");
  replica().Continue();
}

TEST_F(ReadReplicaTest, AReplicaThatDoesNotSayHowOldItIsIsNotReadFrom) {
  replica().Sql({"SET SESSION sql_log_bin=0", "RENAME TABLE inventory.heartbeat TO inventory.lost"});
  EXPECT_EQ(Outcome(List().status), "OK");
  EXPECT_TRUE(ReadsFrom("primary"));
  EXPECT_TRUE(Eventually([] { return Metric("inventory_read_replica_in_use") == 0; }));
  replica().Sql({"SET SESSION sql_log_bin=0", "RENAME TABLE inventory.lost TO inventory.heartbeat",
                 "STOP SLAVE SQL_THREAD", "START SLAVE SQL_THREAD"});
}

TEST_F(ReadReplicaTest, AClockThatIsPutBackStopsNoBeats) {
  primary().Sql({"UPDATE inventory.heartbeat SET beat_time = NOW() + INTERVAL 1 DAY"});
  const Writer writer(client());
  ListFor(absl::Seconds(2), writer);
  EXPECT_GT(ListFor(absl::Seconds(1), writer)["replica"], 0);
}

// Nobody knows how old the replica is then.
TEST_F(ReadReplicaTest, WithoutThePrimaryTheReplicaIsReadFromUntilTheBound) {
  primary().Kill();
  EXPECT_TRUE(Eventually([] { return Outcome(List().status) == "UNAVAILABLE DATABASE_UNAVAILABLE"; }));
  primary().Start();
  EXPECT_TRUE(Eventually([] { return List().status.ok(); }));
}

}  // namespace
}  // namespace inventory::integration
