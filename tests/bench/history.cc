#include "tests/bench/history.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/reservation_repository.h"
#include "tests/bench/ask.h"
#include "tests/bench/database_settings.h"
#include "tests/bench/measure.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {
namespace {

using Stub = v1::InventoryService::Stub;
using storage::Sql;

// SKUs of one transaction: some tens of thousands of rows.
constexpr int64_t kSkusAtOnce = 2000;
constexpr int kConnections = 2;

absl::Status CountAndCorrect(Stub& inventory, const std::string& sku) {
  v1::SetStockRequest count;
  count.set_sku(sku);
  count.set_warehouse_id(kWarehouse);
  count.set_on_hand(kUnitsOfEachSku);
  v1::SetStockResponse counted;
  absl::Status status = Ask(inventory, &Stub::SetStock, count, counted);
  for (const int64_t delta : kHistoryCorrections) {
    if (!status.ok()) return status;
    v1::AdjustStockRequest correct;
    correct.set_sku(sku);
    correct.set_warehouse_id(kWarehouse);
    correct.set_delta(delta);
    correct.set_reason("benchmark");
    v1::AdjustStockResponse corrected;
    status = Ask(inventory, &Stub::AdjustStock, correct, corrected);
  }
  return status;
}

absl::StatusOr<std::string> Reserve(Stub& inventory, const std::string& sku) {
  v1::ReserveStockRequest request;
  FillRequest(sku, request);
  v1::ReserveStockResponse response;
  absl::Status status = Ask(inventory, &Stub::ReserveStock, request, response);
  if (status.ok()) status = CheckAnswer(request, response);
  if (!status.ok()) return status;
  return response.reservation().reservation_id();
}

absl::Status ReserveAndEnd(Stub& inventory, const std::string& sku, bool confirm) {
  absl::StatusOr<std::string> id = Reserve(inventory, sku);
  if (!id.ok()) return id.status();
  if (confirm) {
    v1::ConfirmReservationRequest request;
    request.set_reservation_id(*id);
    v1::ConfirmReservationResponse response;
    return Ask(inventory, &Stub::ConfirmReservation, request, response);
  }
  v1::CancelReservationRequest request;
  request.set_reservation_id(*id);
  v1::CancelReservationResponse response;
  return Ask(inventory, &Stub::CancelReservation, request, response);
}

absl::Status Live(Stub& inventory, const std::string& sku) {
  absl::Status status = CountAndCorrect(inventory, sku);
  for (int i = 0; status.ok() && i < kHistoryReservations; ++i) {
    status = ReserveAndEnd(inventory, sku, i < kHistoryReserved);
  }
  return status;
}

// Where the rows of the first SKU are found, as a condition on its table, and how many there must be.
struct Source {
  const char* table;
  std::string columns;  // "sku, warehouse_id, ..."
  std::string where;
  int rows;
};

std::vector<Source> Sources() {
  const std::string of_sku = absl::StrCat("sku = '", HistorySku(0), "'");
  const std::string of_reservation =
      absl::StrCat("reservation_id IN (SELECT reservation_id FROM reservation_line WHERE ", of_sku, ")");
  using storage::AllocationRecord, storage::ItemRecord, storage::LevelRecord, storage::MovementRecord;
  using storage::Columns, storage::ReservationLineRecord, storage::ReservationRecord, storage::Table;
  return {{Table<ItemRecord>::kName, Columns<ItemRecord>(), of_sku, 1},
          {Table<LevelRecord>::kName, Columns<LevelRecord>(), of_sku, 1},
          {Table<MovementRecord>::kName, Columns<MovementRecord>(), of_sku, kHistoryMovements},
          {Table<ReservationRecord>::kName, Columns<ReservationRecord>(), of_reservation, kHistoryReservations},
          {Table<ReservationLineRecord>::kName, Columns<ReservationLineRecord>(), of_sku, kHistoryReservations},
          {Table<AllocationRecord>::kName, Columns<AllocationRecord>(), of_sku, kHistoryReservations}};
}

// The value of a column in the copy for the SKU with the number n.number. An id keeps its first 24 characters, which
// hold its time, and gets the number for its last 12.
std::string CopyOf(std::string_view column) {
  std::string value = absl::StrCat("t.", std::string(column));
  if (column == "sku") return absl::StrCat("CONCAT('", kHistoryPrefix, "', LPAD(n.number, 7, '0'))");
  for (const std::string_view id : {"reservation_id", "order_reference", "document_id", "request_id"}) {
    if (column != id) continue;
    return absl::StrCat("IF(", value, " = '', '', CONCAT(LEFT(", value, ", 24), LOWER(LPAD(HEX(n.number), 12, '0'))))");
  }
  return value;
}

// Copies the rows of the first SKU over one connection: temporary tables hold them and the numbers of the SKUs.
class Copier {
 public:
  static absl::StatusOr<Copier> Open(storage::DatabaseOptions database) {
    database.read_timeout = absl::Minutes(2);
    absl::StatusOr<std::unique_ptr<storage::Connection>> connection = storage::Connection::Open(database);
    if (!connection.ok()) return connection.status();
    Copier copier(*std::move(connection));
    absl::Status prepared = copier.Prepare();
    if (!prepared.ok()) return prepared;
    return copier;
  }

