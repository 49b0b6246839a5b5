// Connections and frames that no honest client sends: the server serves others meanwhile and afterwards, and its memory
// is back after each.
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/integration/attacked_server.h"

namespace inventory::integration {
namespace {

const std::string kGetLevel = "/inventory.v1.InventoryService/GetStockLevel";

std::string GetLevel() {
  return MessageOf(Pb<v1::GetStockLevelRequest>("sku: 'sku' warehouse_id: 'w1'").SerializeAsString());
}

class AttacksTest : public AttackTest {
 protected:
  // What these bytes as a request are answered with.
  static std::string Answer(const std::string& path, const std::string& bytes) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    return Outcome(FromGrpc(grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
        client().channel().get(), method, &context, request, &response)));
  }
};

TEST_F(AttacksTest, PrefacesByteByByte) {
  const std::string preface = PrefaceOf();
  std::vector<RawConnection> connections;
  for (int i = 0; i < 100; ++i) connections.emplace_back(port(), "127.0.0.2");
  const absl::Time start = absl::Now();
  for (std::size_t at = 0; at < preface.size() - 1 && absl::Now() < start + absl::Seconds(5); ++at) {
    for (RawConnection& connection : connections) connection.Send(preface.substr(at, 1));
    absl::SleepFor(absl::Milliseconds(100));
    if (at % 10 == 0) ExpectServesOthers();
  }
  for (RawConnection& connection : connections) EXPECT_TRUE(connection.Ends());
}

TEST_F(AttacksTest, AnswersThatNobodyTakes) {
  const double before = Metric("inventory_limit_refusals_total{reason=\"slow_client\",what=\"call\"}");
  RawConnection connection(port(), "127.0.0.2");
  ASSERT_TRUE(connection.Begin({{kInitialWindowSize, 0}}));
  constexpr uint32_t kCalls = 50;
  for (uint32_t i = 0; i < kCalls; ++i) {
    connection.Send(CallFrame(2 * i + 1, kGetLevel));
    connection.Send(FrameOf(FrameType::kData, kEndStream, 2 * i + 1, GetLevel()));
  }
  ExpectServesOthers();
  EXPECT_TRUE(Eventually([&] {
    return Metric("inventory_limit_refusals_total{reason=\"slow_client\",what=\"call\"}") >= before + kCalls;
  }));
  EXPECT_TRUE(connection.ReadUntil(FrameType::kReset, 2 * kCalls - 1).has_value());
}

