// VerifyStock: each kind of damage is found, named and mended.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "tests/integration/verify_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(VerifyTest, ASoundSkuHasNoMismatchAndARepairWritesNothing) {
  const auto request = Pb<v1::VerifyStockRequest>(absl::Substitute("sku_prefix: '$0' repair: true", Name("")));
  EXPECT_THAT(Must(client().Call(request)),
              EqualsProto(Pb<v1::VerifyStockResponse>("skus_checked: 1 levels_checked: 1")));
  EXPECT_EQ(MovementsOf(Sku()).size(), 2u);
}

TEST_F(VerifyTest, ReservedIsSetToTheSumOfTheAllocations) {
  Damage("UPDATE stock_level SET reserved = 7 WHERE sku = $sku");
  ExpectMended(
      {"RESERVED_NOT_SUM_OF_ALLOCATIONS w1 reserved 4 but 7", "LEVEL_NOT_SUM_OF_MOVEMENTS w1 reserved 4 but 7"});
  EXPECT_EQ(Level(), "10 on hand, 4 reserved, 0 safety, 6 available");
  const v1::Movement correction = MovementsOf(Sku()).back();
  EXPECT_EQ(correction.type(), v1::MOVEMENT_TYPE_CORRECTION);
  EXPECT_EQ(correction.balance().reserved(), 4);
  EXPECT_THAT(correction.reason(), Not(IsEmpty()));
}

TEST_F(VerifyTest, TheLedgerIsSetToTheLevel) {
  Damage("UPDATE stock_level SET on_hand = 12, damaged = 1 WHERE sku = $sku");
  ExpectMended({"LEVEL_NOT_SUM_OF_MOVEMENTS w1 on_hand 10 but 12", "LEVEL_NOT_SUM_OF_MOVEMENTS w1 damaged 0 but 1"});
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 12);
  EXPECT_EQ(MovementsOf(Sku()).back().delta().on_hand(), 2);
}

TEST_F(VerifyTest, ALostLevelComesBackFromItsLedger) {
  Damage("DELETE FROM stock_level WHERE sku = $sku");
  ExpectMended({"RESERVED_NOT_SUM_OF_ALLOCATIONS w1 reserved 4 but 0", "LEVEL_NOT_SUM_OF_MOVEMENTS w1 on_hand 10 but 0",
                "LEVEL_NOT_SUM_OF_MOVEMENTS w1 reserved 4 but 0", "VERSION_NOT_DENSE w1 version 2 but 0"});
  EXPECT_EQ(Level(), "10 on hand, 4 reserved, 0 safety, 6 available");
  EXPECT_EQ(LevelOf(Sku(), "w1").version(), 3);
}

TEST_F(VerifyTest, ANegativeQuantityBecomesZero) {
  Damage("UPDATE stock_level SET safety_stock = -1 WHERE sku = $sku");
  ExpectMended({"LEVEL_NOT_SUM_OF_MOVEMENTS w1 safety_stock 0 but -1", "NEGATIVE_QUANTITY w1 safety_stock 0 but -1"});
  EXPECT_EQ(Level(), "10 on hand, 4 reserved, 0 safety, 6 available");
}

TEST_F(VerifyTest, AVersionThatLagsGoesOnAfterTheLedger) {
  Damage("UPDATE stock_level SET version = 1 WHERE sku = $sku");
  ExpectMended({"VERSION_NOT_DENSE w1 version 2 but 1"});
  EXPECT_EQ(SetStock(Sku(), "w1", 11).version(), 4);
}

TEST_F(VerifyTest, ASequenceThatLagsGoesOnAfterTheLedger) {
  Damage("UPDATE item SET sequence = 0 WHERE sku = $sku");
  ExpectMended({"SEQUENCE_NOT_DENSE - sequence 2 but 0"});
  SetStock(Sku(), "w2", 1);
  EXPECT_EQ(MovementsOf(Sku()).back().sequence(), 4);
}

TEST_F(VerifyTest, ALostItemComesBack) {
  Damage("DELETE FROM item WHERE sku = $sku");
  ExpectMended({"SEQUENCE_NOT_DENSE - sequence 2 but 0"});
  EXPECT_EQ(SetStock(Sku(), "w1", 11).version(), 4);
}

