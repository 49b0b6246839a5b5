// How fast imports are, and what they cost those who reserve meanwhile.
#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/connection.h"
#include "tests/bench/cases.h"
#include "tests/bench/core_cases.h"
#include "tests/bench/import_stream.h"
#include "tests/bench/latencies.h"
#include "tests/bench/site.h"

namespace inventory::bench {
namespace {

constexpr int kReservationsInFlight = 16;

// What has been imported into the site.
struct Imported {
  int64_t skus = 0;   // From number 0 on.
  int64_t units = 0;  // Grows with each import, so that each of its rows changes something.
};

// Whether the SKUs have the units that an import has counted.
absl::Status CheckImported(Site& site, const ImportOptions& options) {
  storage::DatabaseOptions patient = site.database();
  patient.read_timeout = absl::Minutes(2);
  auto connection = storage::Connection::Open(patient);
  if (!connection.ok()) return connection.status();
  storage::Sql sql;
  sql.Raw("SELECT COUNT(*) FROM stock_level WHERE sku >= ").Blob(ImportSku(options.first_sku));
  sql.Raw(" AND sku < ").Blob(ImportSku(options.first_sku + options.rows)).Raw(" AND on_hand = ").Int(options.units);
  const auto counts = (*connection)->Execute(sql);
  if (!counts.ok()) return counts.status();
  const int64_t right = counts->front()[0].Int(0);
  if (right == options.rows) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("of ", options.rows, " rows that were imported, ", right, " are stored"));
}

absl::StatusOr<Sample> ImportOnce(Site& site, int64_t first_sku, int64_t rows, Imported& imported) {
  Latencies latencies;
  ImportOptions options{.first_sku = first_sku, .rows = rows, .units = ++imported.units};
  options.on_chunk = [&latencies](absl::Time sent, absl::Time answered, int64_t) { latencies.Add(answered - sent); };
  const Cpu before = site.ReadCpu();
  const absl::Time start = absl::Now();
  absl::Status status = Import(site.server_address(), options);
  const absl::Duration took = absl::Now() - start;
  const Cpu after = site.ReadCpu();
  if (status.ok()) status = CheckImported(site, options);
  if (!status.ok()) return status;
  site.AddSkus(std::max<int64_t>(first_sku + rows - imported.skus, 0));
  imported.skus = std::max(imported.skus, first_sku + rows);
  Sample sample;
  sample.acknowledged = rows;
  sample.per_second = static_cast<double>(rows) / absl::ToDoubleSeconds(took);
  sample.p50_ms = latencies.QuantileMs(0.5);
  sample.p99_ms = latencies.TailMs(0.99);
  sample.p999_ms = latencies.TailMs(0.999);
  sample.cpu_us = CpuForOne(before, after, rows);
  sample.more["rows"] = static_cast<double>(rows);
  return sample;
}

// Reserves while SKUs that are there are imported once more.
absl::StatusOr<Sample> ReserveBeside(Site& site, const Timing& timing, int64_t rows, Imported& imported) {
  if (imported.skus < rows) {
    absl::StatusOr<Sample> first = ImportOnce(site, 0, rows, imported);
    if (!first.ok()) return first;
  }
  std::atomic<bool> stop = false;
  std::atomic<int64_t> done = 0;
  ImportOptions options{.first_sku = 0, .rows = rows, .units = ++imported.units};
  options.on_chunk = [&done](absl::Time, absl::Time, int64_t of_chunk) { done += of_chunk; };
  options.stop = [&stop] { return stop.load(); };
  absl::Status import_status;
  const absl::Time start = absl::Now();
  std::thread importer([&] { import_status = Import(site.server_address(), options); });
  absl::StatusOr<Sample> sample = ServerCase(Workload::kUniform, kReservationsInFlight).run(site, timing);
  const bool still_importing = done < rows;
  const double rows_per_second = static_cast<double>(done) / absl::ToDoubleSeconds(absl::Now() - start);
  stop = true;
  importer.join();
  if (!import_status.ok()) return import_status;
  if (!sample.ok()) return sample;
  if (!still_importing) {
    return absl::InternalError("the import ended before the reservations did; let it have more rows");
  }
  sample->more["import_rows_per_second"] = rows_per_second;
  return sample;
}

Case ImportCase(const std::string& id, int64_t rows, const std::string& what,
                std::function<absl::StatusOr<Sample>(Site&, const Timing&)> run) {
  return {.id = id,
          .series = "",
          .kind = Kind::kOther,
          .workload = {},
          .concurrency = 1,
          .description = absl::StrCat("import of ", rows, " counts of ", what),
          .run = std::move(run),
          .place = Place::kImport};
}

Case ReservationsCase(const std::string& id, const std::string& when,
                      std::function<absl::StatusOr<Sample>(Site&, const Timing&)> run) {
  return {.id = id,
          .series = "",
          .kind = Kind::kOther,
          .workload = Workload::kUniform,
          .concurrency = kReservationsInFlight,
          .description = absl::StrCat("ReserveStock ", when, ", ", kReservationsInFlight, " in flight"),
          .run = std::move(run),
          .place = Place::kImport};
}

}  // namespace

std::vector<Case> ImportCases(int64_t rows) {
  const auto imported = std::make_shared<Imported>();
  return {
      ImportCase("import-new", rows, "new SKUs",
                 [=](Site& site, const Timing&) { return ImportOnce(site, imported->skus, rows, *imported); }),
      ImportCase("import-existing", rows, "SKUs that are there",
                 [=](Site& site, const Timing&) -> absl::StatusOr<Sample> {
                   if (imported->skus < rows) {
                     absl::StatusOr<Sample> first = ImportOnce(site, 0, rows, *imported);
                     if (!first.ok()) return first;
                   }
                   return ImportOnce(site, 0, rows, *imported);
                 }),
      ReservationsCase("import-alone", "without an import", ServerCase(Workload::kUniform, kReservationsInFlight).run),
      ReservationsCase("import-beside", "while an import runs",
                       [=](Site& site, const Timing& timing) { return ReserveBeside(site, timing, rows, *imported); })};
}

}  // namespace inventory::bench
