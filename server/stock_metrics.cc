#include "server/stock_metrics.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "inventory/v1/ledger.pb.h"
#include "server/errors.h"

namespace inventory::server {
namespace {

using storage::MovementType;

// "reserve" of MOVEMENT_TYPE_RESERVE.
std::string NameOf(std::size_t type) {
  constexpr std::size_t kPrefix = sizeof("MOVEMENT_TYPE_") - 1;
  return absl::AsciiStrToLower(v1::MovementType_Name(static_cast<v1::MovementType>(type)).substr(kPrefix));
}

// What counts in the ledger again what was counted before is no news.
bool IsNews(std::size_t type) { return type != 0 && type != static_cast<std::size_t>(MovementType::kBalanceForward); }

}  // namespace

StockMetrics::StockMetrics(prometheus::Registry& registry)
    : reservations_(prometheus::BuildCounter()
                        .Name("inventory_reservations_total")
                        .Help("Reservations asked for, by what became of them.")
                        .Register(registry)),
      accepted_(reservations_.Add({{"outcome", "accepted"}, {"reason", ""}})),
      backordered_(reservations_.Add({{"outcome", "backordered"}, {"reason", ""}})),
      low_stock_events_(prometheus::BuildCounter()
                            .Name("inventory_low_stock_events_total")
                            .Help("Times that the stock of a low-stock rule became low, or enough again.")
                            .Register(registry)
                            .Add({})) {
  auto& units = prometheus::BuildCounter()
                    .Name("inventory_moved_units_total")
                    .Help("Units of all SKUs that were moved, by the ledger's type of movement.")
                    .Register(registry);
  for (std::size_t type = 0; type < moved_units_.size(); ++type) {
    if (IsNews(type)) moved_units_[type] = &units.Add({{"type", NameOf(type)}});
  }
}

void StockMetrics::Committed(const pipeline::Tally& tally) {
  accepted_.Increment(static_cast<double>(tally.reservations_accepted));
  backordered_.Increment(static_cast<double>(tally.reservations_backordered));
  low_stock_events_.Increment(static_cast<double>(tally.low_stock_events));
  for (std::size_t type = 0; type < moved_units_.size(); ++type) {
    if (moved_units_[type] == nullptr || tally.moved_units[type] == 0) continue;
    moved_units_[type]->Increment(static_cast<double>(tally.moved_units[type]));
  }
}

void StockMetrics::Refused(const pipeline::Job& job) {
  // What was only tried was asked by nobody.
  if (job.trial || job.answered_before || job.copy_of != nullptr) return;
  if (job.command->name() != "ReserveStock") return;
  const std::string reason = ReasonOf(job.answer);
  RefusedFor(reason.empty() ? absl::StatusCodeToString(job.answer.code()) : reason).Increment();
}

prometheus::Counter& StockMetrics::RefusedFor(const std::string& reason) {
  storage::MutexLock lock(mutex_);
  prometheus::Counter*& counter = refused_[reason];
  if (counter == nullptr) counter = &reservations_.Add({{"outcome", "refused"}, {"reason", reason}});
  return *counter;
}

}  // namespace inventory::server
