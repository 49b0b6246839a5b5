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
// question was asked, but as if dead holds had been released then.
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
  absl::Time now;  // The database's clock.

  // The item as configured, or with all defaults.
  const storage::ItemRecord& item(const std::string& sku) const;
};

// Takes one round trip, and a second one if a SKU is a kit, has quotas or low-stock rules, has units on their way,
// orders that wait or a hold that may have run out.
absl::StatusOr<Stock> ReadStock(const std::set<std::string>& skus, storage::Connection& connection);

// Gives units that dead holds free at a level to orders that wait, as the next write of the SKU will do: nobody else
// can have them. Whether those orders can be served from there is not asked, so that what is left is there in any case.
void GiveToWaiting(int64_t freed, storage::ItemRecord& item, storage::LevelRecord& level);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_STOCK_H_
