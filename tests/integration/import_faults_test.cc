// Imports that break off: whatever happens, sending the same stream again finishes them, and nothing is done twice.
#include <signal.h>

#include <random>
#include <thread>

#include "tests/integration/bulk_calls.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

constexpr int kChunks = 60;
constexpr int kSkus = 20;

// Every third chunk is so large that it is read on another thread than those around it.
constexpr int RowsIn(int chunk) { return chunk % 3 == 0 ? 300 : 5; }
constexpr int kRows = kChunks / 3 * (RowsIn(0) + RowsIn(1) + RowsIn(2));

class ImportFaultsTest : public ServerTest {
 protected:
  // Every row adds units, so that one which is done twice or never shows.
  std::vector<v1::ImportChunk> Additions() {
    std::vector<v1::ImportChunk> chunks(kChunks);
    int64_t next_row = 1;
    for (int i = 0; i < kChunks; ++i) {
      chunks[i].set_first_row(next_row);
      next_row += RowsIn(i);
      for (int row = 0; row < RowsIn(i); ++row) {
        v1::StockUpdate& update = *chunks[i].add_stock_updates();
        update.set_sku(Sku(absl::StrCat(random_() % kSkus)));
        update.set_warehouse_id("w1");
        update.set_adjust_on_hand(1 + static_cast<int64_t>(random_() % 9));
        expected_[update.sku()].push_back(update.adjust_on_hand());
      }
    }
    return chunks;
  }

  // The ledger has exactly the rows, in order.
  void ExpectDoneOnce() const {
    for (const auto& [sku, deltas] : expected_) {
      std::vector<int64_t> ledger;
      for (const v1::Movement& movement : MovementsOf(sku)) ledger.push_back(movement.delta().on_hand());
      EXPECT_EQ(ledger, deltas) << sku;
    }
  }

  // Sends the import until a random moment, when `break_off` ends it. Answers how many chunks were answered.
  int BreakOff(const std::vector<v1::ImportChunk>& chunks, const std::function<void(ImportCall&)>& break_off) {
    const int wanted = 1 + static_cast<int>(random_() % 12);
    ImportCall call(client());
    std::thread sender([&] {
      bool open = call.Start(Name("id"));
      for (const v1::ImportChunk& chunk : chunks) open = open && call.SendChunk(chunk);
      if (open) call.SendEnd();
    });
    int answered = 0;
    while (call.Receive()) {
      if (++answered == wanted) break_off(call);
    }
    sender.join();
    call.Finish().IgnoreError();
    return answered;
  }

  std::mt19937 random_{20261128};
  std::map<std::string, std::vector<int64_t>> expected_;
};

TEST_F(ImportFaultsTest, OneThatIsCancelledGoesOnWhereItWas) {
  const std::vector<v1::ImportChunk> chunks = Additions();
  for (int i = 0; i < 6; ++i) BreakOff(chunks, [](ImportCall& call) { call.Cancel(); });
  EXPECT_EQ(Show(Import(client(), Name("id"), chunks)), absl::StrCat(kRows, " applied"));
  ExpectDoneOnce();
}

// Two callers send the same import at the same time, over two servers.
TEST_F(ImportFaultsTest, OneThatIsSentTwiceAtOnceIsDoneOnce) {
  const std::vector<v1::ImportChunk> chunks = Additions();
  replica();  // Started before several threads ask for it.
  Together(4, [&](int i) {
    const Imported imported = Import(i % 2 == 0 ? client() : replica(), Name("id"), chunks);
    EXPECT_EQ(Show(imported), absl::StrCat(kRows, " applied")) << imported.status;
  });
  ExpectDoneOnce();
}

TEST_F(ImportFaultsTest, OneWhoseServerIsKilledGoesOnWithTheNext) {
  const std::vector<v1::ImportChunk> chunks = Additions();
  for (int i = 0; i < 3; ++i) {
    BreakOff(chunks, [](ImportCall&) { server().run().Signal(SIGKILL); });
    server().run().Wait();
    server().Restart();
  }
  EXPECT_EQ(Show(Import(client(), Name("id"), chunks)), absl::StrCat(kRows, " applied"));
  ExpectDoneOnce();
}

// A stop is not held up by streams: they end after what has begun, and say that it is worth calling again.
TEST_F(ImportFaultsTest, AStoppingServerEndsItSoon) {
  const std::vector<v1::ImportChunk> chunks = Additions();
  ImportCall call(client(), absl::Minutes(2));
  call.Start(Name("id"));
  call.SendChunk(chunks[0]);
  ASSERT_TRUE(call.Receive());
  server().run().Signal(SIGTERM);
  EXPECT_FALSE(call.Receive());
  const absl::Status status = call.Finish();
  EXPECT_EQ(Outcome(status), "UNAVAILABLE STOPPING");
  EXPECT_TRUE(RetryDelayOf(status));
  EXPECT_EQ(server().run().Wait(), 0);
  server().Restart();
  EXPECT_EQ(Show(Import(client(), Name("id"), chunks)), absl::StrCat(kRows, " applied"));
  ExpectDoneOnce();
}

}  // namespace
}  // namespace inventory::integration
