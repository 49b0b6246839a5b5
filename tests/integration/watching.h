// Watches, for tests.
#ifndef INVENTORY_TESTS_INTEGRATION_WATCHING_H_
#define INVENTORY_TESTS_INTEGRATION_WATCHING_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "inventory/v1/event.pb.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "storage/mutex.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// One call of Watch. Used by one thread.
class WatchCall {
 public:
  WatchCall(const std::shared_ptr<grpc::Channel>& channel, const v1::WatchRequest& request,
            absl::Duration timeout = Client::kPatience);
  // With the request in text format.
  WatchCall(const Client& client, const std::string& request, absl::Duration timeout = Client::kPatience);
  // Cancels it unless it has ended.
  ~WatchCall();

  // The next message; none once the call has ended.
  std::optional<v1::WatchResponse> Receive();
  // Events up to and with the first for which `last` is true; a test failure if there is none.
  std::vector<v1::Event> ReceiveUntil(const std::function<bool(const v1::Event&)>& last);
  // The resume token of the last message.
  const std::string& token() const { return token_; }

  void Cancel() { context_.TryCancel(); }

  // The call's status. Everything must have been received.
  absl::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::InventoryService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> stream_;
  std::string token_;
  bool finished_ = false;
};

// Watches on a thread of its own, goes on with the token where a call ends, and keeps all events.
class Follower {
 public:
  // `address` says whom each call goes to. Each call ends by itself after so many messages, if there is a number.
  Follower(std::function<std::string()> address, v1::WatchRequest request,
           std::optional<int> messages_of_a_call = std::nullopt);
  ~Follower() { Stop(); }

  // Waits until an event's movement has this request id. A test failure after a minute.
  void AwaitRequest(const std::string& request_id) const;
  // Waits for the thread's end.
  void Stop();

  // In the order in which they came, what came twice only once.
  std::vector<v1::Event> events() const;
  // How many calls it took, and how many events came again.
  int calls() const { return calls_; }
  int repeated() const { return repeated_; }

 private:
  void Run();
  bool Take(const v1::WatchResponse& message);

  const std::function<std::string()> address_;
  v1::WatchRequest request_;
  const std::optional<int> messages_of_a_call_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> calls_ = 0;
  std::atomic<int> repeated_ = 0;
  mutable storage::Mutex mutex_;
  std::vector<v1::Event> events_ GUARDED_BY(mutex_);
  std::map<std::string, std::string> seen_ GUARDED_BY(mutex_);  // Events by id.
  std::map<std::string, bool> requests_ GUARDED_BY(mutex_);
  std::thread thread_;
};

// Expects the movements of each SKU to be those of its ledger, in their order and once. Of its end those may lack that
// nobody has asked for: holds run out at any time.
void ExpectTold(const std::vector<v1::Event>& events, const std::map<std::string, std::vector<v1::Movement>>& ledgers);

// "MOVEMENT SET sku w1 on_hand 10", "RESERVATION r HELD -> COMMITTED", "SHIPMENT s PROCESSING", "LOW_STOCK rule LOW 5",
// "OUT_OF_STOCK sku w1 3 -> 0"; " by web" follows if there is a channel.
std::string Show(const v1::Event& event);
std::vector<std::string> Show(const std::vector<v1::Event>& events);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_WATCHING_H_
