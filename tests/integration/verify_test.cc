// VerifyStock and the command verify: each kind of damage is found, named and mended, also while others write.
#include <atomic>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

class VerifyTest : public ServerTest {
 protected:
  // A SKU with movements of several kinds: "10 on hand, 4 reserved, 0 safety, 6 available" in w1 at version 2.
  void SetUp() override {
    SetStock(Sku(), "w1", 10);
    order_ = Must(Reserve(client(), {{Sku(), 4}}, {.commit = true})).reservation().reservation_id();
  }

  // Runs the statement with the test's SKU in place of $sku.
  void Damage(const std::string& statement) const { Sql(absl::StrReplaceAll(statement, {{"$sku", Quoted(Sku())}})); }
  static std::string Quoted(const std::string& text) { return absl::StrCat("'", text, "'"); }

  // "VERSION_NOT_DENSE w1 version 3 but 1": what it should be and what is stored, "repaired" at the end if it was.
  static std::string Show(const v1::Mismatch& mismatch) {
    return absl::StrCat(mismatch.check(), " ", mismatch.warehouse_id().empty() ? "-" : mismatch.warehouse_id(), " ",
                        mismatch.quantity(), " ", mismatch.expected(), " but ", mismatch.actual(),
                        mismatch.repaired() ? " repaired" : "");
  }
  std::vector<std::string> Verify(bool repair = false) const {
    std::vector<std::string> shown;
    for (const v1::Mismatch& mismatch : VerifyAll(client(), repair, Name(""))) {
      EXPECT_EQ(mismatch.sku(), Sku());
      shown.push_back(Show(mismatch));
    }
    return shown;
  }

  // The damage is reported as `expected`, without a write; a repair mends all of it.
  void ExpectMended(const std::vector<std::string>& expected) const {
    const std::size_t movements = MovementsOf(Sku()).size();
    EXPECT_THAT(Verify(), ElementsAreArray(expected));
    EXPECT_EQ(MovementsOf(Sku()).size(), movements);
    std::vector<std::string> repaired;
    for (const std::string& mismatch : expected) repaired.push_back(mismatch + " repaired");
    EXPECT_THAT(Verify(true), ElementsAreArray(repaired));
    EXPECT_THAT(Verify(), IsEmpty());
  }
  std::string Level() const { return integration::Show(LevelOf(Sku(), "w1")); }

  std::string order_;
};

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

TEST_F(VerifyTest, ARepeatedRepairGetsTheFirstAnswerAndRepairsNothingTwice) {
  Damage("UPDATE stock_level SET on_hand = 12 WHERE sku = $sku");
  auto request = Pb<v1::VerifyStockRequest>(
      absl::Substitute("request_id: '$0' sku_prefix: '$1' repair: true", Name("repair"), Name("")));
  const v1::VerifyStockResponse first = Must(client().Call(request));
  EXPECT_EQ(first.mismatches_size(), 1);
  Damage("UPDATE stock_level SET on_hand = 13 WHERE sku = $sku");
  EXPECT_THAT(Must(client().Call(request)), EqualsProto(first));
  EXPECT_THAT(Must(replica().Call(request)), EqualsProto(first));
  EXPECT_EQ(MovementsOf(Sku()).size(), 3u);
  request.set_sku_prefix(Sku());
  EXPECT_EQ(Outcome(client().Call(request)), "ALREADY_EXISTS REQUEST_ID_REUSED");
  ExpectMended({"LEVEL_NOT_SUM_OF_MOVEMENTS w1 on_hand 12 but 13"});
}

