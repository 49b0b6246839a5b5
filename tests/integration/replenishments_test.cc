// Replenishments: made, changed, received in parts, over and short, closed, and found.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReplenishmentsTest : public ServerTest {
 protected:
  absl::StatusOr<v1::CreateReplenishmentResponse> Create(const std::string& suffix, int64_t quantity,
                                                         const std::string& fields = "") const {
    return client().Call(Pb<v1::CreateReplenishmentRequest>(absl::Substitute(
        "replenishment_id: '$0' sku: '$1' warehouse_id: 'w1' quantity: $2 $3", Name(suffix), Sku(), quantity, fields)));
  }
  absl::StatusOr<v1::ReceiveReplenishmentResponse> Receive(const std::string& suffix, int64_t quantity,
                                                           const std::string& fields = "") const {
    return client().Call(Pb<v1::ReceiveReplenishmentRequest>(
        absl::Substitute("replenishment_id: '$0' quantity: $1 $2", Name(suffix), quantity, fields)));
  }
  absl::StatusOr<v1::CloseReplenishmentResponse> Close(const std::string& suffix,
                                                       const std::string& fields = "") const {
    return client().Call(
        Pb<v1::CloseReplenishmentRequest>(absl::Substitute("replenishment_id: '$0' $1", Name(suffix), fields)));
  }
  absl::StatusOr<v1::UpdateReplenishmentResponse> Update(const std::string& suffix, const std::string& fields,
                                                         const std::string& mask = "") const {
    return client().Call(Pb<v1::UpdateReplenishmentRequest>(absl::Substitute(
        "replenishment { replenishment_id: '$0' $1 } update_mask { $2 }", Name(suffix), fields, mask)));
  }
  absl::StatusOr<v1::Replenishment> Get(const std::string& suffix) const {
    return client().Call(Pb<v1::GetReplenishmentRequest>(absl::Substitute("replenishment_id: '$0'", Name(suffix))));
  }

  // "OPEN 4/10": what has come of what was ordered.
  static std::string Show(const v1::Replenishment& replenishment) {
    return absl::StrCat(v1::ReplenishmentState_Name(replenishment.state()).substr(sizeof("REPLENISHMENT_STATE_") - 1),
                        " ", replenishment.received_quantity(), "/", replenishment.ordered_quantity());
  }
  std::string Level() const { return integration::Show(LevelOf(Sku(), "w1")); }

  // The suffixes of the ids that a list with this filter gives.
  std::vector<std::string> Listed(const std::string& filter, int page_size = 0) const {
    auto request =
        Pb<v1::ListReplenishmentsRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<std::string> found;
    for (const auto& listed : ListAll(client(), request, &v1::ListReplenishmentsResponse::replenishments)) {
      EXPECT_EQ(listed.replenishment_id().rfind(Name(""), 0), 0u) << listed.replenishment_id();
      found.push_back(listed.replenishment_id().substr(Name("").size()));
    }
    return found;
  }
};

TEST_F(ReplenishmentsTest, GoesFromExpectedToReceived) {
  const auto created =
      Must(Create("p", 10, "reference: 'PO é' expected_time { seconds: 1800000000 nanos: 123456789 }"));
  EXPECT_EQ(Show(created.replenishment()), "OPEN 0/10");
  EXPECT_EQ(created.replenishment().expected_time().nanos(), 123'456'000);
  ASSERT_EQ(created.movements_size(), 1);
  EXPECT_THAT(Must(Get("p")), EqualsProto(created.replenishment()));
  EXPECT_EQ(Level(), "0 on hand, 0 reserved, 0 safety, 0 available, 10 incoming");
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK");

  const auto part = Must(Receive("p", 4, "reason: 'first pallet'"));
  EXPECT_EQ(Show(part.replenishment()), "OPEN 4/10");
  EXPECT_EQ(part.replenishment().outstanding_quantity(), 6);
  EXPECT_EQ(Level(), "4 on hand, 0 reserved, 0 safety, 4 available, 6 incoming");
  Must(Reserve(client(), {{Sku(), 4}}));
  EXPECT_EQ(Show(Must(Receive("p", 6)).replenishment()), "RECEIVED 10/10");
  EXPECT_EQ(Level(), "10 on hand, 4 reserved, 0 safety, 6 available");

  v1::ListMovementsRequest of_document;
  of_document.mutable_filter()->set_document_id(Name("p"));
  const auto movements = Must(client().Call(of_document)).movements();
  ASSERT_EQ(movements.size(), 3);
  EXPECT_EQ(movements[0].type(), v1::MOVEMENT_TYPE_EXPECT);
  EXPECT_THAT(movements[0].delta(), EqualsProto(Pb<v1::Quantities>("incoming: 10")));
  EXPECT_EQ(movements[1].type(), v1::MOVEMENT_TYPE_RECEIVE);
  EXPECT_THAT(movements[1].delta(), EqualsProto(Pb<v1::Quantities>("on_hand: 4 incoming: -4")));
  EXPECT_THAT(movements[1].balance(), EqualsProto(Pb<v1::Quantities>("on_hand: 4 incoming: 6")));
  EXPECT_EQ(movements[1].reason(), "first pallet");
}

