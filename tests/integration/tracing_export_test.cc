// How spans reach a collector, and what becomes of those that do not.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "tests/certificates.h"
#include "tests/integration/tracing_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using TracingExportTest = TracingTest;

TEST_F(TracingExportTest, IsPostedOverTlsWithHeaders) {
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
  EXPECT_TRUE(Says(*third, "spans could not be exported"));
  EXPECT_EQ(own.receiver().requests().size(), requests);
}

// The sum of a field over all lines of the log.
int64_t Sum(const std::string& log, const std::string& field) {
  int64_t sum = 0;
  for (absl::string_view word : absl::StrSplit(log, absl::ByAnyChar(" \n"))) {
    int64_t number = 0;
    if (absl::ConsumePrefix(&word, field + "=") && absl::SimpleAtoi(word, &number)) sum += number;
  }
  return sum;
}

// What the metrics say.
int64_t Spans(const ServerProcess& server, const std::string& outcome) {
  const std::string metrics = HttpGet(server.metrics_port(), "/metrics");
  const std::string series = absl::StrCat("\ninventory_spans_total{outcome=\"", outcome, "\"} ");
  const std::size_t at = metrics.find(series);
  EXPECT_NE(at, std::string::npos) << metrics;
  return at == std::string::npos ? -1 : std::atoll(metrics.c_str() + at + series.size());
}

TEST_F(TracingExportTest, ACollectorThatRefusesCostsSpansThatTheLogCounts) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  own.receiver().SetAnswer(HttpReceiver::Status(503));
  const auto second = Start({own.option(), "--trace-ratio=1"}, {}, /*metrics=*/true);
  const Client calls(second->address());
  for (int i = 0; i < 3; ++i) Must(GetLevel("", Sku(), calls));
  EXPECT_TRUE(Eventually([&] { return Spans(*second, "failed") == 9; }));
  EXPECT_TRUE(Says(*second, "spans could not be exported"));
  own.receiver().SetAnswer(HttpReceiver::Status(200));
  Must(GetLevel("", Sku(), calls));
  EXPECT_EQ(second->Stop(), 0);
  const std::string log = second->run().output();
  EXPECT_EQ(Sum(log, "failed"), 9) << log;
  EXPECT_EQ(Sum(log, "exported"), 3) << log;
  EXPECT_EQ(Sum(log, "dropped"), 0) << log;
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

TEST_F(TracingExportTest, ACollectorThatHangsCostsSpansButNoCallsAndLittleMemoryAndTime) {
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
  second->run().Signal(SIGTERM);
  EXPECT_TRUE(Says(*second, "stopped"));
  const absl::Time stopped = absl::Now();
  EXPECT_EQ(second->run().Wait(), 0);
  EXPECT_LT(absl::Now() - stopped, absl::Seconds(6));
  const std::string log = second->run().output();
  EXPECT_EQ(Sum(log, "failed") + Sum(log, "dropped"), 3 * (1 + 8 * 600)) << log;
}

TEST_F(TracingExportTest, AnotherSignalDropsWhatWaitsForACollector) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  own.receiver().SetAnswer(HttpReceiver::Stall());
  const auto second = Start({own.option(), "--trace-ratio=1"});
  const Client calls(second->address());
  Must(GetLevel("", Sku(), calls));
  own.receiver().Await(1);
  Must(GetLevel("", Sku(), calls));
  second->run().Signal(SIGTERM);
  EXPECT_TRUE(Says(*second, "stopped"));
  second->run().Signal(SIGTERM);
  EXPECT_EQ(second->run().Wait(), 0);
  const std::string log = second->run().output();
  EXPECT_EQ(Sum(log, "failed") + Sum(log, "dropped"), 6) << log;
  EXPECT_GE(Sum(log, "dropped"), 3) << log;
  EXPECT_EQ(own.receiver().requests().size(), 1u);
}

TEST_F(TracingExportTest, OnlySoManySpansWaitForACollector) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  absl::Notification go_on;
  own.receiver().SetAnswer([&go_on](const HttpReceiver::Request& request, HttpReceiver::Caller& caller) {
    go_on.WaitForNotification();
    HttpReceiver::Status(200)(request, caller);
  });
  // Its end takes no longer than a post may.
  const auto second = Start({own.option(), "--trace-ratio=1", "--otlp-timeout=1m"}, {}, /*metrics=*/true);
  const Client calls(second->address());
  Together(8, [&](int) {
    for (int i = 0; i < 600; ++i) Must(GetLevel("", Sku(), calls));
  });
  constexpr int kMostWaiting = 8192;
  constexpr int kMore = 3 * 8 * 600 - kMostWaiting;
  // A call's last span may end after its answer.
  EXPECT_TRUE(Eventually([&] { return Spans(*second, "dropped") == kMore; }));
  EXPECT_EQ(Spans(*second, "exported"), 0);
  go_on.Notify();
  EXPECT_EQ(second->Stop(), 0);
  EXPECT_EQ(own.SpansOf("").size(), kMostWaiting);
  const std::string log = second->run().output();
  EXPECT_EQ(Sum(log, "exported"), kMostWaiting) << log;
  EXPECT_EQ(Sum(log, "dropped"), kMore) << log;
  EXPECT_EQ(Sum(log, "failed"), 0) << log;
}

TEST_F(TracingExportTest, AServerWithoutTheExporterSaysSo) {
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
