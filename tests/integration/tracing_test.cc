// Traces: whose calls are in them, what they show, and what becomes of those that can't be exported.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "grpcpp/client_context.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/certificates.h"
#include "tests/integration/collector.h"
#include "tests/integration/server_fixture.h"
#include "tests/token_issuer.h"

namespace inventory::integration {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kCaller[] = "00f067aa0ba902b7";

// A server that exports what its callers ask for, and a collector.
class TracingTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    if (!Collector::IsThere()) return;
    Current() = std::make_unique<Collector>();
    StartServer({collector().option(), "--trace-ratio=0"});
  }
  static void TearDownTestSuite() {
    if (Current() == nullptr) return;
    ServerTest::TearDownTestSuite();
    Current().reset();
  }

 protected:
  void SetUp() override {
    if (Collector::IsThere()) return;
    ASSERT_EQ(std::getenv("INVENTORY_NO_SKIPS"), nullptr) << "the export of traces was not built";
    GTEST_SKIP() << "the export of traces was not built: opentelemetry-cpp was not found";
  }

  static const Collector& collector() { return *Current(); }

  // A trace id that no other test uses.
  std::string Trace(int number = 1) const {
    return absl::StrCat(absl::Hex(std::hash<std::string>()(Name("")), absl::kZeroPad16),
                        absl::Hex(number, absl::kZeroPad16));
  }

  // Stubs of `server`, whose calls are part of the trace; empty: of none.
  using Stub = v1::InventoryService::Stub;
  template <typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);
  template <typename Request, typename Response>
  static absl::StatusOr<Response> CallIn(const std::string& trace, const Client& client, const Request& request,
                                         Method<Request, Response> method, const char* flags = "01") {
    Stub stub(client.channel());
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    if (!trace.empty()) context.AddMetadata("traceparent", absl::StrCat("00-", trace, "-", kCaller, "-", flags));
    if (!trace.empty()) context.AddMetadata("tracestate", "shop=a1,other=b2");
    Response response;
    absl::Status status = FromGrpc((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }
  static absl::StatusOr<v1::StockLevel> GetLevel(const std::string& trace, const std::string& sku,
                                                 const Client& client = ServerTest::client(),
                                                 const char* flags = "01") {
    v1::GetStockLevelRequest request;
    request.set_sku(sku);
    request.set_warehouse_id("w1");
    return CallIn(trace, client, request, &Stub::GetStockLevel, flags);
  }

  // The only span of that name.
  static Collected Named(const std::vector<Collected>& spans, const std::string& name) {
    std::vector<Collected> found;
    for (const Collected& span : spans) {
      if (span.name == name) found.push_back(span);
    }
    EXPECT_EQ(found.size(), 1u) << name;
    return found.empty() ? Collected() : found.front();
  }

  static void ExpectWithin(const Collected& child, const Collected& parent) {
    EXPECT_EQ(child.trace_id, parent.trace_id) << child.name;
    EXPECT_EQ(child.parent_id, parent.span_id) << child.name;
    EXPECT_LE(parent.start, child.start) << child.name;
    EXPECT_LE(child.start, child.end) << child.name;
    EXPECT_LE(child.end, parent.end) << child.name;
  }

  static bool Says(ServerProcess& server, const std::string& text) {
    return Eventually([&] { return absl::StrContains(server.run().output(), text); }, absl::Seconds(20));
  }
  // A line of the log with both.
  static bool Logs(ServerProcess& server, const std::string& event, const std::string& text) {
    return Eventually([&] {
      for (const absl::string_view line : absl::StrSplit(server.run().output(), '\n')) {
        if (absl::StrContains(line, event) && absl::StrContains(line, text)) return true;
      }
      return false;
    });
  }

  // Another server on the same database.
  static std::unique_ptr<ServerProcess> Start(const std::vector<std::string>& arguments,
                                              const ProgramRun::Environment& environment = {}) {
    return std::make_unique<ServerProcess>(ServerProcess::Options{
        .database_url = storage::UrlOf(database()), .arguments = arguments, .environment = environment});
  }

 private:
  static std::unique_ptr<Collector>& Current() {
    static auto& current = *new std::unique_ptr<Collector>();
    return current;
  }
};

TEST_F(TracingTest, AReservationIsATree) {
  SetStock(Sku(), "w1", 5);
  v1::ReserveStockRequest request = ReserveRequest({{Sku(), 2}}, {.request_id = Name("request")});
  Must(CallIn(Trace(), client(), request, &Stub::ReserveStock));
  const std::vector<Collected> spans = collector().Await(Trace(), 5);
  ASSERT_EQ(spans.size(), 5u);

  const Collected call = Named(spans, "inventory.v1.InventoryService/ReserveStock");
  EXPECT_EQ(call.parent_id, kCaller);
  EXPECT_EQ(call.kind, "SERVER");
  EXPECT_FALSE(call.failed);
  EXPECT_THAT(call.attributes,
              UnorderedElementsAre(Pair("rpc.system", "grpc"), Pair("rpc.service", "inventory.v1.InventoryService"),
                                   Pair("rpc.method", "ReserveStock"), Pair("rpc.grpc.status_code", "0"),
                                   Pair("inventory.request_id", Name("request"))));
  const Collected wait = Named(spans, "wait for a lane");
  const Collected batch = Named(spans, "batch");
  ExpectWithin(wait, call);
  ExpectWithin(batch, call);
  EXPECT_EQ(wait.end, batch.start);
  EXPECT_THAT(batch.attributes,
              UnorderedElementsAre(Pair("inventory.command", "ReserveStock"), Pair("inventory.batch_commands", "1")));
  const Collected load = Named(spans, "lock and load");
  const Collected commit = Named(spans, "write and commit");
  ExpectWithin(load, batch);
  ExpectWithin(commit, batch);
  EXPECT_LT(load.start, load.end);
  EXPECT_LE(load.end, commit.start);
  EXPECT_LT(commit.start, commit.end);
  for (const Collected& span : {load, commit}) {
    EXPECT_EQ(span.kind, "CLIENT");
    EXPECT_THAT(span.attributes, UnorderedElementsAre(Pair("db.system", "mysql")));
  }
  std::set<std::string> ids;
  for (const Collected& span : spans) {
    ids.insert(span.span_id);
    EXPECT_EQ(span.state, "shop=a1,other=b2");
  }
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_EQ(call.resource.at("service.name"), "inventory-server");
  EXPECT_NE(call.resource.at("service.version"), "");
  EXPECT_NE(call.resource.at("service.instance.id"), "");
}

TEST_F(TracingTest, ACallThatIsRefusedIsATreeToo) {
  SetStock(Sku(), "w1", 1);
  EXPECT_EQ(Outcome(CallIn(Trace(1), client(), ReserveRequest({{Sku(), 2}}), &Stub::ReserveStock)),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  const std::vector<Collected> spans = collector().Await(Trace(1), 5);
  ASSERT_EQ(spans.size(), 5u);
  const Collected call = Named(spans, "inventory.v1.InventoryService/ReserveStock");
  EXPECT_EQ(call.attributes.at("rpc.grpc.status_code"), "9");
  EXPECT_EQ(call.attributes.at("inventory.reason"), "INSUFFICIENT_STOCK");
  EXPECT_FALSE(call.failed) << "it is the caller who has asked for too much";

  EXPECT_EQ(Outcome(CallIn(Trace(2), client(), v1::ReserveStockRequest(), &Stub::ReserveStock)),
            "INVALID_ARGUMENT INVALID_FIELDS");
  const std::vector<Collected> malformed = collector().Await(Trace(2), 1);
  ASSERT_EQ(malformed.size(), 1u);
  EXPECT_EQ(malformed[0].attributes.at("rpc.grpc.status_code"), "3");
}

TEST_F(TracingTest, AReadHasItsWaitAndItsQuery) {
  SetStock(Sku(), "w1", 5);
  Must(GetLevel(Trace(1), Sku()));
  v1::GetAvailabilityRequest request;
  request.set_channel_id("web");
  request.add_skus(Sku());
  Must(CallIn(Trace(2), client(), request, &Stub::GetAvailability));
  for (const auto& [trace, method] : {std::pair(Trace(1), "GetStockLevel"), {Trace(2), "GetAvailability"}}) {
    const std::vector<Collected> spans = collector().Await(trace, 3);
    ASSERT_EQ(spans.size(), 3u) << method;
    const Collected call = Named(spans, absl::StrCat("inventory.v1.InventoryService/", method));
    const Collected wait = Named(spans, "wait for a reader");
    const Collected read = Named(spans, "read");
    ExpectWithin(wait, call);
    ExpectWithin(read, call);
    EXPECT_EQ(wait.end, read.start);
    EXPECT_LT(read.start, read.end);
    EXPECT_EQ(read.kind, "CLIENT");
    EXPECT_EQ(read.attributes.at("db.system"), "mysql");
  }
}

TEST_F(TracingTest, AStreamHasWhatItsStepsDo) {
  SetStock(Sku(), "w1", 5);
  Stub stub(client().channel());
  grpc::ClientContext context;
  context.AddMetadata("traceparent", absl::StrCat("00-", Trace(), "-", kCaller, "-01"));
  v1::ExportInventoryRequest request;
  request.mutable_stock_levels();
  const auto stream = stub.ExportInventory(&context, request);
  v1::ExportInventoryResponse page;
  while (stream->Read(&page)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  const std::vector<Collected> spans = collector().Await(Trace(), 3);
  const Collected call = Named(spans, "inventory.v1.InventoryService/ExportInventory");
  ExpectWithin(Named(spans, "read"), call);
}

TEST_F(TracingTest, WhoIsNotSampledIsNotExported) {
  SetStock(Sku(), "w1", 5);
  Must(GetLevel(Trace(1), Sku(), client(), "00"));
  Must(GetLevel("", Sku()));
  // Spans are posted in the order in which they end.
  Must(GetLevel(Trace(2), Sku()));
  EXPECT_EQ(collector().Await(Trace(2), 3).size(), 3u);
  EXPECT_EQ(collector().SpansOf(Trace(1)).size(), 0u);
  // Every span of this suite's server has a parent: no call began a trace.
  for (const Collected& span : collector().SpansOf("")) EXPECT_NE(span.parent_id, "") << span.name;
}

TEST_F(TracingTest, OfCallsThatDecideNothingTheRatioIsExported) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  const auto second = Start({own.option(), "--trace-ratio=1"},
                            {{"OTEL_SERVICE_NAME", "stock-eu"}, {"OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=stock-0"}});
  const Client calls(second->address());
  Must(GetLevel("", Sku(), calls));
  const Collected call = Named(own.Await("", 3), "inventory.v1.InventoryService/GetStockLevel");
  EXPECT_EQ(call.parent_id, "");
  EXPECT_EQ(call.trace_id.size(), 32u);
  EXPECT_EQ(call.resource.at("service.name"), "stock-eu");
  EXPECT_EQ(call.resource.at("k8s.pod.name"), "stock-0");
  // What waits when the server stops is posted.
  for (int i = 0; i < 100; ++i) Must(GetLevel("", Sku(), calls));
  EXPECT_EQ(second->Stop(), 0);
  EXPECT_EQ(own.SpansOf("").size(), 303u);
}

TEST_F(TracingTest, IsPostedOverTlsWithHeaders) {
  ScratchFolder folder;
  const Certificates made(folder.path());
  ASSERT_TRUE(made.MakeAuthority("root").ok());
  ASSERT_TRUE(made.MakeAuthority("other").ok());
  ASSERT_TRUE(made.MakeCertificate("collector", "127.0.0.1", "root").ok());
  std::ofstream(folder.path() + "/headers") << "x-tenant: shop\nauthorization: Bearer secret\n";
  Collector own(made.Pem("collector"), made.Key("collector"));
  const auto second =
      Start({own.option(), "--otlp-headers-file=" + folder.path() + "/headers", "--otlp-ca-file=" + made.Pem("root")});
  SetStock(Sku(), "w1", 5);
  Must(GetLevel(Trace(), Sku(), Client(second->address())));
  ASSERT_EQ(own.Await(Trace(), 3).size(), 3u);
  const auto headers = own.receiver().requests()[0].headers;
  EXPECT_EQ(headers.at("x-tenant"), "shop");
  EXPECT_EQ(headers.at("authorization"), "Bearer secret");
  EXPECT_THAT(second->run().output(), Not(HasSubstr("secret")));

  const std::size_t requests = own.receiver().requests().size();
  const auto third = Start({own.option(), "--otlp-ca-file=" + made.Pem("other")});
  Must(GetLevel(Trace(2), Sku(), Client(third->address())));
  EXPECT_TRUE(Says(*third, "traces can't be exported"));
  EXPECT_EQ(own.receiver().requests().size(), requests);
}

TEST_F(TracingTest, ACollectorThatRefusesIsToldOfOnce) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  own.receiver().SetAnswer(HttpReceiver::Status(503));
  const auto second = Start({own.option(), "--trace-ratio=1"});
  const Client calls(second->address());
  for (int posts = 1; posts <= 3; ++posts) {
    Must(GetLevel("", Sku(), calls));
    own.receiver().Await(static_cast<std::size_t>(posts));
  }
  EXPECT_TRUE(Says(*second, "traces can't be exported"));
  own.receiver().SetAnswer(HttpReceiver::Status(200));
  EXPECT_TRUE(Eventually([&] {
    Must(GetLevel("", Sku(), calls));
    return absl::StrContains(second->run().output(), "traces are exported again");
  }));
  const std::string log = second->run().output();
  EXPECT_EQ(log.find("traces can't be exported"), log.rfind("traces can't be exported")) << log;
  EXPECT_EQ(second->Stop(), 0);
}

// AddressSanitizer keeps what is freed.
#ifdef __SANITIZE_ADDRESS__
constexpr int64_t kMostGrowth = int64_t{512} << 20;
#else
constexpr int64_t kMostGrowth = int64_t{48} << 20;
#endif

int64_t ResidentBytes(int pid) {
  int64_t pages = 0;
  int64_t resident = 0;
  std::ifstream(absl::StrCat("/proc/", pid, "/statm")) >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST_F(TracingTest, ACollectorThatHangsCostsSpansButNoCallsAndLittleMemoryAndTime) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  own.receiver().SetAnswer(HttpReceiver::Stall());
  const auto second = Start({own.option(), "--trace-ratio=1", "--otlp-timeout=2s"});
  const Client calls(second->address());
  Must(GetLevel("", Sku(), calls));
  EXPECT_EQ(own.receiver().Await(1).size(), 1u);
  const int64_t before = ResidentBytes(second->pid());
  // Nearly twice as many spans as may wait.
  Together(8, [&](int) {
    for (int i = 0; i < 600; ++i) Must(GetLevel("", Sku(), calls));
  });
  EXPECT_LT(ResidentBytes(second->pid()) - before, kMostGrowth);
  EXPECT_TRUE(Says(*second, "more spans than can be exported"));
  second->run().Signal(SIGTERM);
  EXPECT_TRUE(Says(*second, "stopped"));
  const absl::Time stopped = absl::Now();
  EXPECT_EQ(second->run().Wait(), 0);
  EXPECT_LT(absl::Now() - stopped, absl::Seconds(6));
}

TEST_F(TracingTest, OnlySoManySpansWaitForACollector) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  own.receiver().SetAnswer(HttpReceiver::Stall());
  const auto second = Start({own.option(), "--trace-ratio=1"});
  const Client calls(second->address());
  Together(8, [&](int) {
    for (int i = 0; i < 600; ++i) Must(GetLevel("", Sku(), calls));
  });
  own.receiver().SetAnswer(HttpReceiver::Status(200));
  EXPECT_EQ(second->Stop(), 0);
  // And those of a post or two that had been under way.
  const std::size_t posted = own.SpansOf("").size();
  EXPECT_GE(posted, 8192u);
  EXPECT_LT(posted, 11000u);
}

