#include "absl/strings/str_cat.h"
#include "inventory/v1/stock.pb.h"
#include "server/commands/convert.h"
#include "server/commands/stock.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"

namespace inventory::queries {
namespace {

using storage::LevelRecord;
using storage::MovementRecord;

struct GetStockLevel {
  using Request = v1::GetStockLevelRequest;
  using Response = v1::StockLevel;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSku(request.sku(), "sku", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    if (request.has_as_of_time()) rpc::CheckTimestamp(request.as_of_time(), "as_of_time", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const absl::StatusOr<std::vector<LevelRecord>> found =
        request.has_as_of_time() ? LevelAsOf(request, reader) : LevelNow(request, reader);
    if (!found.ok()) return found.status();
    if (found->empty()) return LevelNotFound(request);
    ToProto(found->front(), response);
    return absl::OkStatus();
  }

 private:
  static absl::StatusOr<std::vector<LevelRecord>> LevelNow(const Request& request, reading::Reader& reader) {
    storage::Sql sql;
    storage::AppendSelectLiveLevel(sql, request.sku(), request.warehouse_id());
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    return storage::ParseAll<LevelRecord>((*results)[0]);
  }

  // The future is now: the ledger knows nothing of the holds that have run out and are not released yet.
  static absl::StatusOr<std::vector<LevelRecord>> LevelAsOf(const Request& request, reading::Reader& reader) {
    const absl::Time as_of = FromTimestamp(request.as_of_time());
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendLevelAsOf(sql, request.sku(), request.warehouse_id(), as_of);
      storage::AppendSelectPastLevel(sql, request.sku(), request.warehouse_id(), as_of);
      storage::AppendSelectLiveLevel(sql, request.sku(), request.warehouse_id());
    });
    if (!results.ok()) return results.status();
    if (as_of >= snapshot.now()) return storage::ParseAll<LevelRecord>((*results)[2]);
    const storage::PastLevel past = storage::ParsePastLevel((*results)[1]);
    if (!past.on_hand && past.begin_time) {
      return commands::LedgerTooShort(request.sku(), request.warehouse_id(), *past.begin_time);
    }
    std::vector<LevelRecord> levels;
    for (const MovementRecord& last : storage::ParseAll<MovementRecord>((*results)[0])) {
      levels.push_back({.sku = last.sku,
                        .warehouse_id = last.warehouse_id,
                        .quantities = last.balance,
                        .version = last.version,
                        .update_time = last.create_time});
    }
    return levels;
  }

  static absl::Status LevelNotFound(const Request& request) {
    return NotFound("LEVEL_NOT_FOUND",
                    absl::StrCat(request.sku(), " had no stock written in warehouse ", request.warehouse_id(),
                                 request.has_as_of_time() ? " by that time" : ""),
                    {{"sku", request.sku()}, {"warehouse_id", request.warehouse_id()}});
  }
};

const rpc::Registered<GetStockLevel> kGetStockLevel;

}  // namespace
}  // namespace inventory::queries
