#include "gtest/gtest.h"
#include "inventory/v1/stock.pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

constexpr int kChunk = 500;

class BatchUpdateStockTest : public RuleTest {
 protected:
  // Each row adds a unit to the same level.
  static v1::BatchUpdateStockRequest Additions(const std::string& request_id, int rows) {
    v1::BatchUpdateStockRequest request;
    request.set_request_id(request_id);
    request.set_error_policy(v1::ERROR_POLICY_PER_ROW);
    for (int i = 0; i < rows; ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku("a");
      update.set_warehouse_id("w1");
      update.set_adjust_on_hand(1);
    }
    return request;
  }

  absl::StatusOr<v1::BatchUpdateStockResponse> Update(const v1::BatchUpdateStockRequest& request) {
    return runner_.Call<v1::BatchUpdateStockResponse>(request);
  }
};

TEST_F(BatchUpdateStockTest, ACallThatBrokeOffIsFinishedByRepeatingIt) {
  const v1::BatchUpdateStockRequest request = Additions("feed", 2 * kChunk + 1);
  runner_.broken_steps = {"1000"};
  EXPECT_EQ(Update(request).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(At("a", "w1").on_hand, 2 * kChunk);
  runner_.broken_steps.clear();
  for (int i = 0; i < 2; ++i) {
    const auto finished = Update(request);
    ASSERT_EQ(Answer(finished), "OK");
    ASSERT_EQ(finished->results_size(), request.updates_size());
    EXPECT_EQ(finished->results(0).stock_level().on_hand(), 1);
    EXPECT_EQ(finished->results(2 * kChunk).stock_level().on_hand(), 2 * kChunk + 1);
    EXPECT_EQ(At("a", "w1").on_hand, 2 * kChunk + 1);
  }
}

TEST_F(BatchUpdateStockTest, ItsRequestIdIsTheCallsWhateverThePolicy) {
  v1::BatchUpdateStockRequest request = Additions("id", 1);
  ASSERT_EQ(Answer(Update(request)), "OK");
  request.set_error_policy(v1::ERROR_POLICY_ATOMIC);
  EXPECT_EQ(Answer(Update(request)), "ALREADY_EXISTS REQUEST_ID_REUSED");
  v1::SetStockRequest other;
  other.set_request_id("id");
  other.set_sku("a");
  other.set_warehouse_id("w1");
  EXPECT_EQ(Answer(runner_.Call<v1::SetStockResponse>(other)), "ALREADY_EXISTS REQUEST_ID_REUSED");
}

// As a row's refusal it would be the first answer for as long as request ids are kept, also after a repair.
TEST_F(BatchUpdateStockTest, AFaultOfARowIsTheCalls) {
  ASSERT_EQ(Answer(Update(Additions("1", 1))), "OK");
  runner_.check_invariants = false;
  runner_.rows.levels.Edit({"a", "w1"}).quantities.incoming = -1;
  const v1::BatchUpdateStockRequest request = Additions("2", 1);
  EXPECT_EQ(Answer(Update(request)), "INTERNAL STOCK_MISMATCH row=0 sku=a");
  runner_.rows.levels.Edit({"a", "w1"}).quantities.incoming = 0;
  EXPECT_EQ(Answer(Update(request)), "OK");
}

}  // namespace
}  // namespace inventory