TEST_F(ReplenishmentsTest, LevelsShowWhatIsIncomingNowAndThen) {
  Must(Create("p", 10));
  const v1::StockLevel level = LevelOf(Sku(), "w1");
  EXPECT_EQ(level.incoming(), 10);
  Must(Receive("p", 10));
  auto listed = Pb<v1::ListStockLevelsRequest>(absl::Substitute("filter { sku_prefix: '$0' }", Sku()));
  EXPECT_EQ(Must(client().Call(listed)).stock_levels(0).incoming(), 0);
  Must(Create("p2", 3));
  EXPECT_EQ(Must(client().Call(listed)).stock_levels(0).incoming(), 3);
  auto then = Pb<v1::GetStockLevelRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1'", Sku()));
  *then.mutable_as_of_time() = level.update_time();
  EXPECT_THAT(Must(client().Call(then)), EqualsProto(level));
}

TEST_F(ReplenishmentsTest, OverReceiptMustBeAllowedAndClosingShortIsExplicit) {
  Must(Create("over", 5));
  const auto refused = Receive("over", 6);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION OVER_RECEIPT");
  EXPECT_EQ(MetadataOf(refused.status()),
            (std::map<std::string, std::string>{
                {"replenishment_id", Name("over")}, {"requested", "6"}, {"outstanding", "5"}}));
  EXPECT_EQ(Show(Must(Receive("over", 6, "allow_over_receipt: true")).replenishment()), "RECEIVED 6/5");
  EXPECT_EQ(Level(), "6 on hand, 0 reserved, 0 safety, 6 available");
  EXPECT_EQ(Outcome(Receive("over", 1, "allow_over_receipt: true")), "FAILED_PRECONDITION REPLENISHMENT_STATE");

  Must(Create("short", 5));
  Must(Receive("short", 2, "condition: STOCK_CONDITION_DAMAGED"));
  const auto closed = Must(Close("short", "reason: 'discontinued'"));
  EXPECT_EQ(Show(closed.replenishment()), "CLOSED 2/5");
  EXPECT_EQ(Level(), "8 on hand, 0 reserved, 0 safety, 6 available, 2 damaged");
  EXPECT_EQ(MovementsOf(Sku()).back().reason(), "discontinued");
  EXPECT_THAT(Must(Close("short")).replenishment(), EqualsProto(closed.replenishment()));
  EXPECT_EQ(MetadataOf(Receive("short", 1).status())["state"], "CLOSED");
  EXPECT_EQ(MetadataOf(Close("over").status())["state"], "RECEIVED");
}

