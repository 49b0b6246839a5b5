// What the database says of the stock of some SKUs.
#ifndef INVENTORY_SERVER_QUERIES_STOCK_H_
#define INVENTORY_SERVER_QUERIES_STOCK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/reading/known_stock.h"
#include "storage/connection.h"

namespace inventory::queries {

// Some SKUs and the components of kits among them. Each row is as some commit has left it that was not over before the
// question was asked, but as if dead holds had been released then. What is on its way of components may be missing. One
// of which nothing is stored has all defaults.
class Stock {
 public:
  // By the database's clock.
  absl::Time now() const { return now_; }
  int64_t configuration_version() const { return configuration_version_; }

  // Of the SKU that has this place in the question.
  const reading::SkuStock& at(std::size_t place) const;
  const reading::SkuStock& component(std::string_view sku) const;

 private:
  friend absl::StatusOr<Stock> ReadStock(std::span<const std::string_view>, storage::Connection&,
                                         reading::KnownStock::Turn&);
  class Reader;

  absl::Time now_;
  int64_t configuration_version_ = 0;
  std::vector<const reading::SkuStock*> asked_;  // By place; null until it is read.
  // Components and what had to be read; with components, all that was asked for. Null: nothing is stored.
  absl::flat_hash_map<std::string_view, const reading::SkuStock*> others_;
  // They keep what the pointers and names are of.
  std::unique_ptr<reading::KnownStock::Look> look_;
  std::vector<std::unique_ptr<const reading::SkuStock>> read_;
  std::set<std::string> names_;
};

// Takes one round trip, and a second one if a SKU is a kit, has quotas or low-stock rules, has units on their way,
// orders that wait or a hold that may have run out. With a turn to look into what is known, only what is not known or
// has changed is read, if that is worth it, and the turn is over unless all is known; see KnownStock. The SKUs, of
// which some may stand twice, must outlive the stock.
absl::StatusOr<Stock> ReadStock(std::span<const std::string_view> skus, storage::Connection& connection,
                                reading::KnownStock::Turn& turn);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_STOCK_H_
