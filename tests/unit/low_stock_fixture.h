// Rules on SKU a for the tests of low stock.
#ifndef INVENTORY_TESTS_UNIT_LOW_STOCK_FIXTURE_H_
#define INVENTORY_TESTS_UNIT_LOW_STOCK_FIXTURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "inventory/v1/low_stock.pb.h"
#include "tests/pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {

// 10 units of a lie in w1.
class LowStockTest : public RuleTest {
 protected:
  LowStockTest() { Stock("a", "w1", 10); }

  // The answer to the request of which this is the text.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(const std::string& text) {
    return runner_.Call<Response>(Pb<Request>(text));
  }
  // It must succeed.
  template <typename Request, typename Response>
  void Do(const std::string& text) {
    EXPECT_EQ(Answer(Ask<Request, Response>(text)), "OK") << text;
  }

  // A rule on a with the threshold 5, the margin 2 and the activity log, but for what the text says.
  absl::StatusOr<v1::LowStockRule> Watch(const std::string& id, const std::string& text = "") {
    auto request = Pb<v1::CreateLowStockRuleRequest>("rule { sku: 'a' threshold: 5 rearm_margin: 2 activity: 'log' }");
    request.mutable_rule()->set_rule_id(id);
    request.mutable_rule()->MergeFrom(Pb<v1::LowStockRule>(text));
    return runner_.Call<v1::LowStockRule>(request);
  }
  absl::StatusOr<v1::LowStockRule> Edit(const std::string& id, const std::string& text) {
    v1::UpdateLowStockRuleRequest request;
    *request.mutable_rule() = Pb<v1::LowStockRule>(text);
    request.mutable_rule()->set_rule_id(id);
    return runner_.Call<v1::LowStockRule>(request);
  }
  absl::StatusOr<v1::DeleteLowStockRuleResponse> Delete(const std::string& id) {
    return Ask<v1::DeleteLowStockRuleRequest, v1::DeleteLowStockRuleResponse>(absl::StrCat("rule_id: '", id, "'"));
  }

  const storage::LowStockRuleRecord& Rule(const std::string& id) { return *runner_.rows.low_stock_rules.Find(id); }
  const storage::LowStockEventRecord& Event(const std::string& rule_id, int64_t number) {
    return *runner_.rows.low_stock_events.Find({rule_id, number});
  }

  // The events of the rule and what was available then: "LOW 4, RECOVERED 8".
  std::string Events(const std::string& rule_id) {
    std::vector<std::string> events;
    for (const storage::LowStockEventRecord* event : runner_.rows.low_stock_events.All()) {
      if (event->rule_id != rule_id) continue;
      const bool low = event->type == storage::LowStockEventType::kLow;
      events.push_back(absl::StrCat(low ? "LOW " : "RECOVERED ", event->available));
    }
    return absl::StrJoin(events, ", ");
  }
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_UNIT_LOW_STOCK_FIXTURE_H_
