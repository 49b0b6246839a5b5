// What is kept and for how long: clean-up uses indexes, is bounded in each step, and removes nothing that still counts.
#include "absl/strings/match.h"
#include "google/protobuf/util/time_util.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RetentionTest : public ServerTest {
 protected:
  // A second server on the database, whose background work begins at once.
  static std::unique_ptr<ServerProcess> StartWith(const std::string& option) {
    return std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = storage::UrlOf(database()), .arguments = {option}});
  }

  // Makes the SKU's movements up to this one two days older.
  static void Age(const std::string& sku, int64_t last_sequence) {
    Sql(absl::Substitute(
        "UPDATE movement SET create_time = create_time - INTERVAL 2 DAY WHERE sku = '$0' AND sequence <= $1", sku,
        last_sequence));
  }

  static absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& sku, const std::string& fields) {
    return client().Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' $1", sku, fields)));
  }

  // "w1 3 = 12 of 2" for a movement that makes version 3 and changes on_hand by 2 to 12; a balance forward ends in
  // "...".
  static std::vector<std::string> Ledger(const std::string& sku) {
    std::vector<std::string> shown;
    for (const v1::Movement& movement : MovementsOf(sku)) {
      const char* end = movement.type() == v1::MOVEMENT_TYPE_BALANCE_FORWARD ? "..." : "";
      shown.push_back(absl::StrCat(movement.warehouse_id(), " ", movement.version(), " = ",
                                   movement.balance().on_hand(), " of ", movement.delta().on_hand(), end));
    }
    return shown;
  }

  static absl::StatusOr<v1::StockLevel> LevelAt(const std::string& sku, const google::protobuf::Timestamp& time) {
    auto request = Pb<v1::GetStockLevelRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1'", sku));
    *request.mutable_as_of_time() = time;
    return client().Call(request);
  }
};

TEST_F(RetentionTest, OldMovementsGiveWayToABalanceForward) {
  SetStock(Sku(), "w1", 10);
  Must(Adjust(Sku(), "warehouse_id: 'w2' delta: 4"));
  Must(Reserve(client(), {{Sku(), 3}}, {.commit = true}));
  Must(Adjust(Sku(), "warehouse_id: 'w1' delta: -2"));
  Must(Adjust(Sku(), "warehouse_id: 'w1' delta: 5"));
  Age(Sku(), 4);
  const std::vector<v1::Movement> before = MovementsOf(Sku());
  const v1::StockLevel level = LevelOf(Sku(), "w1");

  // Two of them at once, which do no harm to each other.
  const auto keeper = StartWith("--movement-retention=24h");
  const auto other = StartWith("--movement-retention=24h");
  EXPECT_TRUE(Eventually([&] { return MovementsOf(Sku()).size() == 3; }));
  EXPECT_THAT(Ledger(Sku()), ElementsAre("w2 1 = 4 of 4", "w1 3 = 8 of 8...", "w1 4 = 13 of 5"));
  const v1::Movement forward = MovementsOf(Sku())[1];
  EXPECT_EQ(forward.sequence(), 4);
  EXPECT_EQ(forward.delta().reserved(), 3);
  EXPECT_THAT(forward.balance(), EqualsProto(before[3].balance()));
  EXPECT_THAT(forward.create_time(), EqualsProto(before[3].create_time()));
  EXPECT_EQ(forward.actor(), "system");
  EXPECT_THAT(MovementsOf(Sku())[2], EqualsProto(before[4]));
  EXPECT_THAT(LevelOf(Sku(), "w1"), EqualsProto(level));
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());

  const auto early = LevelAt(Sku(), before[0].create_time());
  EXPECT_EQ(Outcome(early), "FAILED_PRECONDITION LEDGER_TOO_SHORT");
  EXPECT_EQ(MetadataOf(early.status())["begin_time"].substr(0, 19),
            google::protobuf::util::TimeUtil::ToString(forward.create_time()).substr(0, 19));
  EXPECT_EQ(Must(LevelAt(Sku(), forward.create_time())).on_hand(), 8);
  EXPECT_EQ(Must(Adjust(Sku(), "warehouse_id: 'w1' delta: 1")).movement().version(), 5);
  EXPECT_EQ(keeper->Stop(), 0);
  EXPECT_EQ(other->Stop(), 0);
}

TEST_F(RetentionTest, ALongLedgerIsFoldedInManyStepsAndOthersStayAsTheyAre) {
  constexpr int kMovements = 3500;
  v1::BatchUpdateStockRequest request;
  request.set_error_policy(v1::ERROR_POLICY_PER_ROW);
  for (int i = 0; i < kMovements; ++i) {
    v1::StockUpdate& row = *request.add_updates();
    row.set_sku(Sku("long"));
    row.set_warehouse_id(i % 2 == 0 ? "w1" : "w2");
    row.set_adjust_on_hand(1);
  }
  Must(client().Call(request));
  Age(Sku("long"), kMovements - 100);
  SetStock(Sku("young"), "w1", 1);
  SetStock(Sku("young"), "w1", 2);
  // One movement is missing: it must not be folded before VerifyStock was asked.
  for (const int on_hand : {1, 2, 3}) SetStock(Sku("broken"), "w1", on_hand);
  Age(Sku("broken"), 3);
  Sql(absl::Substitute("DELETE FROM movement WHERE sku = '$0' AND sequence = 2", Sku("broken")));

  const auto keeper = StartWith("--movement-retention=24h");
  EXPECT_TRUE(Eventually([&] { return MovementsOf(Sku("long")).size() == 102; }));
  EXPECT_EQ(Ledger(Sku("long")).front(), "w1 1700 = 1700 of 1700...");
  EXPECT_THAT(Ledger(Sku("young")), ElementsAre("w1 1 = 1 of 1", "w1 2 = 2 of 1"));
  EXPECT_THAT(VerifyAll(client(), false, Sku("long")), IsEmpty());
  EXPECT_EQ(keeper->Stop(), 0);
  EXPECT_THAT(Ledger(Sku("broken")), ElementsAre("w1 1 = 1 of 1", "w1 3 = 3 of 1"));
  EXPECT_THAT(VerifyAll(client(), false, Sku("broken")), ::testing::Not(IsEmpty()));
  Sql(absl::Substitute("DELETE FROM movement WHERE sku = '$0'", Sku("broken")));
  Sql(absl::Substitute("DELETE FROM stock_level WHERE sku = '$0'", Sku("broken")));
  Sql(absl::Substitute("UPDATE item SET sequence = 0 WHERE sku = '$0'", Sku("broken")));
}

TEST_F(RetentionTest, OnlyOldRequestIdsAreForgotten) {
  for (const char* id : {"old", "young"}) {
    Must(Adjust(Sku(), absl::Substitute("warehouse_id: 'w1' delta: 1 request_id: '$0'", Name(id))));
  }
  Sql(absl::Substitute("UPDATE request_record SET create_time = create_time - INTERVAL 2 HOUR WHERE request_id = '$0'",
                       Name("old")));
  const auto count = [this](const char* id) {
    return Sql(absl::Substitute("SELECT COUNT(*) FROM request_record WHERE request_id = '$0'", Name(id)))[0].Int(0);
  };
  const auto sweeper = StartWith("--request-id-retention=1h");
  EXPECT_TRUE(Eventually([&] { return count("old") == 0; }));
  EXPECT_EQ(count("young"), 1);
  Must(Adjust(Sku(), absl::Substitute("warehouse_id: 'w1' delta: 1 request_id: '$0'", Name("young"))));
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 2);
  EXPECT_EQ(sweeper->Stop(), 0);
}

}  // namespace
}  // namespace inventory::integration
