// Goal: commands of one batch do what they would have done one after another, and none goes before orders that wait.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/availability_estimate.pb.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/stock.pb.h"
#include "server/rpc/registry.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using google::protobuf::Message;
using testing::ElementsAre;

class CommandsTogetherTest : public RuleTest {
 protected:
  // The answers to the requests, which come at the same time, in their order; order_ says in which they took effect.
  template <typename... Requests>
  std::vector<std::string> Together(const Requests&... requests) {
    std::vector<RuleRunner::Concurrent> calls;
    std::vector<std::unique_ptr<Message>> responses;
    for (const Message* request : {static_cast<const Message*>(&requests)...}) {
      const auto* type = rpc::MethodOf(request->GetDescriptor())->output_type();
      responses.emplace_back(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      calls.push_back({.request = request, .response = responses.back().get()});
    }
    order_ = runner_.RunTogether(calls);
    std::vector<std::string> answers;
    for (const RuleRunner::Concurrent& call : calls) answers.push_back(Answer(call.answer));
    return answers;
  }

  static v1::AdjustStockRequest Adjustment(const std::string& sku, const std::string& warehouse_id, int64_t delta) {
    v1::AdjustStockRequest request;
    request.set_sku(sku);
    request.set_warehouse_id(warehouse_id);
    request.set_delta(delta);
    return request;
  }

  static v1::ReserveStockRequest Committed(v1::ReserveStockRequest request) {
    request.set_commit(true);
    return request;
  }

  // Orders of one unit of "a" each that wait, of which a step of a fill serves one.
  void LetWait(const std::vector<std::string>& ids) {
    Item("a").backorder_policy = storage::BackorderPolicy::kUnlimited;
    runner_.max_filled_lines = 1;
    for (const std::string& id : ids) {
      v1::ReserveStockRequest request = Committed(Order(id, {{"a", 1}}));
      request.add_warehouse_ids("w1");
      request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
      ASSERT_EQ(Answer(Reserve(request)), "OK");
    }
  }

  static v1::UpdateChannelRequest Coded(const std::string& id, const std::string& code) {
    v1::UpdateChannelRequest request;
    request.mutable_channel()->set_channel_id(id);
    request.mutable_channel()->set_external_reference_code(code);
    request.mutable_update_mask()->add_paths("external_reference_code");
    return request;
  }

  std::vector<std::size_t> order_;
};

TEST_F(CommandsTogetherTest, OneThatIsRefusedLeavesNothingBehind) {
  Stock("a", "w1", 5);
  EXPECT_THAT(Together(Adjustment("a", "w1", 2), Adjustment("a", "w1", -8), Committed(Order("r1", {{"a", 7}}))),
              ElementsAre("OK", testing::StartsWith("FAILED_PRECONDITION INSUFFICIENT_ON_HAND"), "OK"));
  EXPECT_EQ(At("a", "w1").on_hand, 7);
  EXPECT_EQ(At("a", "w1").reserved, 7);
  EXPECT_EQ(runner_.rows.movements.size(), 3u);
}

TEST_F(CommandsTogetherTest, OneSeesWhatAnEarlierOneHasMade) {
  Stock("a", "w1", 5);
  EXPECT_THAT(Together(Committed(Order("r1", {{"a", 2}})), Parcel("s1", "r1", "w1", {{"a", 2}})),
              ElementsAre("OK", "OK"));
  EXPECT_EQ(PartOf("r1", "a", "w1").in_shipment, 2);
}

TEST_F(CommandsTogetherTest, AnOrderGoesBehindThoseWhoWait) {
  LetWait({"r1", "r2", "r3"});
  EXPECT_THAT(Together(Adjustment("a", "w1", 3), Committed(Order("r4", {{"a", 1}}))),
              ElementsAre("OK", testing::StartsWith("FAILED_PRECONDITION INSUFFICIENT_STOCK")));
  for (const char* id : {"r1", "r2", "r3"}) EXPECT_EQ(LineOf(id, "a").backordered, 0) << id;
}

// The order's SKU is not known when the batch begins: it is its components' that matter.
TEST_F(CommandsTogetherTest, AKitGoesBehindThoseWhoWaitForItsComponent) {
  Item("kit").components = {{"a", 1}};
  Item("a").kits = 1;
  LetWait({"r1", "r2", "r3"});
  EXPECT_THAT(Together(Adjustment("a", "w1", 3), Committed(Order("r4", {{"kit", 1}}))),
              ElementsAre("OK", testing::StartsWith("FAILED_PRECONDITION INSUFFICIENT_STOCK")));
  EXPECT_THAT(order_, ElementsAre(0u, 1u));
  for (const char* id : {"r1", "r2", "r3"}) EXPECT_EQ(LineOf(id, "a").backordered, 0) << id;
}

// The reservation is made in the batch itself, so nobody knew that the shipment needs its SKU.
TEST_F(CommandsTogetherTest, AShipmentFromElsewhereGoesBehindThoseWhoWait) {
  Stock("a", "w2", 1);
  LetWait({"r1", "r2"});
  v1::ReserveStockRequest order = Committed(Order("r3", {{"a", 1}}));
  EXPECT_THAT(Together(order, Adjustment("a", "w1", 2), Anywhere(Parcel("s1", "r3", "w1", {{"a", 1}}))),
              ElementsAre("OK", "OK", testing::StartsWith("FAILED_PRECONDITION INSUFFICIENT_STOCK")));
  for (const char* id : {"r1", "r2"}) EXPECT_EQ(LineOf(id, "a").backordered, 0) << id;
}

TEST_F(CommandsTogetherTest, ACodeThatIsGivenUpIsFreeForTheNext) {
  AddChannel("c1", {"w1"});
  AddChannel("c2", {"w1"});
  EXPECT_THAT(
      Together(Coded("c1", "X"), Coded("c2", "X"), Coded("c1", ""), Coded("c2", "X")),
      ElementsAre("OK", "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS external_reference_code=X id=c1", "OK", "OK"));
  EXPECT_EQ(runner_.rows.external_references.Find({storage::ResourceKind::kChannel, "X"})->id, "c2");
}

TEST_F(CommandsTogetherTest, AnotherEstimateOfTheSameIdHasNoUsersYet) {
  v1::CreateAvailabilityEstimateRequest create;
  create.mutable_availability_estimate()->set_availability_estimate_id("e");
  create.mutable_availability_estimate()->set_title("Soon");
  ASSERT_THAT(Together(create), ElementsAre("OK"));
  v1::CreateItemRequest item;
  item.mutable_item()->set_sku("a");
  item.mutable_item()->set_availability_estimate_id("e");
  ASSERT_THAT(Together(item), ElementsAre("OK"));
  v1::DeleteAvailabilityEstimateRequest remove;
  remove.set_availability_estimate_id("e");
  v1::DeleteAvailabilityEstimateRequest clear = remove;
  clear.set_clear_items(true);
  EXPECT_THAT(Together(remove, clear, create, remove),
              ElementsAre(testing::StartsWith("FAILED_PRECONDITION AVAILABILITY_ESTIMATE_IN_USE"), "OK", "OK", "OK"));
}

TEST_F(CommandsTogetherTest, ARepeatedRequestRunsOnce) {
  v1::AdjustStockRequest request = Adjustment("a", "w1", 2);
  request.set_request_id("q1");
  v1::AdjustStockRequest other = Adjustment("a", "w1", 3);
  other.set_request_id("q1");
  EXPECT_THAT(Together(request, request, other), ElementsAre("OK", "OK", "ALREADY_EXISTS REQUEST_ID_REUSED"));
  EXPECT_EQ(At("a", "w1").on_hand, 2);
}

}  // namespace
}  // namespace inventory