TEST_F(ReplenishmentsTest, AnUpdateChangesWhatIsExpected) {
  const std::string etag = Must(Create("p", 10, "reference: 'PO 7'")).replenishment().etag();
  Must(Receive("p", 4));
  EXPECT_EQ(Outcome(Update("p", absl::Substitute("ordered_quantity: 8 etag: '$0'", etag))), "ABORTED ETAG_MISMATCH");
  const auto updated = Must(Update("p", "ordered_quantity: 8 expected_time { seconds: 5 }"));
  EXPECT_EQ(Show(updated.replenishment()), "OPEN 4/8");
  EXPECT_EQ(updated.replenishment().reference(), "PO 7");
  EXPECT_EQ(updated.movements_size(), 1);
  EXPECT_THAT(Must(Get("p")), EqualsProto(updated.replenishment()));
  EXPECT_EQ(LevelOf(Sku(), "w1").incoming(), 4);
  EXPECT_FALSE(Must(Update("p", "", "paths: 'expected_time'")).replenishment().has_expected_time());
  const auto refused = Update("p", "ordered_quantity: 3");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION BELOW_RECEIVED");
  EXPECT_EQ(MetadataOf(refused.status())["minimum"], "4");
  EXPECT_EQ(Show(Must(Update("p", "ordered_quantity: 4")).replenishment()), "RECEIVED 4/4");
  EXPECT_EQ(Outcome(Update("p", "reference: 'x'")), "FAILED_PRECONDITION REPLENISHMENT_STATE");
  EXPECT_EQ(Outcome(Update("none", "reference: 'x'")), "NOT_FOUND REPLENISHMENT_NOT_FOUND");
}

TEST_F(ReplenishmentsTest, EveryWriteIsDoneOnceThroughTwoServers) {
  auto create = Pb<v1::CreateReplenishmentRequest>(
      absl::Substitute("request_id: '$0' sku: '$1' warehouse_id: 'w1' quantity: 10", Name("create"), Sku()));
  const auto created = Must(client().Call(create));
  EXPECT_THAT(Must(replica().Call(create)), EqualsProto(created));
  const auto receive = Pb<v1::ReceiveReplenishmentRequest>(
      absl::Substitute("request_id: '$0' replenishment_id: '$1' quantity: 4", Name("receive"),
                       created.replenishment().replenishment_id()));
  std::vector<absl::StatusOr<v1::ReceiveReplenishmentResponse>> answers(8);
  Together(8, [&](int i) { answers[i] = (i % 2 == 0 ? client() : replica()).Call(receive); });
  for (const auto& answer : answers) EXPECT_THAT(Must(answer), EqualsProto(Must(answers[0])));
  EXPECT_EQ(Level(), "4 on hand, 0 reserved, 0 safety, 4 available, 6 incoming");
}

TEST_F(ReplenishmentsTest, DeliveriesAtTheSameTimeNeverReceiveMoreThanWasOrdered) {
  replica();
  Must(Create("p", 10));
  std::vector<absl::Status> results(16);
  Together(16, [&](int i) {
    const auto request =
        Pb<v1::ReceiveReplenishmentRequest>(absl::Substitute("replenishment_id: '$0' quantity: 1", Name("p")));
    results[i] = (i % 2 == 0 ? client() : replica()).Call(request).status();
  });
  EXPECT_EQ(CountOutcomes(results),
            (std::map<std::string, int>{{"OK", 10}, {"FAILED_PRECONDITION REPLENISHMENT_STATE", 6}}));
  EXPECT_EQ(Level(), "10 on hand, 0 reserved, 0 safety, 10 available");
}

TEST_F(ReplenishmentsTest, TheSameIdIsTakenOnceAlsoForAnotherSku) {
  replica();
  std::vector<absl::Status> results(8);
  Together(8, [&](int i) {
    const auto request = Pb<v1::CreateReplenishmentRequest>(absl::Substitute(
        "replenishment_id: '$0' sku: '$1' warehouse_id: 'w1' quantity: 1", Name("p"), Sku(absl::StrCat(i))));
    results[i] = (i % 2 == 0 ? client() : replica()).Call(request).status();
  });
  EXPECT_EQ(CountOutcomes(results),
            (std::map<std::string, int>{{"OK", 1}, {"ALREADY_EXISTS REPLENISHMENT_EXISTS", 7}}));
}

TEST_F(ReplenishmentsTest, NeedsAWarehouseAndATrackedItem) {
  EXPECT_EQ(Outcome(client().Call(Pb<v1::CreateReplenishmentRequest>(
                absl::Substitute("sku: '$0' warehouse_id: '$1' quantity: 1", Sku(), Name("none"))))),
            "NOT_FOUND WAREHOUSE_NOT_FOUND");
  const auto untrack = Pb<v1::UpdateItemRequest>(
      absl::Substitute("item { sku: '$0' tracking: TRACKING_UNTRACKED } allow_missing: true", Sku()));
  Must(Create("p", 1));
  const auto refused = client().Call(untrack);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ITEM_IN_USE");
  EXPECT_EQ(MetadataOf(refused.status())["warehouse_ids"], "w1");
  Must(Close("p"));
  Must(client().Call(untrack));
  EXPECT_EQ(Outcome(Create("q", 1)), "FAILED_PRECONDITION ITEM_UNTRACKED");
  EXPECT_EQ(Outcome(Get("q")), "NOT_FOUND REPLENISHMENT_NOT_FOUND");
}

