// Load on servers while a test breaks things.
#ifndef INVENTORY_TESTS_INTEGRATION_LOAD_H_
#define INVENTORY_TESTS_INTEGRATION_LOAD_H_

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "storage/mutex.h"
#include "tests/integration/history.h"
#include "tests/integration/shop.h"

namespace inventory::integration {

// Callers that write to a shop without pause, one who looks at its limits, and the record of it. Half of them repeat a
// write whose end they don't know, under its request id, until they do; the others leave it and go on.
class Load {
 public:
  // Makes a shop whose names begin with the prefix, and starts the callers; each uses a client that `connect` makes for
  // its number, from 0 on.
  explicit Load(std::function<Client(int caller)> connect, const std::string& prefix = "load-");
  // The same with clients of the addresses.
  explicit Load(const std::vector<std::string>& addresses, const std::string& prefix = "load-");
  ~Load();

  const Shop& shop() const { return shop_; }

  // Waits until so many more writes are acknowledged. The test fails if nothing happens for a minute.
  void AwaitAcknowledged(int more);

  // Stops the callers and waits for them.
  void Stop();

  // After Stop: CheckHistory, and VerifyStock finds no mismatch.
  void Check(const Client& client) const;

  // How many ended so.
  int Count(RecordedWrite::End end) const;

 private:
  void CallerMain(int number);
  void WatcherMain() const;
  void Carry(const Client& client, Caller::Write& write, bool insist) const;

  const std::function<Client(int)> connect_;
  const Shop shop_;
  Documents documents_;
  std::atomic<bool> stop_{false};
  std::atomic<int> acknowledged_{0};
  mutable storage::Mutex mutex_;
  std::vector<RecordedWrite> writes_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_LOAD_H_