// Names of backslashes take twice as much in a statement. Calls that come while others are answered share a read.
TEST_F(AttacksTest, AvailabilityOfVeryManySkusAtOnce) {
  constexpr int kCalls = 160;
  constexpr int kSkus = 1000;
  std::vector<absl::Status> outcomes(kCalls);
  Together(kCalls, [&](int call) {
    v1::GetAvailabilityRequest request;
    request.set_channel_id("web");
    for (int i = 0; i < kSkus; ++i) {
      const std::string number = absl::StrCat(call * kSkus + i);
      request.add_skus(number + std::string(128 - number.size(), '\\'));
    }
    outcomes[static_cast<std::size_t>(call)] = client().Call(request).status();
  });
  for (const absl::Status& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << outcome;
  ExpectServesOthers();
}

TEST_F(AttacksTest, AnExportThatNobodyReads) {
  const double before = Metric("inventory_limit_refusals_total{reason=\"slow_client\",what=\"stream\"}");
  RawConnection connection(port(), "127.0.0.2");
  ASSERT_TRUE(connection.Begin({{kInitialWindowSize, 0}}));
  connection.Send(CallFrame(1, "/inventory.v1.InventoryService/ExportInventory"));
  const std::string request = Pb<v1::ExportInventoryRequest>("stock_levels {}").SerializeAsString();
  connection.Send(FrameOf(FrameType::kData, kEndStream, 1, MessageOf(request)));
  EXPECT_TRUE(connection.ReadUntil(FrameType::kReset, 1).has_value());
  // It is counted after it was cut.
  EXPECT_TRUE(Eventually(
      [&] { return Metric("inventory_limit_refusals_total{reason=\"slow_client\",what=\"stream\"}") == before + 1; }));
}

TEST_F(AttacksTest, StreamsThatAreResetAsSoonAsTheyAreOpened) {
  std::atomic<bool> attacking = true;
  std::thread attack([&attacking] {
    for (int round = 0; round < 5; ++round) {
      RawConnection connection(port(), "127.0.0.2");
      connection.Begin();
      for (uint32_t stream = 1; stream < 20'000; stream += 2) {
        const std::string frames = CallFrame(stream, kGetLevel) +
                                   FrameOf(FrameType::kData, kEndStream, stream, GetLevel()) +
                                   FrameOf(FrameType::kReset, 0, stream, std::string("\0\0\0\x08", 4));
        if (!connection.Send(frames)) break;
      }
    }
    attacking = false;
  });
  while (attacking) ExpectServesOthers();
  attack.join();
}

TEST_F(AttacksTest, HugeHeaders) {
  // Larger than may be: the call is refused.
  RawConnection connection(port(), "127.0.0.2");
  ASSERT_TRUE(connection.Begin());
  const std::string large = BlockOf(CallHeaders(kGetLevel, {{"x", std::string(20'000, 'a')}}));
  connection.Send(FrameOf(FrameType::kHeaders, 0, 1, large.substr(0, 10'000)));
  connection.Send(FrameOf(FrameType::kContinuation, kEndHeaders, 1, large.substr(10'000)));
  connection.Send(FrameOf(FrameType::kData, kEndStream, 1, GetLevel()));
  const auto refused = connection.ReadUntil(FrameType::kHeaders, 1);
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(refused->payload, ::testing::HasSubstr(StatusIn(8)));
  ExpectServesOthers();
  // A block without an end.
  RawConnection endless(port(), "127.0.0.2");
  ASSERT_TRUE(endless.Begin());
  endless.Send(FrameOf(FrameType::kHeaders, 0, 1, BlockOf(CallHeaders(kGetLevel))));
  const std::string more = FrameOf(FrameType::kContinuation, 0, 1, BlockOf({{"x", std::string(16'000, 'a')}}));
  int sent = 0;
  while (sent < 5'000 && endless.Send(more)) ++sent;
  EXPECT_GT(sent, 100);
  ExpectServesOthers();
  // A value without an end, which gRPC reads from its beginning again with each frame.
  RawConnection value(port(), "127.0.0.2");
  ASSERT_TRUE(value.Begin());
  std::string beginning("\0\x01x\x7F\xFF\xFF\xFF\x7F", 8);
  value.Send(FrameOf(FrameType::kHeaders, 0, 1, BlockOf(CallHeaders(kGetLevel)) + beginning));
  const std::string part = FrameOf(FrameType::kContinuation, 0, 1, std::string(16'000, 'a'));
  for (int i = 0; i < 200 && value.Send(part); ++i) {
  }
  ExpectServesOthers();
}

TEST_F(AttacksTest, MessagesThatSayTheyAreHuge) {
  static constexpr std::size_t kMost = std::size_t{1} << 30;
  std::vector<std::thread> attackers;
  for (int i = 0; i < 4; ++i) {
    attackers.emplace_back([] {
      RawConnection connection(port(), "127.0.0.2");
      ASSERT_TRUE(connection.Begin());
      connection.Send(CallFrame(1, kGetLevel));
      connection.Send(FrameOf(FrameType::kData, 0, 1, MessageOf("", false, 0xFFFF'FFFF)));
      EXPECT_LT(Pump(connection, kMost), kMost);
    });
  }
  ExpectServesOthers();
  for (std::thread& attacker : attackers) attacker.join();
}

TEST_F(AttacksTest, MessagesOfFourAndAHundredMegabytes) {
  v1::SetStockRequest request;
  request.set_sku("sku");
  request.set_warehouse_id("w1");
  for (const auto& [size, code] : {std::pair(4'000'000, absl::StatusCode::kInvalidArgument),
                                   std::pair(100'000'000, absl::StatusCode::kResourceExhausted)}) {
    request.set_reason(std::string(size, 'a'));
    std::vector<std::thread> attackers;
    for (int i = 0; i < (size > 10'000'000 ? 2 : 8); ++i) {
      attackers.emplace_back(
          [&request, code = code] { ExpectRefused(Client(server().address()).Call(request).status(), code); });
    }
    ExpectServesOthers();
    for (std::thread& attacker : attackers) attacker.join();
  }
}

// Whether the call on a new connection ends, with a status in its trailers or with a reset.
void ExpectEnds(int port, const Headers& headers, const std::string& message) {
  RawConnection connection(port, "127.0.0.2");
  ASSERT_TRUE(connection.Begin());
  connection.Send(FrameOf(FrameType::kHeaders, kEndHeaders, 1, BlockOf(headers)));
  connection.Send(FrameOf(FrameType::kData, kEndStream, 1, message));
  for (;;) {
    const auto frame = connection.Read();
    ASSERT_TRUE(frame.has_value());
    if (frame->type == FrameType::kReset || frame->type == FrameType::kGoAway) return;
    if (frame->type == FrameType::kHeaders && (frame->flags & kEndStream) != 0) return;
  }
}

// Values of no bytes, of which four megabytes would become two hundred and more in memory.
TEST_F(AttacksTest, MessagesOfTinyValues) {
  std::string lines;
  while (lines.size() < 4'000'000) lines.append("\x2A\0", 2);  // ReserveStockRequest.lines
  const std::size_t peak_before = PeakMemory();
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(Answer("/inventory.v1.InventoryService/ReserveStock", lines), "INVALID_ARGUMENT REQUEST_TOO_LARGE");
  }
  ExpectPeakBelow(peak_before + kGrowth);
}

TEST_F(AttacksTest, MessagesThatAreNestedDeeply) {
  // Groups in groups, of a field that nobody knows, and messages in messages.
  EXPECT_EQ(Answer(kGetLevel, std::string(1'000'000, '\x7B')), "INVALID_ARGUMENT MALFORMED_REQUEST");
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested = absl::StrCat("\x0A", std::string(1, static_cast<char>(i % 100)), nested);
  EXPECT_EQ(Answer("/inventory.v1.InventoryService/CreateItem", nested), "INVALID_ARGUMENT MALFORMED_REQUEST");
}

TEST_F(AttacksTest, MessagesThatUnfold) {
  // No encoding of requests is taken.
  for (const char* encoding : {"gzip", "deflate", "snappy", "identity"}) {
    ExpectEnds(port(), CallHeaders(kGetLevel, {{"grpc-encoding", encoding}}),
               MessageOf(std::string(10'000, '\x1F'), /*compressed=*/true));
  }
  const std::size_t peak_before = PeakMemory();
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
  v1::SetStockRequest request;
  request.set_reason(std::string(256 << 20, '\0'));  // A thousandth of that is sent.
  v1::SetStockResponse response;
  const grpc::Status status = v1::InventoryService::NewStub(client().channel())->SetStock(&context, request, &response);
  ExpectRefused(FromGrpc(status), absl::StatusCode::kUnimplemented);
  ExpectPeakBelow(peak_before + kGrowth);
}

TEST_F(AttacksTest, HeadersThatAreNoText) {
  for (const std::string& bytes : {std::string("\xC3\x28"), std::string("a\0b", 3), std::string("\r\nx: y")}) {
    ExpectEnds(port(), CallHeaders(kGetLevel, {{"x", bytes}}), GetLevel());
    ExpectEnds(port(), CallHeaders(absl::StrCat("/inventory.v1.InventoryService/", bytes)), GetLevel());
    ExpectEnds(port(), CallHeaders(kGetLevel, {{"authorization", bytes}}), GetLevel());
    ExpectEnds(port(), CallHeaders(kGetLevel, {{"grpc-timeout", bytes}}), GetLevel());
  }
}

TEST_F(AttacksTest, FloodsOfPingsSettingsAndWindows) {
  const std::string ping = FrameOf(FrameType::kPing, 0, 0, "12345678");
  RawConnection pinging(port(), "127.0.0.2");
  ASSERT_TRUE(pinging.Begin());
  for (int i = 0; i < 1000 && pinging.Send(ping); ++i) {
  }
  EXPECT_TRUE(pinging.Ends());
  // Others are kept for as long as any, and cost no memory.
  for (const std::string& frame :
       {FrameOf(FrameType::kSettings, 0, 0, std::string("\0\x04\0\x01\0\0", 6)),
        FrameOf(FrameType::kWindowUpdate, 0, 0, std::string("\0\0\0\x01", 4)), FrameOf(FrameType::kData, 0, 99, "")}) {
    RawConnection flooding(port(), "127.0.0.2");
    ASSERT_TRUE(flooding.Begin());
    for (int i = 0; i < 20'000 && flooding.Send(frame); ++i) {
    }
    ExpectServesOthers();
  }
}

TEST_F(AttacksTest, CallsOfReflectionTakeOnlySoManyThreads) {
  const auto threads = [] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(absl::StrCat("/proc/", server().pid(), "/task"))) {
      count += entry.exists() ? 1 : 0;
    }
    return count;
  };
  const std::size_t before = threads();
  RawConnection connection(port(), "127.0.0.2");
  ASSERT_TRUE(connection.Begin());
  for (uint32_t stream = 1; stream < 400; stream += 2) {
    connection.Send(CallFrame(stream, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"));
  }
  ExpectServesOthers();
  EXPECT_LT(threads(), before + 40);
}

}  // namespace
}  // namespace inventory::integration