// What an item says of holds is not looked for without it, and is mended with it all the same.
TEST_F(VerifyTest, ALostItemOfAHoldComesBackWithItsExpiry) {
  const v1::Reservation hold = Must(Reserve(client(), {{Sku(), 2}}, {.ttl = absl::Minutes(10)})).reservation();
  const std::string expiry =
      absl::StrCat(google::protobuf::util::TimeUtil::TimestampToMicroseconds(hold.expire_time()));
  Damage("DELETE FROM item WHERE sku = $sku");
  EXPECT_THAT(Verify(true),
              ElementsAre("SEQUENCE_NOT_DENSE - sequence 3 but 0 repaired",
                          absl::StrCat("NEXT_HOLD_EXPIRY_LATE - next_hold_expiry ", expiry, " but 0 repaired")));
  EXPECT_THAT(Verify(), IsEmpty());
}

TEST_F(VerifyTest, OpenShipmentsDecideWhatIsBound) {
  Must(CreateShipment(client(), order_, "w1", {{Sku(), 3}}));
  Damage("UPDATE allocation SET in_shipment = 1 WHERE sku = $sku");
  ExpectMended({"SHIPMENT_NOT_BOUND w1 in_shipment 3 but 1"});
  EXPECT_EQ(integration::Show(ReservationOf(order_)), absl::StrCat("COMMITTED ", Sku(), " 4/4 w1:4(3)"));
  EXPECT_EQ(MovementsOf(Sku()).size(), 2u);
}

TEST_F(VerifyTest, ReturnsDecideWhatHasComeBack) {
  Must(Ship(client(), Must(CreateShipment(client(), order_, "w1", {{Sku(), 3}})).shipment().shipment_id()));
  Must(client().Call(Pb<v1::ReturnStockRequest>(absl::Substitute(
      "reservation_id: '$0' lines { sku: '$1' quantity: 2 warehouse_id: 'w1' disposition: DISPOSITION_DAMAGED }",
      order_, Sku()))));
  EXPECT_THAT(Verify(), IsEmpty());
  const std::size_t movements = MovementsOf(Sku()).size();
  for (const char* damaged : {"0", "1", "-1"}) {
    Damage(absl::StrCat("UPDATE reservation_line SET returned = ", damaged, " WHERE sku = $sku"));
    ExpectMended({absl::StrCat("RETURNED_NOT_SUM_OF_RETURNS - returned 2 but ", damaged)});
    EXPECT_EQ(ReservationOf(order_).lines(0).returned_quantity(), 2);
  }
  EXPECT_EQ(MovementsOf(Sku()).size(), movements);

  Damage("UPDATE reservation_line SET shipped = 1 WHERE sku = $sku");
  EXPECT_THAT(Verify(true), ElementsAre("RETURNED_EXCEEDS_SHIPPED - returned 1 but 2"));
  EXPECT_EQ(VerifyAll(client(), false, Name("")).at(0).reservation_id(), order_);
  Damage("UPDATE reservation_line SET shipped = 3 WHERE sku = $sku");
}

