// Goal: whatever a command comes upon while it runs is judged before it is changed or shown, also when another command
// of the batch has loaded it. Method: batches that have everything in memory.
#include "server/auth/row_guard.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "inventory/v1/replenishment.pb.h"
#include "server/auth/permit.h"
#include "server/pipeline/loaded_batch.h"
#include "server/rpc/registry.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

// Nobody waits.
class NoBackorders final : public pipeline::BackorderSource {
 public:
  absl::StatusOr<Loaded> LoadWaiting(const std::string&, int64_t, const std::vector<std::string>&, int64_t) override {
    return Loaded{};
  }
};

class RowGuardTest : public RuleTest {
 protected:
  // A replenishment "p2" of 10 units of "a" in w2, with the code "PO-2".
  void SetUp() override {
    v1::CreateReplenishmentRequest request;
    request.set_replenishment_id("p2");
    request.set_sku("a");
    request.set_warehouse_id("w2");
    request.set_quantity(10);
    ASSERT_EQ(Answer(runner_.Call<v1::CreateReplenishmentResponse>(request)), "OK");
    v1::UpdateReplenishmentRequest coded;
    coded.mutable_replenishment()->set_replenishment_id("p2");
    coded.mutable_replenishment()->set_external_reference_code("PO-2");
    coded.mutable_update_mask()->add_paths("external_reference_code");
    ASSERT_EQ(Answer(runner_.Call<v1::UpdateReplenishmentResponse>(coded)), "OK");
  }

  // Sets what is ordered; an empty id names the replenishment by its code.
  static v1::UpdateReplenishmentRequest Order(const std::string& id, int64_t quantity) {
    v1::UpdateReplenishmentRequest request;
    request.mutable_replenishment()->set_replenishment_id(id);
    if (id.empty()) request.mutable_replenishment()->set_external_reference_code("PO-2");
    request.mutable_replenishment()->set_ordered_quantity(quantity);
    request.mutable_update_mask()->add_paths("ordered_quantity");
    return request;
  }

  // The job of an operator within the warehouse.
  static pipeline::Job JobWithin(const std::string& warehouse, const v1::UpdateReplenishmentRequest& request,
                                 v1::UpdateReplenishmentResponse& response) {
    auto caller = std::make_shared<const auth::Caller>(
        auth::Caller{.identity = {}, .grants = {{.role = auth::Role::kOperator, .warehouses = {{warehouse}}}}});
    const auto* needed = auth::FindRequirement("inventory.v1.InventoryService.UpdateReplenishment");
    pipeline::Job job;
    job.command = rpc::MethodFor(v1::UpdateReplenishmentRequest::descriptor()).make_command(request, response);
    job.needs = job.command->needs();
    job.guard = auth::Permit::For(std::move(caller), *needed)->guard();
    return job;
  }

  // A batch that has everything.
  pipeline::LoadedBatch Everything() const {
    return {.skus = {"a"},
            .rows = runner_.rows,
            .now = runner_.now,
            .configuration = std::make_shared<const pipeline::Configuration>(runner_.CurrentConfiguration())};
  }

  void Apply(const std::vector<pipeline::Job*>& jobs, pipeline::LoadedBatch& batch) const {
    NoBackorders nobody;
    EXPECT_EQ(Answer(batch.Apply(jobs, runner_.limits, nobody)), "OK");
  }
};

TEST_F(RowGuardTest, ACodeOfAnothersDocumentIsJudgedThoughTheBatchHasTheDocument) {
  const v1::UpdateReplenishmentRequest ours = Order("p2", 20);
  const v1::UpdateReplenishmentRequest theirs = Order("", 30);
  v1::UpdateReplenishmentResponse shown;
  v1::UpdateReplenishmentResponse hidden;
  pipeline::Job owner = JobWithin("w2", ours, shown);
  pipeline::Job stranger = JobWithin("w1", theirs, hidden);
  pipeline::LoadedBatch first = Everything();
  Apply({&owner, &stranger}, first);
  EXPECT_EQ(Answer(owner.answer), "OK");
  EXPECT_TRUE(stranger.needs_more) << "nobody has judged what it works on";
  EXPECT_EQ(stranger.needs.replenishments, std::vector<std::string>{"p2"});
  EXPECT_EQ(first.rows.replenishments.Find("p2")->ordered, 20);
  pipeline::LoadedBatch second = Everything();
  stranger.needs_more = false;
  Apply({&stranger}, second);
  EXPECT_FALSE(stranger.needs_more);
  EXPECT_EQ(Answer(stranger.answer), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(second.rows.replenishments.Find("p2")->ordered, 10);
}

TEST_F(RowGuardTest, ACodeReachesADocumentOfOnesOwn) {
  const v1::UpdateReplenishmentRequest request = Order("", 30);
  v1::UpdateReplenishmentResponse response;
  pipeline::Job owner = JobWithin("w2", request, response);
  pipeline::LoadedBatch first = Everything();
  Apply({&owner}, first);
  EXPECT_TRUE(owner.needs_more);
  pipeline::LoadedBatch second = Everything();
  Apply({&owner}, second);
  EXPECT_FALSE(owner.needs_more);
  EXPECT_EQ(Answer(owner.answer), "OK");
  EXPECT_EQ(response.replenishment().ordered_quantity(), 30);
}

}  // namespace
}  // namespace inventory
