// What the server offers besides its RPCs: reflection, channelz, health, metrics, and limits on what it takes.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;

constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kChannelzServers[] = "/grpc.channelz.v1.Channelz/GetServers";
constexpr char kSetStock[] = "/inventory.v1.InventoryService/SetStock";

// One message to any RPC and the one that comes back, for RPCs whose messages are not known here and for calls that no
// ordinary client makes. `context` may say how.
grpc::Status RawCall(const Client& client, const char* path, const std::string& request, std::string* response,
                     grpc::ClientContext& context) {
  const grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::NORMAL_RPC, client.channel());
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      client.channel().get(), method, &context, sent, &received);
  std::vector<grpc::Slice> slices;
  received.Dump(&slices).ok();
  for (const grpc::Slice& part : slices) response->append(reinterpret_cast<const char*>(part.begin()), part.size());
  return status;
}

grpc::Status RawCall(const Client& client, const char* path, const std::string& request, std::string* response) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + Client::kPatience));
  return RawCall(client, path, request, response, context);
}

// The values of a field of strings or messages in an encoded message.
std::vector<std::string> FieldOf(const std::string& message, int number) {
  google::protobuf::Empty parsed;
  EXPECT_TRUE(parsed.ParseFromString(message));
  const google::protobuf::UnknownFieldSet& fields = google::protobuf::Empty::GetReflection()->GetUnknownFields(parsed);
  std::vector<std::string> values;
  for (int i = 0; i < fields.field_count(); ++i) {
    if (fields.field(i).number() == number) values.push_back(fields.field(i).length_delimited());
  }
  return values;
}

// The names that reflection lists: list_services_response is field 6, its services and their names are fields 1.
std::set<std::string> ReflectedServices(const Client& client) {
  constexpr char kListServices[] = {7 << 3 | 2, 0};
  std::string response;
  EXPECT_TRUE(RawCall(client, kReflection, std::string(kListServices, 2), &response).ok());
  std::set<std::string> names;
  for (const std::string& list : FieldOf(response, 6)) {
    for (const std::string& service : FieldOf(list, 1)) names.insert(FieldOf(service, 1).at(0));
  }
  return names;
}

// The file that defines a symbol, as reflection gives it: file_descriptor_response is field 4.
google::protobuf::FileDescriptorProto ReflectedFile(const Client& client, const std::string& symbol) {
  std::string request = {4 << 3 | 2, static_cast<char>(symbol.size())};
  std::string response;
  EXPECT_TRUE(RawCall(client, kReflection, request + symbol, &response).ok());
  google::protobuf::FileDescriptorProto file;
  for (const std::string& files : FieldOf(response, 4)) EXPECT_TRUE(file.ParseFromString(FieldOf(files, 1).at(0)));
  return file;
}

class ServingTest : public ServerTest {
 public:
  static constexpr absl::Duration kDefaultDeadline = absl::Milliseconds(300);
  // One lane, so that a write waits for the one before it.
  static void SetUpTestSuite() {
    StartServer(
        {"--channelz", "--lanes=1", absl::StrCat("--default-deadline=", absl::FormatDuration(kDefaultDeadline))},
        /*metrics=*/true);
  }

 protected:
  // Every sample of the metrics by its name and labels.
  static std::map<std::string, double> Metrics() {
    std::map<std::string, double> samples;
    for (const absl::string_view line : absl::StrSplit(HttpGet(server().metrics_port(), "/metrics"), '\n')) {
      const std::size_t space = line.rfind(' ');
      double value = 0;
      if (line.empty() || line[0] == '#' || space == absl::string_view::npos) continue;
      if (absl::SimpleAtod(line.substr(space + 1), &value)) samples[std::string(line.substr(0, space))] = value;
    }
    return samples;
  }
  static std::string RpcSample(const std::string& metric, const std::string& method, const std::string& code) {
    return absl::Substitute("$0{code=\"$2\",method=\"$1\",service=\"inventory.v1.InventoryService\"}", metric, method,
                            code);
  }
};

TEST_F(ServingTest, ReflectionListsEveryServiceAndDescribesIt) {
  const std::set<std::string> listed = ReflectedServices(client());
  for (const char* name : {"inventory.v1.InventoryService", "inventory.v1.WarehouseService",
                           "inventory.v1.ChannelService", "grpc.health.v1.Health"}) {
    EXPECT_TRUE(listed.contains(name)) << name;
  }
  for (const auto* method : AllMethods()) {
    const google::protobuf::FileDescriptorProto file = ReflectedFile(client(), method->service()->full_name());
    EXPECT_EQ(file.package(), "inventory.v1");
    EXPECT_THAT(file.service(), SizeIs(1)) << method->full_name();
  }
  EXPECT_EQ(ReflectedFile(client(), "grpc.health.v1.Health").package(), "grpc.health.v1");
  EXPECT_EQ(ReflectedFile(client(), "inventory.v1.StockLevel").name(), "inventory/v1/stock.proto");
}

