// What the database says of the stock of some SKUs.
#ifndef INVENTORY_SERVER_QUERIES_STOCK_H_
#define INVENTORY_SERVER_QUERIES_STOCK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/incoming_repository.h"
#include "storage/records.h"

namespace inventory::queries {

// Some SKUs and the components of kits among them. Each row is as some commit has left it that was not over before the
// question was asked; what dead holds have is left out, released or not.
struct Stock {
  int64_t configuration_version = 0;
  std::map<std::string, storage::ItemRecord> items;
  // By SKU.
  std::map<std::string, std::vector<storage::LevelRecord>> levels;
  std::map<storage::QuotaRecord::Key, storage::QuotaRecord> quotas;
  // By SKU; those that are not deleted.
  std::map<std::string, std::vector<storage::LowStockRuleRecord>> rules;
  // By SKU, but not of components.
  std::map<std::string, std::vector<storage::Incoming>> incoming;
  // Set if anything is incoming.
  absl::Time now;

  // The item as configured, or with all defaults.
  const storage::ItemRecord& item(const std::string& sku) const;
};

// Takes one round trip, and a second one if a SKU is a kit, has quotas or low-stock rules, has units on their way, or
// has units waiting of which only so many may.
absl::StatusOr<Stock> ReadStock(const std::set<std::string>& skus, storage::Connection& connection);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_STOCK_H_
