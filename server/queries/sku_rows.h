// The rows that the availability of SKUs follows from.
#ifndef INVENTORY_SERVER_QUERIES_SKU_ROWS_H_
#define INVENTORY_SERVER_QUERIES_SKU_ROWS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/pipeline/packet.h"
#include "server/reading/known_stock.h"
#include "storage/connection.h"
#include "storage/incoming_repository.h"
#include "storage/records.h"

namespace inventory::queries {

// Those of one SKU.
struct SkuRows {
  std::optional<storage::ItemRecord> item = {};
  std::vector<storage::LevelRecord> levels = {};
  std::vector<storage::QuotaRecord> quotas = {};
  std::vector<storage::LowStockRuleRecord> rules = {};  // Those that are not deleted.
  std::vector<storage::Incoming> incoming = {};
};

reading::SkuStock ToStock(SkuRows rows);

// Reads the rows of SKUs, in two steps. Each is as some commit has left it that was not over before, but as if dead
// holds had been released then. Not thread-safe.
class RowsReader {
 public:
  // The time and the version are set to those of the first step, if there is one.
  RowsReader(storage::Connection& connection, absl::Time& now, int64_t& configuration_version)
      : connection_(connection), now_(now), configuration_version_(configuration_version) {}

  // The SKUs themselves, with the configuration's version and the time.
  absl::Status Read(const std::vector<std::string>& skus);
  // What only some of those have, as what was read of them says, and these components of kits.
  absl::Status ReadRest(const std::vector<std::string>& components);

  std::map<std::string, SkuRows>& rows() { return rows_; }
  // Until when the rows of the SKU mean the same, if they don't change.
  absl::Time HoldsUntil(const std::string& sku) const;

 private:
  void AddItems(const std::vector<std::string>& skus, pipeline::Packet& packet);
  void AddLiveLevels(const std::vector<std::string>& skus, pipeline::Packet& packet);
  void AddStoredLevels(const std::vector<std::string>& skus, pipeline::Packet& packet);
  void AddIncoming(const std::vector<std::string>& skus, pipeline::Packet& packet);
  void AddQuotasAndRules(const std::vector<std::string>& limited, const std::vector<std::string>& watched,
                         pipeline::Packet& packet);
  void AddDead(const std::vector<std::string>& waiting, pipeline::Packet& packet);

  storage::Connection& connection_;
  absl::Time& now_;
  int64_t& configuration_version_;
  std::map<std::string, SkuRows> rows_;
  std::set<std::string> components_;
  std::set<std::string> corrected_;  // By what dead holds have.
};

// Gives units that dead holds free at a level to orders that wait, as the next write of the SKU will do: nobody else
// can have them. Whether those orders can be served from there is not asked, so that what is left is there in any case.
void GiveToWaiting(int64_t freed, storage::ItemRecord& item, storage::LevelRecord& level);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_SKU_ROWS_H_