TEST_F(ServingTest, ChannelzCountsCallsOfThisServer) {
  std::string response;
  const grpc::Status status = RawCall(client(), kChannelzServers, "", &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(FieldOf(response, 1), SizeIs(1));
}

TEST_F(ServingTest, ReflectionAndChannelzAreOffWhereNotWanted) {
  ServerProcess plain({.database_url = storage::UrlOf(database()), .arguments = {"--reflection=false"}});
  {
    const Client caller(plain.address());
    std::string response;
    EXPECT_EQ(RawCall(caller, kReflection, "", &response).error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(RawCall(caller, kChannelzServers, "", &response).error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(caller.Health(), "SERVING");
  }
  EXPECT_EQ(plain.Stop(), 0);
}

TEST_F(ServingTest, HealthIsKnownOfEveryServiceAndOfTheWhole) {
  EXPECT_EQ(client().Health(), "SERVING");
  for (const auto* method : AllMethods()) EXPECT_EQ(client().Health(method->service()->full_name()), "SERVING");
  EXPECT_EQ(client().Health("inventory.v1.Nothing"), "NOT_FOUND");
}

TEST_F(ServingTest, MetricsCountRpcsByMethodAndCode) {
  const auto before = Metrics();
  for (int i = 0; i < 5; ++i) SetStock(Sku(), "w1", i);
  v1::SetStockRequest bad;
  EXPECT_FALSE(client().Call(bad).ok());
  auto after = Metrics();
  for (const char* metric : {"inventory_rpc_total", "inventory_rpc_duration_seconds_count"}) {
    for (const auto& [code, count] : {std::pair("OK", 5), std::pair("INVALID_ARGUMENT", 1)}) {
      const std::string sample = RpcSample(metric, "SetStock", code);
      ASSERT_TRUE(after.contains(sample)) << sample;
      EXPECT_EQ(after[sample] - (before.contains(sample) ? before.at(sample) : 0), count) << sample;
    }
  }
}

TEST_F(ServingTest, MetricsShowBatchesQueuesAndConnections) {
  const auto before = Metrics();
  for (int i = 0; i < 5; ++i) SetStock(Sku(), "w1", i);
  AvailabilityOf(Sku());
  const auto after = Metrics();
  const auto grown = [&](const char* sample) {
    EXPECT_TRUE(before.contains(sample) && after.contains(sample)) << sample;
    return after.at(sample) - before.at(sample);
  };
  EXPECT_THAT(grown("inventory_batch_commands_sum"), Ge(5));
  EXPECT_THAT(grown("inventory_batch_commands_count"), Ge(5));
  EXPECT_THAT(grown("inventory_batch_duration_seconds_count"), Ge(5));
  EXPECT_THAT(grown("inventory_commit_duration_seconds_count"), Ge(5));
  EXPECT_LT(grown("inventory_commit_duration_seconds_sum"), grown("inventory_batch_duration_seconds_sum"));
  EXPECT_EQ(after.at("inventory_commands_total{command=\"SetStock\",outcome=\"failed\"}"), 0);
  EXPECT_EQ(after.at("inventory_batch_retries_total{reason=\"deadlock\"}"), 0);
  EXPECT_EQ(after.at("inventory_writes_waiting"), 0);
  EXPECT_EQ(after.at("inventory_reads_waiting"), 0);
  EXPECT_THAT(
      after.at("inventory_read_connections{state=\"in_use\"}") + after.at("inventory_read_connections{state=\"idle\"}"),
      AllOf(Ge(1), Le(6)));
}

TEST_F(ServingTest, AMessageAboveTheLimitIsRefusedAndOneBelowIsRead) {
  auto request = Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 1", Sku()));
  request.set_reason(std::string((4 << 20) - 1000, 'x'));
  EXPECT_THAT(ViolationsOf(client().Call(request).status()), ElementsAre("reason"));
  request.set_reason(std::string((4 << 20) + 1000, 'x'));
  EXPECT_EQ(client().Call(request).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(client().Health(), "SERVING");
}

TEST_F(ServingTest, ACompressedMessageIsRefused) {
  // Large and dull enough that gRPC does compress it.
  auto request = Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 1", Sku()));
  request.set_reason(std::string(255, 'x'));
  for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + Client::kPatience));
    context.set_compression_algorithm(algorithm);
    std::string response;
    EXPECT_EQ(RawCall(client(), kSetStock, request.SerializeAsString(), &response, context).error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
  std::string response;
  EXPECT_TRUE(RawCall(client(), kSetStock, request.SerializeAsString(), &response).ok());
}

TEST_F(ServingTest, ACallWithoutADeadlineGetsTheDefaultOne) {
  SetStock(Sku("held"), "w1", 1);
  auto locker = Must(storage::Connection::Open(database()));
  storage::Sql lock;
  lock.Raw("BEGIN").Then().Raw("SELECT 1 FROM item WHERE sku = ").Blob(Sku("held")).Raw(" FOR UPDATE");
  Must(locker->Execute(lock));
  // The only lane waits for the lock, and the call without a deadline waits for the lane.
  absl::StatusOr<v1::SetStockResponse> first;
  std::thread holder([&] {
    first = client().Call(
        Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 2", Sku("held"))));
  });
  storage::WaitForLockWaits(*Must(storage::Connection::Open(database())), database().database);
  grpc::Status second;
  std::thread waiter([&] {
    grpc::ClientContext context;
    std::string response;
    const auto request = Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1'", Sku("late")));
    second = RawCall(client(), kSetStock, request.SerializeAsString(), &response, context);
  });
  EXPECT_TRUE(Eventually([&] { return Metrics().at("inventory_writes_waiting") == 1; }));
  absl::SleepFor(kDefaultDeadline);
  storage::Sql unlock;
  unlock.Raw("ROLLBACK");
  Must(locker->Execute(unlock));
  holder.join();
  waiter.join();
  Must(first);
  EXPECT_EQ(second.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(second.error_message(), HasSubstr("nothing changed"));
}

}  // namespace
}  // namespace inventory::integration