TEST_F(VerifyTest, PagesCoverEverySkuOnce) {
  std::vector<std::string> damaged;
  for (int i = 0; i < 7; ++i) {
    const std::string sku = Name(absl::StrCat("p", i));
    SetStock(sku, "w1", 1);
    SetStock(sku, "w2", 1);
    if (i % 3 == 0) damaged.push_back(sku);
  }
  for (const std::string& sku : damaged) {
    Sql(absl::Substitute("UPDATE stock_level SET on_hand = 2 WHERE sku = '$0' AND warehouse_id = 'w2'", sku));
  }
  for (const bool repair : {false, true}) {
    auto request =
        Pb<v1::VerifyStockRequest>(absl::Substitute("sku_prefix: '$0p' page_size: 2 repair: $1", Name(""), repair));
    std::vector<std::string> found;
    int64_t skus = 0;
    int64_t levels = 0;
    int pages = 0;
    do {
      const v1::VerifyStockResponse page = Must(client().Call(request));
      for (const v1::Mismatch& mismatch : page.mismatches()) found.push_back(mismatch.sku());
      skus += page.skus_checked();
      levels += page.levels_checked();
      ++pages;
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(found, damaged);
    EXPECT_EQ(skus, 7);
    EXPECT_EQ(levels, 14);
    EXPECT_EQ(pages, 4);
  }
}

TEST_F(VerifyTest, APageTokenBelongsToItsPrefix) {
  SetStock(Sku("b"), "w1", 1);
  auto request = Pb<v1::VerifyStockRequest>(absl::Substitute("sku_prefix: '$0' page_size: 1", Name("")));
  request.set_page_token(Must(client().Call(request)).next_page_token());
  request.set_repair(true);
  Must(client().Call(request));
  request.set_sku_prefix(Sku());
  EXPECT_THAT(ViolationsOf(client().Call(request).status()), ElementsAre("page_token"));
  EXPECT_THAT(ViolationsOf(client().Call(Pb<v1::VerifyStockRequest>("page_size: -1")).status()),
              ElementsAre("page_size"));
}

// Writers go on while levels are damaged and mended: nothing of theirs is lost, and no sound moment is reported.
TEST_F(VerifyTest, RepairsUnderLoadWithoutLosingWrites) {
  constexpr int kWriters = 6;
  constexpr int kRounds = 20;
  replica();
  std::vector<absl::Status> results(kWriters);
  std::atomic<int> writing = kWriters;
  Together(kWriters + 1, [&](int thread) {
    if (thread == kWriters) {
      do {
        // Under the lock of the SKU, or the damage itself could be overwritten.
        Damage(
            "UPDATE item i STRAIGHT_JOIN stock_level l ON l.sku = i.sku SET i.sequence = i.sequence, "
            "l.on_hand = l.on_hand + 100, l.reserved = l.reserved + 3 WHERE i.sku = $sku");
        const auto found = VerifyAll(replica(), true, Name(""));
        EXPECT_THAT(found, Not(IsEmpty()));
        for (const v1::Mismatch& mismatch : found) EXPECT_TRUE(mismatch.repaired()) << mismatch.DebugString();
        EXPECT_THAT(VerifyAll(replica(), false, Name("")), IsEmpty());
      } while (writing > 0);
      return;
    }
    const Client& caller = thread % 2 == 0 ? client() : replica();
    for (int i = 0; i < kRounds; ++i) {
      results[thread].Update(
          caller.Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 1", Sku())))
              .status());
      const auto reserved = Reserve(caller, {{Sku(), 1}});
      results[thread].Update(reserved.status());
      if (reserved.ok() && i % 2 == 0) {
        results[thread].Update(Cancel(caller, reserved->reservation().reservation_id()).status());
      }
    }
    --writing;
  });
  EXPECT_THAT(results, ::testing::Each(absl::OkStatus()));
  EXPECT_THAT(Verify(), IsEmpty());
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand() % 100, (10 + kWriters * kRounds) % 100);
  EXPECT_EQ(LevelOf(Sku(), "w1").reserved(), 4 + kWriters * kRounds / 2);
}

// A SKU whose numbers are broken can't be written until it is mended; the others, which share its batches, can.
TEST_F(VerifyTest, ADamagedSkuIsRefusedAndHurtsNoOther) {
  Damage("UPDATE item SET sequence = 0 WHERE sku = $sku");
  constexpr int kWriters = 8;
  constexpr int kCalls = 5;
  std::vector<absl::Status> results(kWriters);
  Together(kWriters, [&](int thread) {
    for (int i = 0; i < kCalls; ++i) {
      results[thread].Update(
          client()
              .Call(Pb<v1::AdjustStockRequest>(absl::Substitute(
                  "sku: '$0' warehouse_id: 'w1' delta: 1", thread == 0 ? Sku() : Name(absl::StrCat("sound", thread)))))
              .status());
    }
  });
  EXPECT_EQ(Outcome(results[0]), "INTERNAL STOCK_MISMATCH");
  EXPECT_THAT(MetadataOf(results[0]), ElementsAre(Pair("sku", Sku())));
  // Once for each call.
  const std::string logged = absl::StrCat("what is stored of ", Sku(), " does not add up");
  EXPECT_TRUE(Eventually([&] {
    const std::string output = server().run().output();
    return std::vector<std::string>(absl::StrSplit(output, logged)).size() == kCalls + 1;
  }));
  for (int thread = 1; thread < kWriters; ++thread) {
    EXPECT_TRUE(results[thread].ok()) << results[thread];
    EXPECT_EQ(LevelOf(Name(absl::StrCat("sound", thread)), "w1").on_hand(), kCalls);
  }
  ExpectMended({"SEQUENCE_NOT_DENSE - sequence 2 but 0"});
  SetStock(Sku(), "w1", 11);
}

TEST_F(VerifyTest, TheCommandReportsByItsOutputAndExitCode) {
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"verify", "--database-url=" + storage::UrlOf(database()),
                                          "--sku-prefix=" + Name("")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunServerProgram(arguments);
  };
  const Finished sound = run({});
  EXPECT_EQ(sound.exit_code, 0) << sound.output;
  EXPECT_THAT(sound.output, HasSubstr("\n1 SKUs, 1 levels, 0 mismatches, 0 repaired\n"));

  Damage("UPDATE stock_level SET on_hand = 12 WHERE sku = $sku");
  const std::string line =
      absl::Substitute("LEVEL_NOT_SUM_OF_MOVEMENTS sku=$0 warehouse=w1 quantity=on_hand expected=10 actual=12", Sku());
  const Finished found = run({});
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_THAT(found.output, HasSubstr(line + "\n"));
  EXPECT_THAT(found.output, HasSubstr("\n1 SKUs, 1 levels, 1 mismatches, 0 repaired\n"));

  const Finished repaired = run({"--repair"});
  EXPECT_EQ(repaired.exit_code, 0);
  EXPECT_THAT(repaired.output, HasSubstr(line + " repaired\n"));
  EXPECT_THAT(repaired.output, HasSubstr("\n1 SKUs, 1 levels, 1 mismatches, 1 repaired\n"));
  EXPECT_EQ(run({}).exit_code, 0);
  EXPECT_EQ(MovementsOf(Sku()).back().actor(), "verify");
}

}  // namespace
}  // namespace inventory::integration
