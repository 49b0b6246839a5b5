// The assumptions about database and connector that the service stands on, each tried on the server of this run.
#include <algorithm>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "storage/request_repository.h"
#include "tests/integration/database_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::storage {
namespace {

using testing::HasSubstr;
using testing::Not;

// A second session, and a third one that watches both.
class TrapsTest : public DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    second_ = MustOpen(options());
    watcher_ = MustOpen(options());
  }
  void TearDown() override {
    second_.reset();
    watcher_.reset();
    DatabaseTest::TearDown();
  }

  Connection& first() { return connection(); }
  Connection& second() { return *second_; }
  Connection& watcher() { return *watcher_; }

  DatabaseOptions With(absl::Duration lock_wait, absl::Duration idle = absl::Seconds(15)) const {
    DatabaseOptions changed = options();
    changed.lock_wait_timeout = lock_wait;
    changed.idle_timeout = idle;
    return changed;
  }

  void WaitForLockWait() { WaitForLockWaits(watcher(), options().database); }
  void Reopen(const DatabaseOptions& changed) { second_ = MustOpen(changed); }

  int64_t Count(const std::string& table) { return Must(watcher(), {"SELECT COUNT(*) FROM " + table})[0].Int(0); }

  static std::string Variable(Connection& connection, const std::string& name) {
    const Rows rows = Must(connection, {absl::StrCat("SHOW SESSION VARIABLES LIKE '", name, "'")});
    return rows.empty() ? "" : std::string(rows[0].Text(1));
  }

 private:
  std::unique_ptr<Connection> second_;
  std::unique_ptr<Connection> watcher_;
};

// ---- Sessions ----

TEST_F(TrapsTest, EveryNewConnectionHasTheSessionSettings) {
  const std::unique_ptr<Connection> fresh = MustOpen(With(absl::Seconds(4), absl::Seconds(23)));
  const std::string isolation = Variable(*fresh, "transaction_isolation");  // MariaDB before 11.1 has the other name.
  EXPECT_EQ(isolation.empty() ? Variable(*fresh, "tx_isolation") : isolation, "READ-COMMITTED");
  EXPECT_THAT(Variable(*fresh, "sql_mode"), HasSubstr("STRICT_ALL_TABLES"));
  EXPECT_THAT(Variable(*fresh, "sql_mode"), Not(HasSubstr("NO_BACKSLASH_ESCAPES")));
  EXPECT_EQ(Variable(*fresh, "time_zone"), "+00:00");
  EXPECT_EQ(Variable(*fresh, "autocommit"), "ON");
  EXPECT_EQ(Variable(*fresh, "innodb_lock_wait_timeout"), "4");
  EXPECT_EQ(Variable(*fresh, "wait_timeout"), "23");
  EXPECT_EQ(Variable(*fresh, "character_set_client"), "utf8mb4");
  EXPECT_EQ(Variable(*fresh, "character_set_connection"), "utf8mb4");
}

TEST_F(TrapsTest, ATransactionSeesWhatOthersHaveCommittedMeanwhile) {
  Must(first(), {"INSERT INTO item (sku, sequence) VALUES ('a', 1)"});
  EXPECT_EQ(Must(second(), {"BEGIN", "SELECT sequence FROM item WHERE sku = 'a'"})[0].Int(0), 1);
  Must(first(), {"UPDATE item SET sequence = 2 WHERE sku = 'a'"});
  EXPECT_EQ(Must(second(), {"SELECT sequence FROM item WHERE sku = 'a'"})[0].Int(0), 2);
}

TEST_F(TrapsTest, ValuesThatDoNotFitAreRefusedAndNotCut) {
  EXPECT_EQ(ErrorNumber(Try(first(), {"INSERT INTO item (sku) VALUES (REPEAT('x', 129))"}).status()), 1406);
  EXPECT_EQ(Count("item"), 0);
}