TEST_F(VerifyTest, ReplenishmentsAndTransfersDecideWhatIsIncoming) {
  Must(client().Call(
      Pb<v1::CreateReplenishmentRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' quantity: 7", Sku()))));
  Must(client().Call(Pb<v1::CreateTransferRequest>(
      absl::Substitute("from_warehouse_id: 'w1' to_warehouse_id: 'w2' lines { sku: '$0' quantity: 2 }", Sku()))));
  EXPECT_THAT(Verify(), IsEmpty());
  Damage("UPDATE stock_level SET incoming = 1 WHERE sku = $sku AND warehouse_id = 'w1'");
  Damage("DELETE FROM stock_level WHERE sku = $sku AND warehouse_id = 'w2'");
  ExpectMended({"INCOMING_NOT_SUM_OF_DOCUMENTS w1 incoming 7 but 1", "LEVEL_NOT_SUM_OF_MOVEMENTS w1 incoming 7 but 1",
                "INCOMING_NOT_SUM_OF_DOCUMENTS w2 incoming 2 but 0", "LEVEL_NOT_SUM_OF_MOVEMENTS w2 incoming 2 but 0",
                "VERSION_NOT_DENSE w2 version 1 but 0"});
  EXPECT_EQ(Level(), "8 on hand, 4 reserved, 0 safety, 4 available, 7 incoming");
  EXPECT_EQ(LevelOf(Sku(), "w2").incoming(), 2);

  // Against the ledger too: the documents decide.
  Damage("UPDATE replenishment SET received = 4 WHERE sku = $sku");
  EXPECT_THAT(Verify(), ElementsAre("INCOMING_NOT_SUM_OF_DOCUMENTS w1 incoming 3 but 7"));
  EXPECT_THAT(Verify(true), ElementsAre("INCOMING_NOT_SUM_OF_DOCUMENTS w1 incoming 3 but 7 repaired"));
  EXPECT_EQ(Level(), "8 on hand, 4 reserved, 0 safety, 4 available, 3 incoming");
  EXPECT_EQ(MovementsOf(Sku()).back().delta().incoming(), -4);
}

// Kits, quotas and low-stock rules of a SKU decide what its item says of them: without it nobody looks for them.
TEST_F(VerifyTest, WhatRefersToASkuIsCountedAnew) {
  for (const char* kit : {"kit-a", "kit-b"}) {
    Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute(
        "item { sku: '$0' components { sku: 'x$1' quantity: 1 } components { sku: '$1' quantity: 12 } }",
        absl::StrCat("of-", Name(kit)), Sku()))));
  }
  for (const char* rule : {"rule-a", "rule-b", "gone"}) {
    Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(
        absl::Substitute("rule { rule_id: '$0' sku: '$1' threshold: 5 activity: 'log' }", Name(rule), Sku()))));
  }
  Must(client().Call(Pb<v1::DeleteLowStockRuleRequest>(absl::Substitute("rule_id: '$0'", Name("gone")))));
  Must(client().Call(Pb<v1::SetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: 'web' quantity: 9", Sku()))));
  EXPECT_THAT(Verify(), IsEmpty());
  const std::size_t movements = MovementsOf(Sku()).size();
  Damage("UPDATE item SET kits = 0, quotas = 3, low_stock_rules = 1 WHERE sku = $sku");
  ExpectMended({"REFERENCES_NOT_COUNTED - kits 2 but 0", "REFERENCES_NOT_COUNTED - quotas 1 but 3",
                "REFERENCES_NOT_COUNTED - low_stock_rules 2 but 1"});
  EXPECT_EQ(MovementsOf(Sku()).size(), movements);
  Damage("DELETE FROM item WHERE sku = $sku");
  EXPECT_THAT(Verify(true), ElementsAre("SEQUENCE_NOT_DENSE - sequence 2 but 0 repaired",
                                        "REFERENCES_NOT_COUNTED - kits 2 but 0 repaired",
                                        "REFERENCES_NOT_COUNTED - quotas 1 but 0 repaired",
                                        "REFERENCES_NOT_COUNTED - low_stock_rules 2 but 0 repaired"));
  EXPECT_THAT(Verify(), IsEmpty());
}

TEST_F(VerifyTest, HoldsAreLookedAtFromTheFirstExpiryOn) {
  const v1::Reservation hold = Must(Reserve(client(), {{Sku(), 2}}, {.ttl = absl::Minutes(10)})).reservation();
  EXPECT_THAT(Verify(), IsEmpty());
  const std::string expiry =
      absl::StrCat(google::protobuf::util::TimeUtil::TimestampToMicroseconds(hold.expire_time()));
  Damage("UPDATE item SET next_hold_expiry = NULL WHERE sku = $sku");
  ExpectMended({absl::StrCat("NEXT_HOLD_EXPIRY_LATE - next_hold_expiry ", expiry, " but 0")});
  Damage("UPDATE item SET next_hold_expiry = '2999-01-01 00:00:00' WHERE sku = $sku");
  ExpectMended({absl::StrCat("NEXT_HOLD_EXPIRY_LATE - next_hold_expiry ", expiry, " but 32472144000000000")});
  // Too early costs a look and is no mistake.
  Damage("UPDATE item SET next_hold_expiry = DEFAULT WHERE sku = $sku");
  EXPECT_THAT(Verify(), IsEmpty());
}

// A rule that was not counted was not judged either; it is once it counts again.
TEST_F(VerifyTest, ARuleThatWasNotCountedIsJudgedAfterTheRepair) {
  Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(
      absl::Substitute("rule { rule_id: '$0' sku: '$1' threshold: 5 activity: 'log' }", Name("rule"), Sku()))));
  Damage("UPDATE item SET low_stock_rules = 0, followed = 0 WHERE sku = $sku");
  SetStock(Sku(), "w1", 5);
  const auto is_low = [&] {
    return Must(client().Call(Pb<v1::GetLowStockRuleRequest>(absl::Substitute("rule_id: '$0'", Name("rule"))))).low();
  };
  EXPECT_FALSE(is_low());
  EXPECT_THAT(Verify(true), ElementsAre("REFERENCES_NOT_COUNTED - low_stock_rules 1 but 0 repaired"));
  EXPECT_TRUE(Eventually(is_low));
}

