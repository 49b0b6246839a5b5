// A server that exports traces, and a collector.
#ifndef INVENTORY_TESTS_INTEGRATION_TRACING_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_TRACING_FIXTURE_H_

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "grpcpp/client_context.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/integration/collector.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {

// The caller's span.
inline constexpr char kCaller[] = "00f067aa0ba902b7";

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
  void SetUp() override { Collector::Require(); }

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
                                         Method<Request, Response> method, const char* flags = "01",
                                         absl::Duration patience = absl::Seconds(30)) {
    Stub stub(client.channel());
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
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

  // All spans of that name.
  static std::size_t CountNamed(const std::vector<Collected>& spans, const std::string& name) {
    return static_cast<std::size_t>(
        std::count_if(spans.begin(), spans.end(), [&](const Collected& span) { return span.name == name; }));
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
                                              const ProgramRun::Environment& environment = {}, bool metrics = false) {
    return std::make_unique<ServerProcess>(ServerProcess::Options{.database_url = storage::UrlOf(database()),
                                                                  .arguments = arguments,
                                                                  .environment = environment,
                                                                  .metrics = metrics});
  }

 private:
  static std::unique_ptr<Collector>& Current() {
    static auto& current = *new std::unique_ptr<Collector>();
    return current;
  }
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_TRACING_FIXTURE_H_
