// inventoryctl against the real server: an order's life, lists, errors and exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "tests/cli/program.h"
#include "tests/cli/shop.h"

namespace inventory::cli {
namespace {

using integration::FreePort;
using integration::ScratchFolder;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// One shop for all tests here.
class ToolTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { shop_ = new Shop; }
  static void TearDownTestSuite() {
    delete shop_;
    shop_ = nullptr;
  }

  static Finished Run(const Words& words, int exit_code = 0) { return shop_->Run(words, exit_code); }
  static nlohmann::json Json(const Words& words) {
    return nlohmann::json::parse(Run(words).out, nullptr, /*allow_exceptions=*/false);
  }
  static Words Lines(const std::string& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

  static Shop* shop_;
};
Shop* ToolTest::shop_ = nullptr;

TEST_F(ToolTest, CarriesAnOrderThroughItsLife) {
  Words words = {"reserve", "web-eu", "JEANS-M=12", "--ttl", "15m", "--order", "1001", "--reservation-id", "R-1001"};
  nlohmann::json reservation = Json(words)["reservation"];
  EXPECT_EQ(reservation["state"], "RESERVATION_STATE_HELD");
  EXPECT_EQ(reservation["lines"][0]["allocations"][0]["reserved_quantity"], "10");
  EXPECT_EQ(Json({"confirm", "R-1001"})["reservation"]["state"], "RESERVATION_STATE_COMMITTED");
  Run({"create", "shipment", "R-1001", "ber-1", "--shipment-id", "S-1001"});
  Run({"mark", "shipment-ready", "S-1001"});
  EXPECT_EQ(Json({"ship", "S-1001", "--carrier", "DHL"})["shipment"]["carrier"], "DHL");
  Run({"deliver", "shipment", "S-1001"});
  Run({"return", "R-1001", "JEANS-M=1", "--warehouse-id", "ber-1", "--disposition", "restock"});
  Run({"cancel", "reservation", "R-1001"});
  EXPECT_EQ(Json({"get", "reservation", "R-1001"})["state"], "RESERVATION_STATE_CANCELLED");
  EXPECT_EQ(Run({"ledger", "JEANS-M", "ber-1", "-o", "table"}).out.substr(0, 53),
            "CREATE TIME           SKU      WAREHOUSE  SEQUENCE  T");
  EXPECT_EQ(Lines(Run({"ledger", "JEANS-M", "ber-1"}).out).size(), 4u);  // Count, reserve, ship, return.
  EXPECT_EQ(Json({"availability", "web-eu", "JEANS-M"})["availabilities"][0]["quantity"], "101");
  const Finished verified = Run({"verify"});
  EXPECT_EQ(verified.out, "");
  EXPECT_THAT(verified.err, HasSubstr("skus checked: "));
}

TEST_F(ToolTest, AWriteWithAnIdHappensOnce) {
  Run({"set", "stock", "ONCE", "ber-1", "5"});
  const Words words = {"adjust", "ONCE", "ber-1", "-2", "--request-id", "once"};
  EXPECT_EQ(Run(words).out, Run(words).out);
  EXPECT_EQ(Json({"get", "stock-level", "ONCE", "ber-1"})["on_hand"], "3");
  const Finished reused = Run({"adjust", "ONCE", "ber-1", "-1", "--request-id", "once"}, 1);
  EXPECT_THAT(reused.err, StartsWith("error: ALREADY_EXISTS REQUEST_ID_REUSED: "));
}

TEST_F(ToolTest, ListsAllPagesUpToALimit) {
  const ScratchFolder folder;
  std::ofstream file(folder.path() + "/rows.json");
  nlohmann::json updates = nlohmann::json::array();
  for (int i = 0; i < 1001; ++i) {
    updates.push_back({{"sku", absl::StrCat("MANY-", i)}, {"warehouse_id", "ber-1"}, {"set_on_hand", "1"}});
  }
  file << nlohmann::json({{"updates", updates}, {"error_policy", "ERROR_POLICY_PER_ROW"}}).dump();
  file.close();
  Run({"batch", "update-stock", "--json", folder.path() + "/rows.json", "-o", "csv"});

  const Words list = {"list", "stock-levels", "--sku-prefix", "MANY-"};
  const auto with = [&](const Words& more) {
    Words words = list;
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  };
  const Finished some = with({});
  EXPECT_EQ(Lines(some.out).size(), 100u);
  EXPECT_EQ(some.err, "There are more than these 100: --limit 0 shows all, a larger --limit more.\n");
  const Finished all = with({"--limit", "0", "-o", "csv"});
  EXPECT_EQ(Lines(all.out).size(), 1002u);  // With the header.
  EXPECT_EQ(all.err, "");
  EXPECT_EQ(Lines(with({"--limit", "1001"}).out).size(), 1001u);
  EXPECT_EQ(with({"--limit", "1001"}).err, "");
  EXPECT_EQ(Lines(with({"--limit", "1000", "-o", "table"}).out).size(), 1001u);
  EXPECT_THAT(Run({"verify", "MANY-"}).err, HasSubstr("skus checked: 1001\n"));
}

TEST_F(ToolTest, UpdatesWhatIsNamedAndNothingElse) {
  Run({"create", "item", "UPD", "--label", "a=1", "--min-order-quantity", "2"});
  Run({"update", "item", "UPD", "--max-order-quantity", "9"});
  nlohmann::json item = Json({"get", "item", "UPD"});
  EXPECT_EQ(item["max_order_quantity"], "9");
  EXPECT_EQ(item["min_order_quantity"], "2");
  EXPECT_EQ(item["labels"]["a"], "1");
  item = Json({"update", "item", "UPD", "--clear", "labels", "--clear", "min-order-quantity"});
  EXPECT_FALSE(item.contains("labels"));
  EXPECT_EQ(item["min_order_quantity"], "1");
  EXPECT_THAT(Run({"update", "item", "UPD", "--max-order-quantity", "8", "--etag", "77"}, 1).err,
              AllOf(StartsWith("error: ABORTED ETAG_MISMATCH: "), HasSubstr("repeat with its new --etag")));
}

TEST_F(ToolTest, SaysWhyTheServiceRefuses) {
  const Finished refused = Run({"reserve", "web-eu", "JEANS-M=5000"}, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, StartsWith("error: FAILED_PRECONDITION INSUFFICIENT_STOCK: "));
  EXPECT_THAT(refused.err, HasSubstr("\n  requested: 5000\n"));
  EXPECT_THAT(Run({"reserve", "web-eu", "JEANS-M=0", "--ttl", "2h", "--commit"}, 1).err,
              AllOf(HasSubstr("\n  SKU=QUANTITY (lines[0].quantity): "), HasSubstr("\n  --ttl (ttl): "),
                    HasSubstr("\n  see inventoryctl reserve --help\n")));
}

TEST_F(ToolTest, ReportsRowsThatFailed) {
  const Finished run =
      Run({"batch", "update-stock", "--error-policy", "per-row", "-o", "table", "--update",
           "sku=B,warehouse-id=nope,set-on-hand=1", "--update", "sku=B,warehouse-id=ber-1,set-on-hand=1"},
          1);
  EXPECT_THAT(run.out, HasSubstr("there is no warehouse nope"));
  EXPECT_THAT(run.out, HasSubstr("failed count: 1\n"));
  EXPECT_EQ(Json({"get", "stock-level", "B", "ber-1"})["on_hand"], "1");
}

TEST_F(ToolTest, VerifySaysWhatDoesNotAddUpAndRepairsIt) {
  Run({"set", "stock", "BAD", "ber-1", "5"});
  Run({"verify", "BAD"});
  shop_->Damage("UPDATE stock_level SET on_hand = 7 WHERE sku = 'BAD'");
  constexpr int kMismatch = 4;
  const Finished found = Run({"verify", "BAD", "-o", "table"}, kMismatch);
  EXPECT_THAT(found.out, HasSubstr("BAD  ber-1      LEVEL_NOT_SUM_OF_MOVEMENTS"));
  const Finished repaired = Run({"verify", "BAD", "--repair"});
  EXPECT_THAT(repaired.out, HasSubstr("\"repaired\":true"));
  EXPECT_EQ(Run({"verify", "BAD"}).out, "");
}

TEST_F(ToolTest, EndsDifferentlyForUsageAndForNoAnswer) {
  EXPECT_EQ(Run({"get", "itme"}, 2).err,
            "error: get: unknown noun \"itme\"; did you mean item?\n  see inventoryctl get --help\n");
  EXPECT_EQ(Run({"list", "items", "--limit", "-1"}, 2).err,
            "error: --limit: expected a number, 0 for all, not \"-1\"\n  see inventoryctl list items --help\n");
  Run({"get", "item", "A", "--token-file", "/nowhere"}, 2);
  const std::string dead = absl::StrCat("127.0.0.1:", FreePort());
  const Finished read = Run({"get", "item", "A", "--address", dead, "--timeout", "300ms"}, 3);
  EXPECT_THAT(read.err, HasSubstr("\n  try again; check --address"));
  const Finished write = Run({"set", "stock", "A", "ber-1", "1", "--address", dead, "--timeout", "300ms"}, 3);
  EXPECT_THAT(write.err, HasSubstr("repeat it with --request-id "));
}

TEST_F(ToolTest, GoesOnWithAnotherServerIfOneIsDead) {
  const std::string dead = absl::StrCat("127.0.0.1:", FreePort());
  Run({"get", "item", "JEANS-M", "--address", dead, "--address", shop_->address()});
}

TEST_F(ToolTest, FailsIfItsAnswerCantBeWritten) {
  const Finished run = RunProgram({"/bin/sh", "-c", "\"$0\" list items >/dev/full", INVENTORYCTL_BINARY},
                                  {{"INVENTORY_ADDRESS", shop_->address()}, {"INVENTORY_TIMEOUT", "60s"}});
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_EQ(run.err, "error: the answer could not be written\n");
}

TEST_F(ToolTest, AsksForTheServersHealth) {
  EXPECT_EQ(Run({"health"}).out, "{\"status\":\"SERVING\"}\n");
  EXPECT_EQ(Json({"health", "inventory.v1.InventoryService"})["status"], "SERVING");
  EXPECT_THAT(Run({"health", "nowhere.Service"}, 1).err, StartsWith("error: NOT_FOUND"));
  const std::string dead = absl::StrCat("127.0.0.1:", FreePort());
  EXPECT_THAT(Run({"health", "--address", dead, "--timeout", "300ms"}, 3).err, HasSubstr("check --address"));
}

TEST_F(ToolTest, TakesProfiles) {
  const ScratchFolder home;
  std::filesystem::create_directory(home.path() + "/inventory");
  std::ofstream(home.path() + "/inventory/config.toml")
      << "[shop]\naddress = \"" << shop_->address() << "\"\noutput = \"csv\"\ntimeout = \"60s\"\n";
  const Finished run = RunTool({"get", "item", "JEANS-M", "--profile", "shop"}, {{"XDG_CONFIG_HOME", home.path()}});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, StartsWith("sku,tracking,"));
}

TEST(ToolHelpTest, NeedsNoServer) {
  const Finished overview = RunTool({}, {});
  EXPECT_EQ(overview.exit_code, 0);
  EXPECT_THAT(overview.out, StartsWith("inventoryctl COMMAND"));
  EXPECT_EQ(RunTool({"version"}, {}).out, absl::StrCat("inventoryctl ", INVENTORY_VERSION, "\n"));
  EXPECT_EQ(RunTool({"--version"}, {}).out, RunTool({"version"}, {}).out);
  EXPECT_THAT(RunTool({"get", "item", "--help"}, {}).out, HasSubstr("ITEM_NOT_FOUND {sku}"));
}

TEST(ToolHelpTest, TheManualPageHasEverything) {
  const Finished run = RunTool({"man"}, {});
  EXPECT_THAT(run.out, StartsWith(".TH INVENTORYCTL 1 "));
  EXPECT_THAT(run.out, HasSubstr("\n.SS inventoryctl set stock SKU WAREHOUSE_ID ON_HAND [FLAGS]\n"));
  EXPECT_THAT(run.out, HasSubstr("INVENTORY_TLS_CA"));
}

}  // namespace
}  // namespace inventory::cli
