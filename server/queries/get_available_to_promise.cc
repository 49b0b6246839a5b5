#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/availability.pb.h"
#include "server/commands/convert.h"
#include "server/commands/kits.h"
#include "server/commands/reservations.h"
#include "server/errors.h"
#include "server/queries/configuration.h"
#include "server/queries/promises.h"
#include "server/queries/sku_rows.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/backorder_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/quota_repository.h"
#include "storage/reservation_repository.h"

namespace inventory::queries {
namespace {

using storage::Incoming;

struct GetAvailableToPromise {
  using Request = v1::GetAvailableToPromiseRequest;
  using Response = v1::GetAvailableToPromiseResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckSku(request.sku(), "sku", violations);
    if (request.has_quantity()) rpc::CheckQuantity(request.quantity(), 1, "quantity", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const auto warehouses = commands::SellingFrom(**configuration, request.channel_id());
    if (!warehouses.ok()) return warehouses.status();

    const absl::StatusOr<Facts> facts = Look(request, reader.connection());
    if (!facts.ok()) return facts.status();
    absl::Status counted = CheckCounted(request.sku(), facts->item);
    if (!counted.ok()) return counted;
    int64_t available = 0;
    for (const storage::LevelRecord& level : facts->levels) {
      if (Contains(*warehouses, level.warehouse_id)) available += std::max<int64_t>(level.quantities.available(), 0);
    }
    const std::vector<Promise> promises =
        PromisesOf(available, facts->item.backordered, facts->incoming, *warehouses, facts->now);
    Show(request, Capped(promises, facts->quota_left), response);
    response.set_undated_quantity(Undated(facts->incoming, *warehouses, facts->now));
    return absl::OkStatus();
  }

 private:
  // What the database says of the SKU at one moment, as if dead holds had been released then.
  struct Facts {
    storage::ItemRecord item = {};
    std::vector<storage::LevelRecord> levels = {};
    std::vector<Incoming> incoming = {};
    int64_t quota_left = std::numeric_limits<int64_t>::max();
    absl::Time now = {};
  };

  static absl::StatusOr<Facts> Look(const Request& request, storage::Connection& connection) {
    const std::string skus[] = {request.sku()};
    reading::Snapshot snapshot(connection);
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendSelectByKeyPrefix<storage::ItemRecord>(sql, skus);
      storage::AppendSelectLiveLevels(sql, skus);
      storage::AppendSelectIncoming(sql, skus);
      storage::AppendSelectLiveQuota(sql, {request.sku(), request.channel_id()});
      storage::AppendSelectDeadWaiting(sql, skus);
      storage::AppendSelectDeadUnits(sql, skus);
    });
    if (!results.ok()) return results.status();
    Facts facts;
    for (auto& item : storage::ParseAll<storage::ItemRecord>((*results)[0])) facts.item = std::move(item);
    facts.levels = storage::ParseAll<storage::LevelRecord>((*results)[1]);
    facts.incoming = storage::ParseIncoming((*results)[2]);
    for (const auto& quota : storage::ParseAll<storage::QuotaRecord>((*results)[3])) {
      facts.quota_left = std::max<int64_t>(quota.quantity - quota.outstanding, 0);
    }
    for (const storage::Row& dead : (*results)[4]) facts.item.backordered -= dead.Int(1);
    for (const storage::Row& freed : (*results)[5]) {
      for (storage::LevelRecord& level : facts.levels) {
        if (level.warehouse_id == freed.Text(1)) GiveToWaiting(freed.Int(2), facts.item, level);
      }
    }
    facts.now = snapshot.now();
    return facts;
  }

  static absl::Status CheckCounted(const std::string& sku, const storage::ItemRecord& item) {
    if (item.is_kit()) return commands::ItemIsKit(sku);
    if (item.tracked) return absl::OkStatus();
    return Precondition("ITEM_UNTRACKED", absl::StrCat(sku, " is untracked: its stock is never counted"),
                        {{"sku", sku}});
  }

  static bool Contains(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  static void Show(const Request& request, const std::vector<Promise>& promises, Response& response) {
    for (const Promise& promise : promises) {
      auto& shown = *response.add_promises();
      *shown.mutable_time() = ToTimestamp(promise.time);
      shown.set_quantity(promise.quantity);
    }
    if (!request.has_quantity()) return;
    const std::optional<absl::Time> time = ReachedAt(promises, request.quantity());
    if (time) *response.mutable_available_time() = ToTimestamp(*time);
  }

  static int64_t Undated(const std::vector<Incoming>& incoming, const std::vector<std::string>& warehouses,
                         absl::Time now) {
    int64_t undated = 0;
    for (const Incoming& units : incoming) {
      const bool dated = units.expected_time && *units.expected_time > now;
      if (!dated && Contains(warehouses, units.warehouse_id)) undated += units.quantity;
    }
    return undated;
  }
};

const rpc::Registered<GetAvailableToPromise> kGetAvailableToPromise;

}  // namespace
}  // namespace inventory::queries
