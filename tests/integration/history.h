// What callers were told, and whether the ledger agrees.
#ifndef INVENTORY_TESTS_INTEGRATION_HISTORY_H_
#define INVENTORY_TESTS_INTEGRATION_HISTORY_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// One write as its caller saw it, from its first try to its last.
struct RecordedWrite {
  enum class End { kAcknowledged, kRefused, kUnknown };

  std::string request_id;
  End end = End::kUnknown;
  absl::Time start;
  absl::Time finish;
  // What the answer said that the write has moved.
  std::vector<v1::LevelVersion> movements;
};

// Callers that write to a few SKUs without pause while a test breaks things, and the record of it. Half of them repeat
// a write whose end they don't know, under its request id, until they do; the others leave it and go on.
class Load {
 public:
  // Gives every SKU stock in w1 and w2, and starts the callers; each uses one of the addresses.
  Load(const std::vector<std::string>& addresses, std::vector<std::string> skus);
  ~Load();

  // Waits until so many more writes are acknowledged. The test fails if nothing happens for a minute.
  void AwaitAcknowledged(int more);

  // Stops the callers and waits for them.
  void Stop();

  // After Stop: every acknowledged write is in the ledger exactly once and exactly as it was answered, in an order
  // that agrees with when it was made; every refused one is not there; every unknown one is there once or not; nothing
  // else is; and VerifyStock finds no mismatch.
  void Check(const Client& client) const;

  // How many ended so.
  int Count(RecordedWrite::End end) const;

 private:
  void CallerMain(const std::string& address, int number);
  RecordedWrite MakeWrite(const Client& client, const std::string& request_id, int number, bool insist) const;
  void CheckOrder(const std::vector<v1::Movement>& movements,
                  const std::map<std::string, const RecordedWrite*>& writes) const;

  const std::vector<std::string> skus_;
  std::atomic<bool> stop_{false};
  std::atomic<int> acknowledged_{0};
  mutable std::mutex mutex_;
  std::vector<RecordedWrite> writes_;
  std::vector<std::thread> callers_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_HISTORY_H_
