// Calls whose requests come late, in part or not at all.
#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/attacked_server.h"
#include "tests/integration/opened_call.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr char kGetStockLevel[] = "/inventory.v1.InventoryService/GetStockLevel";
constexpr char kSlow[] = "inventory_limit_refusals_total{reason=\"slow_client\",what=\"request\"}";
constexpr char kMany[] = "inventory_limit_refusals_total{reason=\"too_many_of_a_host\",what=\"request\"}";

class UnfinishedRequestsTest : public AttackTest {
 protected:
  static double Calls(const std::string& code) {
    return Metric(absl::StrCat("inventory_rpc_total{code=\"", code,
                               "\",method=\"GetStockLevel\",service=\"inventory.v1.InventoryService\"}"));
  }
};

// 400 of them may wait: --max-calls-per-client for all hosts and as many for theirs.
TEST_F(UnfinishedRequestsTest, AreCutAndManyOfAHostRefused) {
  const double slow_before = Metric(kSlow);
  const double many_before = Metric(kMany);
  const std::vector<std::string> paths = {kGetStockLevel, "/inventory.v1.InventoryService/ExportInventory",
                                          "/inventory.v1.InventoryService/Watch", "/grpc.health.v1.Health/Check",
                                          "/grpc.health.v1.Health/Watch"};
  std::vector<RawConnection> connections;
  for (int i = 0; i < 20; ++i) {
    RawConnection& connection = connections.emplace_back(port(), "127.0.0.2");
    ASSERT_TRUE(connection.Begin());
    for (uint32_t stream = 1; stream < 100; stream += 2) {
      connection.Send(CallFrame(stream, paths[stream / 2 % paths.size()]));
      connection.Send(FrameOf(FrameType::kData, 0, stream, MessageOf("", false, 1000)));
    }
  }
  ExpectServesOthers();
  // Each is cut or refused, once. A slow machine may have cut the first before the last came.
  EXPECT_TRUE(Eventually([&] { return Metric(kSlow) - slow_before + Metric(kMany) - many_before >= 1000; }));
  EXPECT_GE(Metric(kSlow) - slow_before, 400);
  EXPECT_EQ(Metric(kSlow) - slow_before + Metric(kMany) - many_before, 1000);
  // The first status of each connection is in plain text.
  int cut = 0;
  int refused = 0;
  for (RawConnection& connection : connections) {
    const auto first = connection.ReadUntil(FrameType::kHeaders);
    ASSERT_TRUE(first.has_value());
    const bool told_when = absl::StrContains(first->payload, "grpc-retry-pushback-ms");
    if (absl::StrContains(first->payload, StatusIn(1))) ++cut;
    if (absl::StrContains(first->payload, StatusIn(8)) && told_when) ++refused;
  }
  EXPECT_EQ(cut + refused, 20);
  EXPECT_GT(cut, 0);
  EXPECT_GT(refused + (Metric(kSlow) - slow_before - 400), 0);
}

// More than gRPC may have for all connections: it then takes no more of them.
TEST_F(UnfinishedRequestsTest, LargeOnesTakeNoMoreMemoryThanConnectionsMay) {
  const std::size_t peak_before = PeakMemory();
  std::vector<RawConnection> connections;
  constexpr std::size_t kEach = 2'000'000;
  std::size_t sent = 0;
  int held_back = 0;  // May wait until they are cut.
  for (int i = 0; i < 200 && held_back < 20; ++i) {
    RawConnection& connection = connections.emplace_back(port(), "127.0.0.2");
    if (!connection.Begin()) continue;
    connection.Send(CallFrame(1, kGetStockLevel));
    connection.Send(FrameOf(FrameType::kData, 0, 1, MessageOf("", false, 4'000'000)));
    const std::size_t taken = Pump(connection, kEach);
    sent += taken;
    if (taken < kEach) ++held_back;
    if (i % 10 == 0) ExpectServesOthers();
  }
  EXPECT_GT(sent, std::size_t{16} << 20);
  EXPECT_EQ(held_back, 20);
  ExpectPeakBelow(peak_before + (std::size_t{64} << 20) + kGrowth);
  ExpectServesOthers();
}

TEST_F(UnfinishedRequestsTest, TellTheirCallersWhyTheyWereCut) {
  const grpc::Status status = OpenedCall(client(), kGetStockLevel).End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_THAT(status.error_message(), HasSubstr("slow-client-timeout"));
}

TEST_F(UnfinishedRequestsTest, ThatEndWithoutOneAreMalformed) {
  OpenedCall call(client(), kGetStockLevel);
  call.EndWithoutRequest();
  EXPECT_EQ(Outcome(FromGrpc(call.End())), "INVALID_ARGUMENT MALFORMED_REQUEST");
}

// A message that breaks off is none.
TEST_F(UnfinishedRequestsTest, ThatBreakOffEnd) {
  RawConnection ended(port(), "127.0.0.2");
  ASSERT_TRUE(ended.Begin());
  ended.Send(CallFrame(1, kGetStockLevel));
  ended.Send(FrameOf(FrameType::kData, kEndStream, 1, MessageOf("abc", false, 1000)));
  EXPECT_TRUE(ended.ReadUntil(FrameType::kHeaders, 1).has_value());
  RawConnection reset(port(), "127.0.0.2");
  ASSERT_TRUE(reset.Begin());
  reset.Send(CallFrame(1, kGetStockLevel));
  reset.Send(FrameOf(FrameType::kData, 0, 1, MessageOf("abc", false, 1000)));
  reset.Send(FrameOf(FrameType::kReset, 0, 1, std::string("\0\0\0\x08", 4)));
}

// Who goes away, or sends too much, is no call of the RPC.
TEST_F(UnfinishedRequestsTest, AreNoCallsOfTheRpc) {
  const double before = Calls("INVALID_ARGUMENT");
  OpenedCall cancelled(client(), kGetStockLevel);
  cancelled.Cancel();
  EXPECT_EQ(cancelled.End().error_code(), grpc::StatusCode::CANCELLED);
  v1::GetStockLevelRequest large;
  large.set_sku(std::string(5 << 20, 'a'));
  EXPECT_EQ(client().Call(large).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(client().Call(v1::GetStockLevelRequest()).ok());
  EXPECT_EQ(Calls("INVALID_ARGUMENT"), before + 1);
}

// The stop waits for them no longer than a second, and not for as long as calls may take.
TEST(UnfinishedRequestsStopTest, HoldNoStop) {
  const storage::DatabaseOptions database = storage::NewDatabase();
  ProgramRun server({INVENTORY_SERVER_BINARY, "serve", "--database-url=" + storage::UrlOf(database),
                     absl::StrCat("--listen=127.0.0.1:", FreePort()), "--metrics-listen=", "--shutdown-grace=5m"});
  ASSERT_TRUE(Eventually([&server] { return absl::StrContains(server.output(), "INFO serving"); })) << server.output();
  const std::string log = server.output();
  const Client client(absl::StrCat("127.0.0.1:", std::atoi(&log[log.find(" port=") + 6])));
  OpenedCall call(client, kGetStockLevel);
  ASSERT_TRUE(client.Call(v1::ListWarehousesRequest()).ok());  // It has come before this one.
  server.Signal(SIGTERM);
  // Cut, or with the connection.
  EXPECT_THAT(call.End().error_code(), AnyOf(grpc::StatusCode::CANCELLED, grpc::StatusCode::UNAVAILABLE));
  EXPECT_EQ(server.Wait(), 0);
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
