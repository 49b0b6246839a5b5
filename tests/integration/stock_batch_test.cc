// BatchUpdateStock: many changes in one call.
#include "google/rpc/error_details.pb.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

class StockBatchTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::BatchUpdateStockResponse> Update(const std::vector<std::string>& rows,
                                                             const std::string& fields = "") {
    auto request = Pb<v1::BatchUpdateStockRequest>(fields);
    for (const std::string& row : rows) *request.add_updates() = Pb<v1::StockUpdate>(row);
    return client().Call(request);
  }
  std::string Row(const std::string& suffix, const std::string& change, const std::string& warehouse_id = "w1") const {
    return absl::Substitute("sku: '$0' warehouse_id: '$1' $2", Sku(suffix), warehouse_id, change);
  }
  // `count` rows, each of a SKU of its own.
  v1::BatchUpdateStockRequest Counts(int count, v1::ErrorPolicy policy) const {
    v1::BatchUpdateStockRequest request;
    request.set_error_policy(policy);
    for (int i = 0; i < count; ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(Sku(absl::StrCat(i)));
      update.set_warehouse_id(i % 2 == 0 ? "w1" : "w2");
      update.set_set_on_hand(i);
    }
    return request;
  }
  static int64_t MovementCount() { return Sql("SELECT COUNT(*) FROM movement")[0].Int(0); }
  // The reason of a row's error.
  static std::string ReasonOfRow(const v1::BatchUpdateStockResponse::Result& result) {
    google::rpc::ErrorInfo info;
    for (const auto& detail : result.error().details()) detail.UnpackTo(&info);
    return info.reason();
  }
};

TEST_F(StockBatchTest, AppliesEveryKindOfChangeInOrder) {
  const auto answer =
      Must(Update({Row("a", "set_on_hand: 5"), Row("a", "adjust_on_hand: -2"), Row("b", "set_on_hand: 0"),
                   Row("a", "set_safety_stock: 1"), Row("a", "set_safety_stock: 1")}));
  ASSERT_EQ(answer.results_size(), 5);
  EXPECT_EQ(answer.failed_count(), 0);
  std::vector<int64_t> versions;
  for (const auto& result : answer.results()) versions.push_back(result.movement().version());
  EXPECT_THAT(versions, ElementsAre(1, 2, 1, 3, 0));
  EXPECT_EQ(Show(answer.results(3).stock_level()), "3 on hand, 0 reserved, 1 safety, 2 available");
  EXPECT_THAT(LevelOf(Sku("a"), "w1"), EqualsProto(answer.results(4).stock_level()));
}

TEST_F(StockBatchTest, LateCountsAndUnitsAreOfEachRow) {
  Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute(
      "item { sku: '$0' units_of_measure { base_unit: 'kg' precision: 3 units { key: 'sack' factor: 25 } } }",
      Sku("a")))));
  const v1::StockLevel before = SetStock(Sku("a"), "w1", 1000);
  const auto& moment = before.update_time();
  const std::string as_of = absl::Substitute(" as_of_time { seconds: $0 nanos: $1 }", moment.seconds(), moment.nanos());
  const std::string per_row = "error_policy: ERROR_POLICY_PER_ROW";
  const auto answer = Must(Update({Row("a", "adjust_on_hand: -1 unit: 'kg'"), Row("a", "set_on_hand: 1 unit: 'box'"),
                                   Row("a", "adjust_on_hand: 2 unit: 'sack'"), Row("b", "adjust_on_hand: 1"),
                                   Row("a", "set_on_hand: 5 as_of_time { seconds: 1 }")},
                                  per_row));
  EXPECT_EQ(ReasonOfRow(answer.results(1)), "UNIT_UNKNOWN");
  EXPECT_EQ(ReasonOfRow(answer.results(4)), "COUNT_OUTDATED");
  EXPECT_EQ(answer.failed_count(), 2);
  EXPECT_EQ(answer.results(2).stock_level().on_hand(), 50'000);
  const auto late = Must(Update({Row("a", "set_on_hand: 2 unit: 'kg'" + as_of)}));
  EXPECT_EQ(late.results(0).stock_level().on_hand(), 51'000);
  EXPECT_EQ(Outcome(Update({Row("b", "adjust_on_hand: 1"), Row("a", "set_on_hand: 2 unit: 'box'")})),
            "INVALID_ARGUMENT UNIT_UNKNOWN");
}

TEST_F(StockBatchTest, AtomicIsAllOrNothingAndNamesTheRow) {
  const int64_t before = MovementCount();
  const auto refused = Update({Row("a", "set_on_hand: 5"), Row("b", "set_on_hand: 5"), Row("a", "adjust_on_hand: -6")});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  EXPECT_EQ(MetadataOf(refused.status())["row"], "2");
  EXPECT_EQ(MovementCount(), before);
  EXPECT_EQ(Outcome(Update({Row("a", "set_on_hand: 5 etag: '4'")})), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Update({Row("a", "set_on_hand: 5", Name("none"))})), "NOT_FOUND WAREHOUSE_NOT_FOUND");
}

