// A server under attack.
#ifndef INVENTORY_TESTS_INTEGRATION_ATTACKED_SERVER_H_
#define INVENTORY_TESTS_INTEGRATION_ATTACKED_SERVER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/integration/raw_http2.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {

// The suite's server with metrics, and limits of time that are short enough for tests. After each test it serves, and
// its memory is back: it has grown by no more than kGrowth.
class AttackTest : public ServerTest {
 public:
  static void SetUpTestSuite();

 protected:
  static constexpr std::size_t kGrowth = std::size_t{48} << 20;

  // After StartServer: makes what attacks ask for, and all that is made at first use.
  static void MakeReady();

  void SetUp() override;
  void TearDown() override;

  // The value of a metric by its name and labels, as in `inventory_connections`; 0 if there is none.
  static double Metric(const std::string& series);

  // Whether somebody else is served, on a new connection. A busy machine may need more than one attempt to connect.
  static void ExpectServesOthers();

  // What an attacker was told. Under AddressSanitizer it may be too slow to be told that.
  static void ExpectRefused(const absl::Status& status, absl::StatusCode code);

  // Bytes of memory that the server has in use, and the most that it ever had.
  static std::size_t MemoryInUse() { return Memory("VmRSS:"); }
  static std::size_t PeakMemory() { return Memory("VmHWM:"); }
  // Says nothing under AddressSanitizer, which keeps what was freed.
  static void ExpectPeakBelow(std::size_t bytes);

  static int port() { return server().port(); }

 private:
  static std::size_t Memory(const std::string& name);

  std::size_t memory_before_ = 0;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_ATTACKED_SERVER_H_
