// VerifyStock and the command verify as they run: repeated, in pages, and while others write.
#include <atomic>

#include "absl/strings/str_split.h"
#include "tests/integration/verify_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

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