TEST_F(StockBatchTest, PerRowKeepsWhatSucceedsAndSaysWhatDoesNot) {
  Must(client().Call(
      Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' tracking: TRACKING_UNTRACKED }", Sku("digital")))));
  const auto answer = Must(
      Update({Row("a", "set_on_hand: 5"), Row("a", "adjust_on_hand: -6"), Row("a", "set_on_hand: 1", Name("none")),
              Row("digital", "set_on_hand: 1"), Row("a", "set_on_hand: 9 etag: '7'"), Row("a", "adjust_on_hand: -5")},
             "error_policy: ERROR_POLICY_PER_ROW"));
  EXPECT_EQ(answer.failed_count(), 4);
  std::vector<std::string> reasons;
  for (const auto& result : answer.results()) {
    EXPECT_EQ(result.has_error(), !result.has_stock_level());
    reasons.push_back(ReasonOfRow(result));
  }
  EXPECT_THAT(reasons,
              ElementsAre("", "INSUFFICIENT_ON_HAND", "WAREHOUSE_NOT_FOUND", "ITEM_UNTRACKED", "ETAG_MISMATCH", ""));
  EXPECT_EQ(answer.results(1).error().code(), static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Show(LevelOf(Sku("a"), "w1")), "0 on hand, 0 reserved, 0 safety, 0 available");
}

TEST_F(StockBatchTest, TakesAsManyRowsAsItSaysAndNoMore) {
  const int64_t before = MovementCount();
  const auto atomic = client().Call(Counts(1'001, v1::ERROR_POLICY_ATOMIC));
  EXPECT_THAT(ViolationsOf(atomic.status()), ElementsAre("updates"));
  const auto per_row = client().Call(Counts(10'001, v1::ERROR_POLICY_PER_ROW));
  EXPECT_THAT(ViolationsOf(per_row.status()), ElementsAre("updates"));
  EXPECT_EQ(MovementCount(), before);
  EXPECT_EQ(Must(client().Call(Counts(1'000, v1::ERROR_POLICY_ATOMIC))).results_size(), 1'000);
  EXPECT_EQ(MovementCount(), before + 1'000);
}

// Ten thousand rows, twice. The second time nothing differs, so nothing moves but the times of the counts.
TEST_F(StockBatchTest, ARepeatedFeedOfTenThousandRowsMovesNothing) {
  const v1::BatchUpdateStockRequest feed = Counts(10'000, v1::ERROR_POLICY_PER_ROW);
  const auto first = Must(client().Call(feed, absl::Minutes(2)));
  ASSERT_EQ(first.results_size(), 10'000);
  EXPECT_EQ(first.failed_count(), 0);
  const int64_t movements = MovementCount();
  const auto second = Must(client().Call(feed, absl::Minutes(2)));
  ASSERT_EQ(second.results_size(), 10'000);
  EXPECT_EQ(second.failed_count(), 0);
  EXPECT_EQ(MovementCount(), movements);
  int moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    moved += first.results(i).has_movement() ? 1 : 0;
    EXPECT_FALSE(second.results(i).has_movement());
    v1::StockLevel recounted = first.results(i).stock_level();
    *recounted.mutable_count_time() = second.results(i).stock_level().count_time();
    EXPECT_THAT(second.results(i).stock_level(), EqualsProto(recounted));
  }
  EXPECT_EQ(moved, 10'000);
}

// A call that broke off is finished by repeating it: its chunks that were done are not done again.
TEST_F(StockBatchTest, ARepeatedPerRowCallGetsItsFirstAnswer) {
  v1::BatchUpdateStockRequest request = Counts(1'200, v1::ERROR_POLICY_PER_ROW);
  for (v1::StockUpdate& update : *request.mutable_updates()) update.set_adjust_on_hand(1);
  request.set_request_id(Name("feed"));
  const auto first = Must(client().Call(request));
  const int64_t movements = MovementCount();
  EXPECT_THAT(Must(client().Call(request)), EqualsProto(first));
  EXPECT_EQ(MovementCount(), movements);
}

TEST_F(StockBatchTest, ItsRequestIdIsTheCallsWhateverThePolicy) {
  v1::BatchUpdateStockRequest request = Counts(1, v1::ERROR_POLICY_PER_ROW);
  request.set_request_id(Name("id"));
  Must(client().Call(request));
  request.set_error_policy(v1::ERROR_POLICY_ATOMIC);
  EXPECT_EQ(Outcome(client().Call(request)), "ALREADY_EXISTS REQUEST_ID_REUSED");
}

}  // namespace
}  // namespace inventory::integration
