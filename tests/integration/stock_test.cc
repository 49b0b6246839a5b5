// Levels: set, adjust, keep back, read, list.
#include "google/protobuf/util/time_util.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StockTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::SetStockResponse> Set(const std::string& sku, const std::string& fields) {
    return client().Call(Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' $1", sku, fields)));
  }
  static absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& sku, const std::string& fields) {
    return client().Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' $1", sku, fields)));
  }
  static absl::StatusOr<v1::SetSafetyStockResponse> KeepBack(const std::string& sku, const std::string& fields) {
    return client().Call(
        Pb<v1::SetSafetyStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' $1", sku, fields)));
  }
  static absl::StatusOr<v1::StockLevel> Get(const std::string& sku, const std::string& fields) {
    return client().Call(
        Pb<v1::GetStockLevelRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' $1", sku, fields)));
  }
  // "sku warehouse" of every level that a list with this filter gives.
  static std::vector<std::string> Listed(const std::string& filter, int page_size = 0) {
    auto request = Pb<v1::ListStockLevelsRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<std::string> listed;
    for (const auto& level : ListAll(client(), request, &v1::ListStockLevelsResponse::stock_levels)) {
      listed.push_back(absl::StrCat(level.sku(), " ", level.warehouse_id()));
    }
    return listed;
  }
  // 10,000 movements of nothing.
  static void MoveNothing(const std::string& sku) {
    std::string digits = "(SELECT 0 d";
    for (int i = 1; i < 10; ++i) absl::StrAppend(&digits, " UNION ALL SELECT ", i);
    digits += ")";
    Sql(absl::Substitute(
        "INSERT INTO movement SELECT * FROM (SELECT m.sku, m.sequence + n.n AS sequence, m.warehouse_id, m.version + "
        "n.n "
        "AS version, 2 AS type, 0 AS a, 0 AS b, 0 AS c, 0 AS d, 0 AS e, m.balance_on_hand, m.balance_reserved, "
        "m.balance_safety_stock, m.balance_damaged, m.balance_quality_control, '' AS f, '' AS g, '' AS h, '' AS i, "
        "m.create_time + INTERVAL n.n MICROSECOND AS j, 0 AS k, m.balance_incoming FROM movement m JOIN (SELECT 1 + "
        "t.d + 10 * u.d + 100 * v.d + 1000 * w.d AS n FROM $0 t, $0 u, $0 v, $0 w) n WHERE m.sku = '$1') made",
        digits, sku));
    Sql(absl::Substitute("UPDATE stock_level SET version = version + 10000 WHERE sku = '$0'", sku));
    Sql(absl::Substitute(
        "UPDATE item SET sequence = sequence + 10000, last_movement_time = last_movement_time + INTERVAL "
        "10000 MICROSECOND WHERE sku = '$0'",
        sku));
  }
};

TEST_F(StockTest, SetCountsAndARepeatedCountChangesNoQuantity) {
  const auto first = Must(Set(Sku(), "on_hand: 7 reason: 'stocktake'"));
  EXPECT_EQ(Show(first.stock_level()), "7 on hand, 0 reserved, 0 safety, 7 available");
  EXPECT_EQ(first.stock_level().version(), 1);
  EXPECT_EQ(first.movement().version(), 1);
  EXPECT_EQ(first.movement().sequence(), 1);
  EXPECT_THAT(LevelOf(Sku(), "w1"), EqualsProto(first.stock_level()));
  const auto again = Must(Set(Sku(), "on_hand: 7 reason: 'again'"));
  EXPECT_FALSE(again.has_movement());
  EXPECT_EQ(MovementsOf(Sku()).size(), 1u);
  EXPECT_THAT(LevelOf(Sku(), "w1"), EqualsProto(again.stock_level()));
  v1::StockLevel recounted = first.stock_level();
  *recounted.mutable_count_time() = again.stock_level().count_time();
  EXPECT_THAT(again.stock_level(), EqualsProto(recounted));
  EXPECT_GT(google::protobuf::util::TimeUtil::TimestampToMicroseconds(again.stock_level().count_time()),
            google::protobuf::util::TimeUtil::TimestampToMicroseconds(first.stock_level().count_time()));
}

TEST_F(StockTest, ALateCountKeepsWhatHasMovedSince) {
  const v1::StockLevel counted = SetStock(Sku(), "w1", 10);
  Must(Adjust(Sku(), "delta: 5"));
  const auto moment = Must(Adjust(Sku(), "delta: -2")).stock_level().update_time();
  Must(Adjust(Sku(), "delta: -1"));
  const std::string as_of = absl::Substitute("as_of_time { seconds: $0 nanos: $1 }", moment.seconds(), moment.nanos());
  const auto late = Must(Set(Sku(), "on_hand: 20 " + as_of));
  EXPECT_EQ(late.stock_level().on_hand(), 19);
  EXPECT_THAT(late.stock_level().count_time(), EqualsProto(moment));
  EXPECT_EQ(Must(Set(Sku(), "on_hand: 20 " + as_of)).stock_level().on_hand(), 19);

  const auto& first = counted.count_time();
  const auto outdated =
      Set(Sku(), absl::Substitute("on_hand: 1 as_of_time { seconds: $0 nanos: $1 }", first.seconds(), first.nanos()));
  EXPECT_EQ(Outcome(outdated), "FAILED_PRECONDITION COUNT_OUTDATED");
  EXPECT_EQ(MetadataOf(outdated.status())["warehouse_id"], "w1");
  const auto early = Set(Sku(), "on_hand: 1 as_of_time { seconds: 4102444800 }");
  EXPECT_EQ(Outcome(early), "INVALID_ARGUMENT AS_OF_IN_FUTURE");
  EXPECT_EQ(MetadataOf(early.status())["as_of_time"], "2100-01-01T00:00:00+00:00");
}

// What has happened since is added up under the lock of the SKU.
TEST_F(StockTest, ACountIsNotSoLateThatTooMuchHasMovedSince) {
  const v1::StockLevel counted = Must(Set(Sku(), "on_hand: 3")).stock_level();
  MoveNothing(Sku());
  const std::string then = absl::Substitute("on_hand: 5 as_of_time { seconds: $0 nanos: $1 }",
                                            counted.update_time().seconds(), counted.update_time().nanos());
  EXPECT_EQ(Must(Set(Sku(), then)).stock_level().on_hand(), 5);
  const auto refused = Set(Sku(), then);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION COUNT_TOO_OLD");
  EXPECT_EQ(MetadataOf(refused.status())["limit"], "10000");
}

// Counts of a call share what may be looked at: a few late ones among many are taken, but not many.
TEST_F(StockTest, LateCountsOfACallShareWhatIsLookedAt) {
  constexpr int kLate = 8;
  std::vector<v1::StockUpdate> late;
  for (int i = 0; i < kLate; ++i) {
    const std::string sku = Sku(absl::StrCat("late", i));
    const auto then = Must(Set(sku, "on_hand: 3")).stock_level().update_time();
    MoveNothing(sku);
    late.push_back(Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: 'w1' set_on_hand: 5", sku)));
    *late.back().mutable_as_of_time() = then;
  }
  v1::BatchUpdateStockRequest many;
  many.set_error_policy(v1::ERROR_POLICY_PER_ROW);
  for (const v1::StockUpdate& update : late) *many.add_updates() = update;
  EXPECT_EQ(Must(client().Call(many)).failed_count(), kLate);
  v1::BatchUpdateStockRequest few;
  for (int i = 0; i < 100; ++i) {
    const std::string sku = Sku(absl::StrCat("prompt", i));
    *few.add_updates() = Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: 'w1' set_on_hand: 5", sku));
    *few.mutable_updates(i)->mutable_as_of_time() = late[0].as_of_time();
  }
  for (int i = 0; i < 3; ++i) *few.add_updates() = late[static_cast<std::size_t>(i)];
  const auto answer = Must(client().Call(few));
  EXPECT_EQ(answer.results(102).stock_level().on_hand(), 5);
}

TEST_F(StockTest, SetBelowWhatIsReservedLeavesADeficit) {
  SetStock(Sku(), "w1", 5);
  Must(Reserve(client(), {{Sku(), 4}}));
  EXPECT_EQ(Show(Must(Set(Sku(), "on_hand: 1")).stock_level()), "1 on hand, 4 reserved, 0 safety, -3 available");
  EXPECT_EQ(AvailabilityOf(Sku()), 0);
}

TEST_F(StockTest, SetTakesZeroAndTheLargestQuantity) {
  EXPECT_EQ(Must(Set(Sku(), "on_hand: 0")).stock_level().version(), 1);
  EXPECT_EQ(Must(Set(Sku(), "on_hand: 1000000000000000")).stock_level().on_hand(), 1'000'000'000'000'000);
}

TEST_F(StockTest, AdjustAddsAndTakesAway) {
  EXPECT_EQ(Must(Adjust(Sku(), "delta: 5")).stock_level().on_hand(), 5);
  const auto answer = Must(Adjust(Sku(), "delta: -3"));
  EXPECT_EQ(answer.stock_level().on_hand(), 2);
  EXPECT_EQ(answer.movement().version(), 2);
}

TEST_F(StockTest, AdjustNeverGoesBelowZero) {
  SetStock(Sku(), "w1", 2);
  const auto refused = Adjust(Sku(), "delta: -3");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  const std::map<std::string, std::string> facts = {{"sku", Sku()},   {"warehouse_id", "w1"},
                                                    {"on_hand", "2"}, {"condition", "SELLABLE"},
                                                    {"units", "2"},   {"delta", "-3"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 2);
  EXPECT_EQ(Outcome(Adjust(Sku("new"), "delta: -1")), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  EXPECT_EQ(Outcome(Get(Sku("new"), "")), "NOT_FOUND LEVEL_NOT_FOUND");
}

TEST_F(StockTest, AdjustBeyondTheLargestQuantityIsInvalidAndNeverWraps) {
  SetStock(Sku(), "w1", 1'000'000'000'000'000);
  const auto refused = Adjust(Sku(), "delta: 1");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << refused.status();
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 1'000'000'000'000'000);
  Must(Adjust(Sku("b"), "delta: 1000000000000000"));
}

TEST_F(StockTest, SafetyStockIsKeptBackAndMayExceedWhatLiesThere) {
  SetStock(Sku(), "w1", 5);
  EXPECT_EQ(Show(Must(KeepBack(Sku(), "safety_stock: 2")).stock_level()),
            "5 on hand, 0 reserved, 2 safety, 3 available");
  EXPECT_EQ(Show(Must(KeepBack(Sku(), "safety_stock: 9")).stock_level()),
            "5 on hand, 0 reserved, 9 safety, -4 available");
  EXPECT_FALSE(Must(KeepBack(Sku(), "safety_stock: 9")).has_movement());
  EXPECT_EQ(AvailabilityOf(Sku()), 0);
  EXPECT_EQ(Must(KeepBack(Sku(), "safety_stock: 0")).stock_level().available(), 5);
}

TEST_F(StockTest, ALevelStartsWithItsItemsSafetyStockAndKeepsItsOwn) {
  Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' default_safety_stock: 3 }", Sku()))));
  EXPECT_EQ(Show(Must(Set(Sku(), "on_hand: 10")).stock_level()), "10 on hand, 0 reserved, 3 safety, 7 available");
  Must(client().Call(Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: '$0' default_safety_stock: 5 }", Sku()))));
  EXPECT_EQ(Show(Must(Set(Sku(), "on_hand: 11")).stock_level()), "11 on hand, 0 reserved, 3 safety, 8 available");
  EXPECT_EQ(Show(SetStock(Sku(), "w2", 10)), "10 on hand, 0 reserved, 5 safety, 5 available");
}

TEST_F(StockTest, EveryWriteRequiresTheEtagItIsGiven) {
  EXPECT_EQ(Outcome(Set(Sku(), "on_hand: 1 etag: '1'")), "ABORTED ETAG_MISMATCH");
  const std::string etag = Must(Set(Sku(), "on_hand: 1 etag: '0'")).stock_level().etag();
  EXPECT_EQ(Outcome(Set(Sku(), "on_hand: 2 etag: '0'")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Adjust(Sku(), "delta: 1 etag: 'x'")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(KeepBack(Sku(), "safety_stock: 1 etag: '9'")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(LevelOf(Sku(), "w1").version(), 1);
  Must(Adjust(Sku(), absl::Substitute("delta: 1 etag: '$0'", etag)));
}

TEST_F(StockTest, WritesNeedAWarehouseAndATrackedItem) {
  const std::string nowhere = absl::Substitute("sku: '$0' warehouse_id: '$1'", Sku(), Name("none"));
  EXPECT_EQ(Outcome(client().Call(Pb<v1::SetStockRequest>(nowhere + " on_hand: 1"))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Outcome(client().Call(Pb<v1::AdjustStockRequest>(nowhere + " delta: 1"))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Outcome(client().Call(Pb<v1::SetSafetyStockRequest>(nowhere + " safety_stock: 1"))),
            "NOT_FOUND WAREHOUSE_NOT_FOUND");
  Must(client().Call(
      Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' tracking: TRACKING_UNTRACKED }", Sku()))));
  EXPECT_EQ(Outcome(Set(Sku(), "on_hand: 1")), "FAILED_PRECONDITION ITEM_UNTRACKED");
  EXPECT_EQ(Outcome(Adjust(Sku(), "delta: 1")), "FAILED_PRECONDITION ITEM_UNTRACKED");
  EXPECT_EQ(Outcome(KeepBack(Sku(), "safety_stock: 1")), "FAILED_PRECONDITION ITEM_UNTRACKED");
}

TEST_F(StockTest, GetFindsOnlyWhatWasWritten) {
  EXPECT_EQ(Outcome(Get(Sku(), "")), "NOT_FOUND LEVEL_NOT_FOUND");
  Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' }", Sku()))));
  EXPECT_EQ(Outcome(Get(Sku(), "")), "NOT_FOUND LEVEL_NOT_FOUND");
}

TEST_F(StockTest, GetTellsTheLevelAsItWasAtAnyMoment) {
  std::vector<v1::StockLevel> history;
  for (int on_hand : {3, 8, 1}) history.push_back(Must(Set(Sku(), absl::StrCat("on_hand: ", on_hand))).stock_level());
  const v1::StockLevel last = history.back();
  for (v1::StockLevel& level : history) level.clear_count_time();
  const auto as_of = [](const google::protobuf::Timestamp& time, int micros) {
    const int64_t all = time.seconds() * 1'000'000 + time.nanos() / 1000 + micros;
    return absl::Substitute("as_of_time { seconds: $0 nanos: $1 }", all / 1'000'000, all % 1'000'000 * 1000);
  };
  EXPECT_EQ(Outcome(Get(Sku(), as_of(history[0].update_time(), -1))), "NOT_FOUND LEVEL_NOT_FOUND");
  for (std::size_t i = 0; i < history.size(); ++i) {
    EXPECT_THAT(Must(Get(Sku(), as_of(history[i].update_time(), 0))), EqualsProto(history[i]));
    if (i == 0) continue;
    EXPECT_THAT(Must(Get(Sku(), as_of(history[i].update_time(), -1))), EqualsProto(history[i - 1]));
  }
  EXPECT_THAT(Must(Get(Sku(), "as_of_time { seconds: 253402300799 }")), EqualsProto(last));
}

TEST_F(StockTest, ListFiltersByPrefixWarehouseAndStatus) {
  SetStock(Sku("a"), "w1", 5);
  SetStock(Sku("a"), "w2", 0);
  SetStock(Sku("b"), "w1", 1);
  Must(Reserve(client(), {{Sku("b"), 1}}));
  SetStock(Sku("c"), "w2", 1);
  Must(Reserve(client(), {{Sku("c"), 1}}));
  SetStock(Sku("c"), "w2", 0);
  const std::string mine = absl::Substitute("sku_prefix: '$0'", Name(""));
  EXPECT_THAT(Listed(mine), ElementsAre(Sku("a") + " w1", Sku("a") + " w2", Sku("b") + " w1", Sku("c") + " w2"));
  EXPECT_THAT(Listed(absl::Substitute("sku_prefix: '$0'", Sku("a"))), ElementsAre(Sku("a") + " w1", Sku("a") + " w2"));
  EXPECT_THAT(Listed(mine + " warehouse_id: 'w1'"), ElementsAre(Sku("a") + " w1", Sku("b") + " w1"));
  EXPECT_THAT(Listed(mine + " status: STOCK_STATUS_IN_STOCK"), ElementsAre(Sku("a") + " w1"));
  EXPECT_THAT(Listed(mine + " status: STOCK_STATUS_OUT_OF_STOCK"), ElementsAre(Sku("a") + " w2", Sku("b") + " w1"));
  EXPECT_THAT(Listed(mine + " status: STOCK_STATUS_DEFICIT"), ElementsAre(Sku("c") + " w2"));
  EXPECT_THAT(Listed(mine + " status: STOCK_STATUS_DEFICIT warehouse_id: 'w1'"), IsEmpty());
}

TEST_F(StockTest, ListPagesWithoutGapsAndCopies) {
  std::vector<std::string> all;
  for (const char* suffix : {"a", "b", "c"}) {
    for (const char* warehouse_id : {"w1", "w2"}) {
      SetStock(Sku(suffix), warehouse_id, 1);
      all.push_back(Sku(suffix) + " " + warehouse_id);
    }
  }
  const std::string mine = absl::Substitute("sku_prefix: '$0'", Name(""));
  for (int page_size : {1, 2, 3, 6, 1'000'000}) EXPECT_EQ(Listed(mine, page_size), all) << page_size;
  EXPECT_THAT(Listed(mine + " warehouse_id: 'w2'", 1),
              ElementsAre(Sku("a") + " w2", Sku("b") + " w2", Sku("c") + " w2"));
}

TEST_F(StockTest, APageTokenBelongsToItsFilter) {
  SetStock(Sku("a"), "w1", 1);
  SetStock(Sku("b"), "w1", 1);
  auto request = Pb<v1::ListStockLevelsRequest>(absl::Substitute("filter { sku_prefix: '$0' } page_size: 1", Name("")));
  request.set_page_token(Must(client().Call(request)).next_page_token());
  Must(client().Call(request));
  request.mutable_filter()->set_warehouse_id("w1");
  const auto refused = client().Call(request);
  EXPECT_THAT(ViolationsOf(refused.status()), ElementsAre("page_token"));
}

}  // namespace
}  // namespace inventory::integration