  // For the SKUs from `first` to `end` - 1, of which there are at most kSkusAtOnce.
  absl::Status Copy(int64_t first, int64_t end) {
    Sql sql;
    storage::BeginStatement(sql).Raw("UPDATE bench_number SET number = place + ").Int(first);
    storage::BeginStatement(sql).Raw("BEGIN");
    for (const Source& source : Sources()) {
      std::vector<std::string> values;
      for (const auto& column : absl::StrSplit(source.columns, ", ")) values.push_back(CopyOf(std::string(column)));
      storage::BeginStatement(sql).Raw(
          absl::StrCat("INSERT INTO ", source.table, " (", source.columns, ") SELECT ", absl::StrJoin(values, ", "),
                       " FROM bench_number n STRAIGHT_JOIN bench_", source.table, " t WHERE n.number < "));
      sql.Int(end);
    }
    storage::BeginStatement(sql).Raw("COMMIT");
    return connection_->Execute(sql).status();
  }

 private:
  explicit Copier(std::unique_ptr<storage::Connection> connection) : connection_(std::move(connection)) {}

  absl::Status Prepare() {
    Sql sql;
    storage::BeginStatement(sql).Raw(
        "CREATE TEMPORARY TABLE bench_number (place BIGINT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)");
    storage::BeginStatement(sql).Raw("INSERT INTO bench_number VALUES ");
    for (int64_t place = 0; place < kSkusAtOnce; ++place) {
      sql.Raw(place == 0 ? "(" : ",(").Int(place).Raw(",0)");
    }
    for (const Source& source : Sources()) {
      storage::BeginStatement(sql).Raw(absl::StrCat("CREATE TEMPORARY TABLE bench_", source.table, " AS SELECT ",
                                                    source.columns, " FROM ", source.table, " WHERE ", source.where));
      storage::BeginStatement(sql).Raw(absl::StrCat("SELECT COUNT(*) FROM bench_", source.table));
    }
    const absl::StatusOr<std::vector<storage::Rows>> results = connection_->Execute(sql);
    if (!results.ok()) return results.status();
    std::size_t at = 3;
    for (const Source& source : Sources()) {
      const int64_t rows = (*results)[at][0].Int(0);
      at += 2;
      if (rows == source.rows) continue;
      return absl::InternalError(
          absl::StrCat("the history of a SKU has ", rows, " rows in ", source.table, ", not ", source.rows));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<storage::Connection> connection_;
};

// Takes ranges of SKUs until there are none left.
absl::Status CopyShare(const storage::DatabaseOptions& database, int64_t skus, std::atomic<int64_t>& next,
                       const std::function<void(int64_t)>& report) {
  absl::StatusOr<Copier> copier = Copier::Open(database);
  if (!copier.ok()) return copier.status();
  while (true) {
    const int64_t first = next.fetch_add(kSkusAtOnce);
    if (first >= skus) return absl::OkStatus();
    if (Interrupted()) return absl::CancelledError("interrupted");
    absl::Status copied = copier->Copy(first, std::min(first + kSkusAtOnce, skus));
    if (!copied.ok()) return copied;
    report(first);
  }
}

absl::Status CopyAll(const storage::DatabaseOptions& database, int64_t skus,
                     const std::function<void(int64_t)>& report) {
  std::atomic<int64_t> next = 1;
  std::array<absl::Status, kConnections> ends;
  std::array<std::thread, kConnections> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads[i] = std::thread([&, i] { ends[i] = CopyShare(database, skus, next, report); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto failed = std::find_if(ends.begin(), ends.end(), [](const absl::Status& end) { return !end.ok(); });
  return failed == ends.end() ? absl::OkStatus() : *failed;
}

int64_t RowsOfEachSku() {
  int64_t rows = 0;
  for (const Source& source : Sources()) rows += source.rows;
  return rows;
}

}  // namespace

std::string HistorySku(int64_t number) { return absl::StrFormat("%s%07d", kHistoryPrefix, number); }

std::size_t NumberOfHistorySku(const std::string& sku) { return std::stoull(sku.substr(sizeof(kHistoryPrefix) - 1)); }

std::string ShortCount(int64_t skus) {
  return skus % 1'000'000 == 0 ? absl::StrCat(skus / 1'000'000, "m") : absl::StrCat(skus / 1000, "k");
}

int BufferPoolMib(int64_t skus) {
  constexpr int64_t kBytesOfEachSku = 10'000;  // With indexes, and as full as pages are.
  constexpr int64_t kOfRun = 1 << 30;
  constexpr int64_t kMib = 1 << 20;
  const int64_t half = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE) / 2;
  return static_cast<int>(std::min(skus * kBytesOfEachSku + kOfRun, half) / kMib);
}

absl::Status FillHistory(Stub& inventory, const storage::DatabaseOptions& database, int64_t skus,
                         const std::function<void(const std::string&)>& report) {
  const absl::Time start = absl::Now();
  absl::Status status = Live(inventory, HistorySku(0));
  if (!status.ok()) return status;
  const auto progress = [&](int64_t done) {
    const int64_t step = std::max<int64_t>(skus / kSkusAtOnce / 10, 1) * kSkusAtOnce;
    if (done / step != (done - kSkusAtOnce) / step) {
      report(absl::StrFormat("filling tables: %d of %d SKUs", done, skus));
    }
  };
  status = CopyAll(database, skus, progress);
  if (!status.ok()) return status;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const double million_rows = static_cast<double>(skus * RowsOfEachSku()) / 1e6;
  report(absl::StrFormat("%d SKUs with %d movements: %.1f million rows in %.0f s, %.1f s for each million", skus,
                         skus * kHistoryMovements, million_rows, seconds, seconds / million_rows));
  absl::StatusOr<std::unique_ptr<storage::Connection>> connection = storage::Connection::Open(database);
  return connection.ok() ? Settle(**connection) : connection.status();
}

}  // namespace inventory::bench