TEST_F(ReplenishmentsTest, AnExpectedItemAndItsWarehouseAreNotDeleted) {
  MakeWarehouse(client(), Name("w"));
  Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' }", Sku()))));
  Must(client().Call(Pb<v1::CreateReplenishmentRequest>(absl::Substitute(
      "replenishment_id: '$0' sku: '$1' warehouse_id: '$2' quantity: 1", Name("p"), Sku(), Name("w")))));
  const auto delete_warehouse = Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", Name("w")));
  const auto delete_item = Pb<v1::DeleteItemRequest>(absl::Substitute("sku: '$0'", Sku()));
  const auto refused = client().Call(delete_warehouse);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION WAREHOUSE_IN_USE");
  EXPECT_EQ(MetadataOf(refused.status())["replenishments"], "1");
  EXPECT_EQ(MetadataOf(refused.status())["levels"], "1");
  EXPECT_EQ(Outcome(client().Call(delete_item)), "FAILED_PRECONDITION ITEM_IN_USE");
  Must(Close("p"));
  Must(client().Call(delete_item));
  Must(client().Call(delete_warehouse));
}

TEST_F(ReplenishmentsTest, ADeletionAndAReplenishmentThroughTwoServersNeverBothSucceed) {
  replica();
  for (int round = 0; round < 8; ++round) {
    const std::string id = Name(absl::StrCat(round));
    MakeWarehouse(client(), id);
    absl::Status deleted;
    absl::Status expected;
    Together(2, [&](int i) {
      if (i == 0) {
        deleted = client().Call(Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", id))).status();
      } else {
        expected = replica()
                       .Call(Pb<v1::CreateReplenishmentRequest>(
                           absl::Substitute("sku: '$0' warehouse_id: '$1' quantity: 1", Sku(), id)))
                       .status();
      }
    });
    EXPECT_THAT(Outcome(deleted) + ", " + Outcome(expected),
                ::testing::AnyOf("OK, NOT_FOUND WAREHOUSE_NOT_FOUND", "FAILED_PRECONDITION WAREHOUSE_IN_USE, OK"));
  }
}

TEST_F(ReplenishmentsTest, ListFiltersAndPages) {
  for (const char* suffix : {"a", "b", "c", "d"}) Must(Create(suffix, 2));
  Must(client().Call(Pb<v1::CreateReplenishmentRequest>(
      absl::Substitute("replenishment_id: '$0' sku: '$1' warehouse_id: 'w2' quantity: 1", Name("e"), Sku()))));
  Must(Receive("b", 2));
  Must(Close("c"));
  const std::string mine = absl::Substitute("sku: '$0'", Sku());
  for (const int page_size : {0, 1, 2, 4, 5, 6}) {
    EXPECT_THAT(Listed(mine, page_size), ElementsAre("a", "b", "c", "d", "e")) << page_size;
  }
  EXPECT_THAT(Listed(mine + " warehouse_id: 'w2'"), ElementsAre("e"));
  EXPECT_THAT(Listed(mine + " state: REPLENISHMENT_STATE_OPEN"), ElementsAre("a", "d", "e"));
  EXPECT_THAT(Listed(mine + " state: REPLENISHMENT_STATE_RECEIVED"), ElementsAre("b"));
  EXPECT_THAT(Listed(mine + " warehouse_id: 'w1' state: REPLENISHMENT_STATE_CLOSED", 1), ElementsAre("c"));
  EXPECT_THAT(Listed(absl::Substitute("sku: '$0'", Sku("none"))), IsEmpty());
  const auto request = Pb<v1::ListReplenishmentsRequest>(absl::Substitute("filter { $0 }", mine));
  for (const auto& listed : ListAll(client(), request, &v1::ListReplenishmentsResponse::replenishments)) {
    EXPECT_THAT(listed, EqualsProto(Must(Get(listed.replenishment_id().substr(Name("").size())))));
  }
}

}  // namespace
}  // namespace inventory::integration