TEST_F(TracingTest, TheLogNamesTheTraceOfWhatFailsWithoutExportToo) {
  const auto second = Start({});
  const Client calls(second->address());
  SetStock(Sku(), "w1", 5);
  Sql(absl::StrCat("UPDATE stock_level SET reserved = -1 WHERE sku = '", Sku(), "'"));
  v1::AdjustStockRequest adjust;
  adjust.set_sku(Sku());
  adjust.set_warehouse_id("w1");
  adjust.set_delta(1);
  EXPECT_EQ(Outcome(CallIn(Trace(1), calls, adjust, &Stub::AdjustStock)), "INTERNAL STOCK_MISMATCH");
  EXPECT_TRUE(Logs(*second, "command failed", "trace_id=" + Trace(1)));
  VerifyAll(client(), /*repair=*/true);

  Sql("RENAME TABLE replenishment TO gone");
  EXPECT_EQ(Outcome(CallIn(Trace(2), calls, v1::ListReplenishmentsRequest(), &Stub::ListReplenishments)), "INTERNAL");
  Sql("RENAME TABLE gone TO replenishment");
  EXPECT_TRUE(Logs(*second, "read failed", "trace_id=" + Trace(2)));

  Sql("RENAME TABLE stock_level TO gone");
  v1::GetAvailabilityRequest availability;
  availability.set_channel_id("web");
  availability.add_skus(Sku());
  EXPECT_EQ(Outcome(CallIn(Trace(3), calls, availability, &Stub::GetAvailability)), "INTERNAL");
  Sql("RENAME TABLE gone TO stock_level");
  EXPECT_TRUE(Logs(*second, "read failed", "trace_id=" + Trace(3)));
}