// To release a hold takes counters that add up, so that the repair must come first.
TEST_F(VerifyTest, ADeadHoldDoesNotKeepADamagedSkuFromItsRepair) {
  Must(Reserve(client(), {{Sku(), 2}}, {.ttl = absl::Milliseconds(200)}));
  Damage("UPDATE item SET sequence = 1 WHERE sku = $sku");
  Damage("UPDATE stock_level SET reserved = 1 WHERE sku = $sku");
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(Outcome(client().Call(
                Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 1", Sku())))),
            "INTERNAL STOCK_MISMATCH");
  ExpectMended({"RESERVED_NOT_SUM_OF_ALLOCATIONS w1 reserved 6 but 1", "LEVEL_NOT_SUM_OF_MOVEMENTS w1 reserved 6 but 1",
                "SEQUENCE_NOT_DENSE - sequence 3 but 1"});
  SetStock(Sku(), "w1", 11);
  EXPECT_EQ(Level(), "11 on hand, 4 reserved, 0 safety, 7 available");
}

TEST_F(VerifyTest, EveryDamageAtOnceIsMendedByOneMovement) {
  Must(CreateShipment(client(), order_, "w1"));
  Damage("UPDATE stock_level SET on_hand = 9, reserved = -2, version = 0 WHERE sku = $sku");
  Damage("UPDATE item SET sequence = 1 WHERE sku = $sku");
  Damage("UPDATE allocation SET in_shipment = 0 WHERE sku = $sku");
  ExpectMended({"RESERVED_NOT_SUM_OF_ALLOCATIONS w1 reserved 4 but -2",
                "LEVEL_NOT_SUM_OF_MOVEMENTS w1 on_hand 10 but 9", "LEVEL_NOT_SUM_OF_MOVEMENTS w1 reserved 4 but -2",
                "NEGATIVE_QUANTITY w1 reserved 0 but -2", "VERSION_NOT_DENSE w1 version 2 but 0",
                "SEQUENCE_NOT_DENSE - sequence 2 but 1", "SHIPMENT_NOT_BOUND w1 in_shipment 4 but 0"});
  EXPECT_EQ(Level(), "9 on hand, 4 reserved, 0 safety, 5 available");
  EXPECT_EQ(MovementsOf(Sku()).size(), 3u);
}

// Damage that no movement can mend: the suite's last check must not find it.
class LostMovementTest : public VerifyTest {
 protected:
  void TearDown() override {
    for (const char* table : {"movement", "stock_level", "allocation", "reservation_line", "item"}) {
      Damage(absl::StrCat("DELETE FROM ", table, " WHERE sku = $sku"));
    }
  }
};

// The balance can be mended, the hole cannot: nobody knows what the movement was. It stays reported, and no further
// correction is made for it.
TEST_F(LostMovementTest, AMissingMovementStaysReported) {
  SetStock(Sku(), "w1", 15);
  Damage("DELETE FROM movement WHERE sku = $sku AND sequence = 1");
  EXPECT_THAT(Verify(true),
              ElementsAre("LEVEL_NOT_SUM_OF_MOVEMENTS w1 on_hand 5 but 15 repaired",
                          "VERSION_NOT_DENSE w1 movements 3 but 2", "SEQUENCE_NOT_DENSE - movements 3 but 2"));
  const std::vector<std::string> rest = {"VERSION_NOT_DENSE w1 movements 4 but 3",
                                         "SEQUENCE_NOT_DENSE - movements 4 but 3"};
  EXPECT_THAT(Verify(), ElementsAreArray(rest));
  EXPECT_THAT(Verify(true), ElementsAreArray(rest));
  EXPECT_EQ(MovementsOf(Sku()).size(), 3u);
}

// A version ahead of the ledger is a last movement that is missing.
TEST_F(LostMovementTest, AVersionAheadOfTheLedgerStaysReported) {
  Damage("UPDATE stock_level SET version = 5 WHERE sku = $sku");
  EXPECT_THAT(Verify(true), ElementsAre("VERSION_NOT_DENSE w1 version 2 but 5"));
  EXPECT_THAT(Verify(), ElementsAre("VERSION_NOT_DENSE w1 version 2 but 5"));
}

}  // namespace
}  // namespace inventory::integration
