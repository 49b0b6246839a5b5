#include "tests/integration/attacked_server.h"

#include <cstdlib>
#include <fstream>

#include "tests/integration/metric.h"

namespace inventory::integration {

namespace {

// AddressSanitizer slows honest clients as well.
#ifdef __SANITIZE_ADDRESS__
constexpr char kSlowestClient[] = "4s";
#else
constexpr char kSlowestClient[] = "1s";
#endif

}  // namespace

void AttackTest::SetUpTestSuite() {
  StartServer(
      {"--handshake-timeout=2s", "--max-connection-idle=3s", absl::StrCat("--slow-client-timeout=", kSlowestClient),
       "--max-connection-age=10s", absl::StrCat("--max-connection-age-grace=", kSlowestClient),
       "--max-calls-per-client=200", "--max-connections-memory=64MiB"},
      /*metrics=*/true);
  MakeReady();
}

void AttackTest::MakeReady() {
  SetStock("sku", "w1", 100);
  for (int i = 0; i < 100; ++i) ExpectServesOthers();
}

void AttackTest::SetUp() { memory_before_ = MemoryInUse(); }

void AttackTest::TearDown() {
  ExpectServesOthers();
  EXPECT_FALSE(server().run().Ended());
  // AddressSanitizer keeps what was freed, to find who still uses it.
#ifndef __SANITIZE_ADDRESS__
  const bool back = Eventually([this] {
    ExpectServesOthers();
    return MemoryInUse() <= memory_before_ + kGrowth;
  });
  EXPECT_TRUE(back) << "from " << (memory_before_ >> 20) << " to " << (MemoryInUse() >> 20) << " MiB";
#endif
}

double AttackTest::Metric(const std::string& series) { return MetricOf(server().metrics_port(), series); }

void AttackTest::ExpectServesOthers() {
  const Client other(server().address());
  absl::Status status;
  const bool served = Eventually(
      [&] {
        status = other.Call(Pb<v1::GetStockLevelRequest>("sku: 'sku' warehouse_id: 'w1'"), absl::Seconds(10)).status();
        return status.ok();
      },
      absl::Seconds(20));
  EXPECT_TRUE(served) << status;
}

void AttackTest::ExpectRefused(const absl::Status& status, [[maybe_unused]] absl::StatusCode code) {
#ifdef __SANITIZE_ADDRESS__
  EXPECT_FALSE(status.ok());
#else
  EXPECT_EQ(status.code(), code) << status;
#endif
}

void AttackTest::ExpectPeakBelow([[maybe_unused]] std::size_t bytes) {
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(PeakMemory(), bytes);
#endif
}

std::size_t AttackTest::Memory(const std::string& name) {
  std::ifstream status(absl::StrCat("/proc/", server().pid(), "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::strtoull(&line[name.size()], nullptr, 10) << 10;
  }
  ADD_FAILURE() << "the server is gone";
  return 0;
}

}  // namespace inventory::integration
