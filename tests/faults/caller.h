// One client of the service.
#ifndef INVENTORY_TESTS_FAULTS_CALLER_H_
#define INVENTORY_TESTS_FAULTS_CALLER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "inventory/client/connection.h"
#include "inventory/v1/inventory_service.client.h"
#include "inventory/v1/warehouse_service.client.h"
#include "tests/faults/recorder.h"
#include "tests/history/note.h"

namespace inventory::faults {

// Makes one call after another by the client library on a connection of its own, and has each recorded. Used by one
// thread.
class Caller {
 public:
  enum class Style {
    // Repeats a write under its request id, by the library and beyond it, until it is told how it ended.
    kInsists,
    // Tries once, for a second, and goes on.
    kTriesOnce,
  };
  // Faults of the caller, by which the check of histories proves itself.
  enum class Mutant {
    kNone,
    kForgetsRequestIds,  // Repeats a write under another id.
    kAnswersFromCache,   // Some reads are answered with what an earlier one was told.
  };
  struct Options {
    std::vector<std::string> addresses;  // Of the servers, of which its calls take turns.
    int number = 0;
    Style style = Style::kInsists;
    unsigned seed = 0;
    std::string prefix;  // Of all its ids.
    Mutant mutant = Mutant::kNone;
  };

  // `recorder` outlives it.
  static absl::StatusOr<std::unique_ptr<Caller>> Connect(Options options, Recorder& recorder);

  // An id that nobody has used.
  std::string NewId() { return absl::StrCat(options_.prefix, options_.number, "-", ++ids_); }
  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  template <typename Client, typename Request, typename Response>
  using Method = absl::StatusOr<Response> (Client::*)(const Request&, const client::CallOptions&);

  // Makes a write; `write` says what is known of it before. Its request id is made here.
  template <typename Client, typename Request, typename Response>
  absl::StatusOr<Response> Write(Method<Client, Request, Response> method, Request request, history::Write write = {}) {
    request.set_request_id(NewId());
    write.request_id = request.request_id();
    write.method = std::string(request.GetDescriptor()->name());
    absl::StatusOr<Response> response;
    Record(std::move(write), [&](history::Write& made, int attempt) {
      if (attempt > 1 && options_.mutant == Mutant::kForgetsRequestIds) {
        request.set_request_id(absl::StrCat(made.request_id, "~", attempt));
      }
      response = (Of<Client>().*method)(request, call_options());
      if (response.ok()) history::Note(*response, made);
      return response.status();
    });
    return response;
  }

  // Reads a level; nothing is recorded if that fails, but that it did.
  absl::StatusOr<v1::StockLevel> ReadLevel(const std::string& sku, const std::string& warehouse_id);
  // Reads what a channel may sell of a SKU that everybody has enough of in every warehouse to sell.
  void ReadAvailability(const std::string& sku, const std::string& channel_id);

  // For what is not recorded: set-ups and checks.
  client::InventoryClient& inventory() { return *inventory_; }
  const std::shared_ptr<client::Connection>& connection() const { return connection_; }

  // The request id under which a caller thinks that it has made a write.
  static std::string WithoutAttempt(const std::string& request_id) {
    return request_id.substr(0, request_id.find('~'));
  }

 private:
  Caller(Options options, std::shared_ptr<client::Connection> connection, Recorder& recorder);

  template <typename Client>
  Client& Of() {
    if constexpr (std::is_same_v<Client, client::InventoryClient>) {
      return *inventory_;
    } else {
      return *warehouses_;
    }
  }
  client::CallOptions call_options() const;
  void FailedRead(const absl::Status& status);
  void Record(history::Write write, const std::function<absl::Status(history::Write&, int)>& attempt);

  const Options options_;
  const std::shared_ptr<client::Connection> connection_;
  const std::unique_ptr<client::InventoryClient> inventory_;
  const std::unique_ptr<client::WarehouseClient> warehouses_;
  Recorder& recorder_;
  std::mt19937 random_;
  int64_t ids_ = 0;
  std::map<std::pair<std::string, std::string>, v1::StockLevel> cache_;
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_CALLER_H_