TEST_F(TrapsTest, AVanishedClientLosesItsSessionAndItsLocksBeforeLong) {
  Must(first(), {"INSERT INTO item (sku) VALUES ('a')"});
  Reopen(With(absl::Seconds(30), absl::Seconds(1)));
  const int64_t id = IdOf(second());
  Must(second(), {"BEGIN", "SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  const auto gone = [&] {
    const std::vector<int64_t> sessions = SessionsOf(watcher(), options().database);
    return std::find(sessions.begin(), sessions.end(), id) == sessions.end();
  };
  ASSERT_TRUE(Eventually(gone));
  Must(first(), {"SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  EXPECT_TRUE(second().broken());  // It was silent for so long that nobody uses it any more.
  EXPECT_EQ(FaultOf(Try(second(), {"SELECT 1"}).status()), SqlFault::kConnectionLost);
}

// Otherwise it would go on when nobody waits any more.
TEST_F(TrapsTest, AStatementThatTakesTooLongIsGivenUpByTheDatabaseAndTheSessionGoesOn) {
  DatabaseOptions changed = options();
  changed.statement_timeout = absl::Milliseconds(300);
  Reopen(changed);
  const std::string columns = "information_schema.columns";
  const absl::Time start = absl::Now();
  const absl::Status status =
      Try(second(), {absl::StrCat("SELECT COUNT(*) FROM ", columns, " a, ", columns, " b, ", columns, " c")}).status();
  EXPECT_EQ(FaultOf(status), SqlFault::kTooSlow) << DetailOf(status);
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - start, changed.read_timeout);
  EXPECT_EQ(Must(second(), {"SELECT 1"})[0].Int(0), 1);
}

TEST_F(TrapsTest, ThePrivateDatabaseLosesNothingThatItHasCommitted) {
  EXPECT_EQ(Variable(first(), "innodb_flush_log_at_trx_commit"), "1");
  EXPECT_EQ(Variable(first(), "sync_binlog"), "1");
  EXPECT_EQ(Variable(first(), "skip_networking"), "ON");
}

// ---- Packets ----

TEST_F(TrapsTest, NowMovesOnInsideAPacketButNotInsideAStatementThatWaits) {
  Must(first(), {"INSERT INTO item (sku) VALUES ('a')", "BEGIN", "SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  absl::StatusOr<std::vector<Rows>> times;
  Reopen(With(absl::Seconds(60)));
  std::thread waiting([&] {
    times = Try(second(), {"BEGIN", "SELECT NOW(6) FROM item WHERE sku = 'a' FOR UPDATE", "SELECT NOW(6)", "COMMIT"});
  });
  WaitForLockWait();
  const absl::Time meanwhile = Must(watcher(), {"SELECT NOW(6)"})[0].Time(0);
  Must(first(), {"COMMIT"});
  waiting.join();
  ASSERT_TRUE(times.ok()) << DetailOf(times.status());
  EXPECT_LE((*times)[1][0].Time(0), meanwhile);
  EXPECT_GE((*times)[2][0].Time(0), meanwhile);
}

TEST_F(TrapsTest, AnErrorStopsThePacketBeforeItsCommit) {
  const absl::Status status =
      Try(first(), {"BEGIN", "INSERT INTO item (sku) VALUES ('a')", "INSERT INTO item (sku) VALUES ('a')", "COMMIT"})
          .status();
  EXPECT_EQ(FaultOf(status), SqlFault::kDuplicateKey);
  EXPECT_EQ(FailedStatement(status), 2);
  EXPECT_FALSE(first().broken());
  EXPECT_EQ(Must(first(), {"SELECT COUNT(*) FROM item"})[0].Int(0), 1);  // The transaction is still open,
  EXPECT_EQ(Count("item"), 0);                                           // and nothing is committed.
  Must(first(), {"ROLLBACK"});
  EXPECT_EQ(Must(first(), {"SELECT COUNT(*) FROM item"})[0].Int(0), 0);
}

TEST_F(TrapsTest, EveryStatementOfAPacketHasItsOwnResult) {
  const auto results =
      Try(first(), {"SELECT 1, 2", "INSERT INTO item (sku) VALUES ('a')", "SELECT sku FROM item WHERE sku = 'b'",
                    "SELECT 'x', NULL UNION ALL SELECT '', 0"});
  ASSERT_TRUE(results.ok());
  ASSERT_EQ(results->size(), 4u);
  EXPECT_EQ((*results)[0][0].Int(1), 2);
  EXPECT_TRUE((*results)[1].empty());
  EXPECT_TRUE((*results)[2].empty());
  ASSERT_EQ((*results)[3].size(), 2u);
  EXPECT_TRUE((*results)[3][0].IsNull(1));
  EXPECT_FALSE((*results)[3][1].IsNull(1));
}

// ---- Errors ----

TEST_F(TrapsTest, ADuplicateNamesItsKeyWhateverTheValueHolds) {
  const std::string insert = "INSERT INTO item (sku) VALUES ('it\\'s \\'PRIMARY.x\\' \"')";
  Must(first(), {insert});
  EXPECT_EQ(DuplicateKeyName(Try(first(), {insert}).status()), "PRIMARY");
  const auto movement = [](int sequence) {
    return absl::StrCat("INSERT INTO movement SELECT 'it\\'s', ", sequence,
                        ", 'w1', 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', NOW(6), 0, 0");
  };
  Must(first(), {movement(1)});
  EXPECT_EQ(DuplicateKeyName(Try(first(), {movement(1)}).status()), "PRIMARY");
  EXPECT_EQ(DuplicateKeyName(Try(first(), {movement(2)}).status()), "movement_by_level");
}

TEST_F(TrapsTest, ALockThatIsHeldTooLongIsALockTimeoutThatLeavesTheTransactionOpen) {
  Must(first(), {"INSERT INTO item (sku) VALUES ('a')", "BEGIN", "SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  Reopen(With(absl::Seconds(1)));
  Must(second(), {"BEGIN", "INSERT INTO item (sku) VALUES ('b')"});
  const absl::Status status = Try(second(), {"SELECT * FROM item WHERE sku = 'a' FOR UPDATE"}).status();
  EXPECT_EQ(FaultOf(status), SqlFault::kLockTimeout);
  EXPECT_EQ(ErrorNumber(status), 1205);
  EXPECT_FALSE(second().broken());
  // Only the statement was rolled back: without a ROLLBACK the next COMMIT would make half of it durable.
  EXPECT_EQ(Must(second(), {"SELECT COUNT(*) FROM item WHERE sku = 'b'"})[0].Int(0), 1);
}

TEST_F(TrapsTest, ADeadlockHasOneVictimAndIsSaidToBeOne) {
  Must(first(),
       {"INSERT INTO item (sku) VALUES ('a'), ('b')", "BEGIN", "SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  Reopen(With(absl::Seconds(60)));
  Must(second(), {"BEGIN", "SELECT * FROM item WHERE sku = 'b' FOR UPDATE"});
  absl::Status of_second;
  std::thread waiting([&] { of_second = Try(second(), {"SELECT * FROM item WHERE sku = 'a' FOR UPDATE"}).status(); });
  WaitForLockWait();
  const absl::Status of_first = Try(first(), {"SELECT * FROM item WHERE sku = 'b' FOR UPDATE"}).status();
  Must(first(), {"ROLLBACK"});
  waiting.join();
  EXPECT_NE(of_first.ok(), of_second.ok());
  const absl::Status& victim = of_first.ok() ? of_second : of_first;
  EXPECT_EQ(FaultOf(victim), SqlFault::kDeadlock);
  EXPECT_EQ(ErrorNumber(victim), 1213);
}

TEST_F(TrapsTest, AReadOnlyTransactionIsAReadOnlyFault) {
  const absl::Status status =
      Try(first(), {"START TRANSACTION READ ONLY", "INSERT INTO item (sku) VALUES ('a')"}).status();
  EXPECT_EQ(FaultOf(status), SqlFault::kReadOnly);
  EXPECT_EQ(ErrorNumber(status), 1792);
}

TEST_F(TrapsTest, AReadOnlyServerIsAReadOnlyFault) {
  Must(watcher(), {"CREATE USER IF NOT EXISTS plain@localhost",
                   absl::StrCat("GRANT SELECT, INSERT ON ", options().database, ".* TO plain@localhost")});
  DatabaseOptions as_plain = options();
  as_plain.user = "plain";
  Reopen(as_plain);
  Must(watcher(), {"SET GLOBAL read_only = 1"});
  const absl::Status status = Try(second(), {"INSERT INTO item (sku) VALUES ('a')"}).status();
  Must(watcher(), {"SET GLOBAL read_only = 0", "DROP USER plain@localhost"});
  EXPECT_EQ(FaultOf(status), SqlFault::kReadOnly);
  EXPECT_EQ(ErrorNumber(status), 1290);
}

// As that of a table whose disk is full.
TEST_F(TrapsTest, ATableThatCannotGrowIsAReadOnlyFault) {
  Must(first(), {"SET max_heap_table_size = 16384", "CREATE TABLE narrow (a CHAR(200)) ENGINE = MEMORY",
                 "INSERT INTO narrow VALUES ('a')"});
  absl::Status status;
  for (int i = 0; i < 20 && status.ok(); ++i) {
    status = Try(first(), {"INSERT INTO narrow SELECT * FROM narrow"}).status();
  }
  EXPECT_EQ(FaultOf(status), SqlFault::kReadOnly);
  EXPECT_EQ(ErrorNumber(status), 1114);
}

// ---- Lost connections ----

TEST_F(TrapsTest, AKilledConnectionIsLostForGoodAndNeverMadeAgain) {
  Kill(watcher(), {IdOf(second())});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(FaultOf(Try(second(), {"SELECT CONNECTION_ID()"}).status()), SqlFault::kConnectionLost);
    EXPECT_TRUE(second().broken());
  }
}

TEST_F(TrapsTest, AConnectionKilledInTheMiddleOfAStatementIsLost) {
  Must(first(), {"INSERT INTO item (sku) VALUES ('a')", "BEGIN", "SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  Reopen(With(absl::Seconds(60)));
  const int64_t id = IdOf(second());
  absl::Status status;
  std::thread waiting([&] { status = Try(second(), {"SELECT * FROM item WHERE sku = 'a' FOR UPDATE"}).status(); });
  WaitForLockWait();
  Kill(watcher(), {id});
  waiting.join();
  EXPECT_EQ(FaultOf(status), SqlFault::kConnectionLost);
  EXPECT_TRUE(second().broken());
}

TEST_F(TrapsTest, ACommitOnAKilledConnectionIsAnErrorAndCommitsNothing) {
  Must(second(), {"BEGIN", "INSERT INTO item (sku) VALUES ('a')"});
  Kill(watcher(), {IdOf(second())});
  const absl::Status status = Try(second(), {"COMMIT"}).status();
  EXPECT_EQ(FaultOf(status), SqlFault::kConnectionLost);
  EXPECT_EQ(Count("item"), 0);
}

// ---- Values ----

TEST_F(TrapsTest, BytesOfAnyKindComeBackAsTheyWereAndAreNeverSql) {
  std::vector<std::string> values = {"",
                                     "'; DROP TABLE item; -- ",
                                     "\\",
                                     "\\'",
                                     "''\"\"``",
                                     std::string("\0nul\0", 5),
                                     "\x1a\r\n\t\b%_",
                                     "\xf0\x9f\x8d\x8e \xc3\xa4\xe2\x82\xac",
                                     "\xff\xfe\x80'\xc0\xaf",
                                     "\xbf\x27 OR 1=1",
                                     "\xbf\x5c",
                                     "?:name@@version/* */"};
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) {
    std::string value;
    for (int size = static_cast<int>(random() % 200); size > 0; --size) value.push_back(static_cast<char>(random()));
    values.push_back(value);
  }
  for (const std::string& value : values) {
    const RequestRecord record{.caller = value.substr(0, 255),
                               .request_id = "id",
                               .fingerprint = std::string(32, '\''),
                               .reply = value,
                               .create_time = absl::FromUnixSeconds(0)};
    const std::vector<RequestKey> keys = {{record.caller, "id"}};
    Sql sql;
    AppendInsertRequests(sql, {&record});
    AppendSelectRequests(sql, keys);
    AppendDeleteRequests(sql, keys);
    sql.Then().Raw("SELECT COUNT(*) FROM request_record");
    const auto results = first().Execute(sql);
    ASSERT_TRUE(results.ok()) << DetailOf(results.status());
    ASSERT_EQ((*results)[1].size(), 1u);
    EXPECT_EQ((*results)[1][0].Text(0), record.caller);
    EXPECT_EQ((*results)[1][0].Text(4), value);
    EXPECT_EQ((*results)[3][0].Int(0), 0);
  }
}

TEST_F(TrapsTest, KeysAreComparedByteForByte) {
  Must(first(), {"INSERT INTO item (sku) VALUES ('abc'), ('ABC'), ('abc '), ('\xc3\xa4'), ('a\xcc\x88')"});
  EXPECT_EQ(Count("item"), 5);
  EXPECT_EQ(Must(first(), {"SELECT COUNT(*) FROM item WHERE sku IN ('abc')"})[0].Int(0), 1);
  EXPECT_EQ(Must(first(), {"SELECT COUNT(*) FROM item WHERE sku IN ('\xc3\xa4')"})[0].Int(0), 1);
}

// ---- Locks ----

// Whether a second session can insert a key that the first one has just looked for in vain with FOR UPDATE.
TEST_F(TrapsTest, AMissingKeyThatWasLockedKeepsNobodyOut) {
  Must(first(), {"INSERT INTO item (sku) VALUES ('a'), ('z')"});
  Must(first(), {"BEGIN", "SELECT * FROM item WHERE sku = 'm' FOR UPDATE"});
  Reopen(With(absl::Seconds(60)));
  Must(second(), {"INSERT INTO item (sku) VALUES ('m')"});
  Must(first(), {"ROLLBACK"});

  // Under the isolation that the connector sets by itself it does.
  Must(first(), {"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "BEGIN",
                 "SELECT * FROM item WHERE sku = 'n' FOR UPDATE"});
  Reopen(With(absl::Seconds(1)));
  EXPECT_EQ(ErrorNumber(Try(second(), {"INSERT INTO item (sku) VALUES ('n')"}).status()), 1205);
}

}  // namespace
}  // namespace inventory::storage
