// A small shop that many callers use at once, and callers who do everything to it.
#ifndef INVENTORY_TESTS_INTEGRATION_SHOP_H_
#define INVENTORY_TESTS_INTEGRATION_SHOP_H_

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/mutex.h"
#include "tests/integration/history.h"

namespace inventory::integration {

// A few SKUs that everybody wants. Three warehouses have some of each; two channels share the second of them.
struct Shop {
  std::vector<std::string> skus;        // Of the first two some may wait, of the last as many as like.
  std::vector<std::string> kits;        // Of the first two.
  std::vector<std::string> warehouses;  // Three.
  std::map<std::string, std::set<std::string>> channels;          // The warehouses that each sells from.
  std::map<std::string, int64_t> backorder_limits;                // By SKU.
  std::map<std::pair<std::string, std::string>, int64_t> quotas;  // By SKU and channel.
  std::string set_up;                                             // The request id of its first stock.
};

// Makes a shop all of whose names begin with the prefix.
Shop MakeShop(const Client& client, const std::string& prefix);

// Expects that at this moment no more waits than may, and no more stands against a quota than it allows; calls that
// fail say nothing.
void ExpectWithinLimits(const Client& client, const Shop& shop);

// Documents that callers have made, or may have made. Thread-safe.
class Documents {
 public:
  enum class Kind { kReservation, kShipment, kReplenishment, kTransfer };
  struct Document {
    std::string id;     // Empty: there is none.
    bool made = false;  // False: nobody knows whether it was.
  };

  void Add(Kind kind, Document document);
  // One of the last of them: older ones are mostly at their end.
  Document Pick(Kind kind, std::mt19937& random) const;

 private:
  mutable storage::Mutex mutex_;
  std::map<Kind, std::vector<Document>> documents_ GUARDED_BY(mutex_);
};

// Somebody who makes one write after the other, of all kinds, also of documents that others have made. Used by one
// thread.
class Caller {
 public:
  // `documents` are those of all callers of the shop; names of its own begin with `name`.
  Caller(const Shop& shop, Documents& documents, std::string name, unsigned seed);

  // One write, which may be tried any number of times until it is told how it ended.
  struct Write {
    RecordedWrite record;
    // One try: calls, and notes the answer.
    std::function<absl::Status(const Client&, RecordedWrite&)> attempt;
    Documents::Document works_on = {};  // Empty: on none.
    Documents::Kind kind = Documents::Kind::kReservation;
    std::string makes = {};  // Of this kind; empty: none.
  };
  Write Next();
  void Ended(const Write& write);

 private:
  template <typename Request>
  Write Prepare(Request request) const;
  // The write of the request that `make` makes of a document's id.
  template <typename Make>
  Write WorkOn(Documents::Kind kind, Make make);

  Write Count();
  Write KeepBack();
  Write Reserve();
  Write ChangeOrder();
  Write Reallocate();
  Write Pack();
  Write ShipOrNot();
  Write TakeBack();
  Write Replenish();
  Write Transfer();

  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  template <typename Options>
  const std::string& Any(const Options& options) {
    return options[Pick(static_cast<int>(options.size()))];
  }
  const std::string& AnyChannel();
  // Something that can be ordered.
  const std::string& AnyGood();

  const Shop& shop_;
  Documents& documents_;
  const std::string name_;
  std::mt19937 random_;
  int writes_ = 0;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_SHOP_H_