TEST_F(TracingTest, TheLogNamesTheTraceOfWhoIsDenied) {
  const ScratchFolder folder;
  const TokenIssuer issuer(TokenIssuer::Kind::kEd25519, "local");
  std::ofstream(folder.path() + "/keys") << Jwks({issuer.jwk()});
  std::ofstream(folder.path() + "/policy") << R"({"bindings": []})";
  const auto second = Start({"--auth-policy-file=" + folder.path() + "/policy", "--jwt-keys=" + folder.path() + "/keys",
                             "--jwt-issuer=me", "--jwt-audience=us"});
  const Client calls(second->address());
  EXPECT_EQ(Outcome(GetLevel(Trace(), Sku(), calls)), "UNAUTHENTICATED CREDENTIALS_MISSING");
  EXPECT_TRUE(Logs(*second, "denied", "trace_id=" + Trace()));
  EXPECT_FALSE(GetLevel("", Sku(), calls).ok());
  const std::string log = second->run().output();
  EXPECT_EQ(log.find("trace_id"), log.rfind("trace_id")) << log;
}

TEST_F(TracingTest, AServerWithoutTheExporterSaysSo) {
  ScratchFolder folder;
  std::filesystem::copy_file(INVENTORY_SERVER_BINARY, folder.path() + "/inventory-server");
  ProgramRun run({folder.path() + "/inventory-server", "serve", "--listen=127.0.0.1:0", "--metrics-listen=",
                  "--data-dir=" + folder.path() + "/data", "--otlp-endpoint=http://127.0.0.1:4318"});
  EXPECT_EQ(run.Wait(), 1);
  EXPECT_THAT(run.output(), AllOf(HasSubstr("traces can't be exported by this server"),
                                  HasSubstr("libinventory-otlp.so"), HasSubstr("inventory-server-otlp")));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/data"));
}

}  // namespace
}  // namespace inventory::integration
