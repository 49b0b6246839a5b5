#include "server/pipeline/quotas.h"

#include <algorithm>
#include <map>

namespace inventory::pipeline {
namespace {

using storage::QuotaRecord;
using storage::ReservationLineRecord;

int64_t Unshipped(const ReservationLineRecord* line) {
  return line == nullptr ? 0 : line->reserved + line->backordered;
}

}  // namespace

std::optional<int64_t> QuotaLeft(const Work& work, const std::string& channel_id, const std::string& sku) {
  const QuotaRecord* quota = work.rows().quotas.Find({sku, channel_id});
  if (quota == nullptr) return std::nullopt;
  return std::max<int64_t>(quota->quantity - quota->outstanding, 0);
}

int64_t OutstandingNow(const Work& work, const QuotaRecord::Key& quota) {
  const auto& [sku, channel_id] = quota;
  int64_t units = work.outstanding->at(quota);
  const auto& lines = work.rows().reservation_lines;
  for (const ReservationLineRecord* line : lines.Written()) {
    if (line->sku != sku) continue;
    const storage::ReservationRecord* reservation = work.rows().reservations.Find(line->reservation_id);
    if (reservation == nullptr || reservation->channel_id != channel_id) continue;
    units += Unshipped(line) - Unshipped(lines.Stored(line->key()));
  }
  return units;
}

absl::Status CountQuotas(Work& work) {
  std::map<QuotaRecord::Key, int64_t> grown;
  absl::Status status;
  work.rows().reservation_lines.ForEachChange(
      [&](const ReservationLineRecord* before, const ReservationLineRecord* after) {
        const int64_t units = Unshipped(after) - Unshipped(before);
        if (units == 0) return;
        const ReservationLineRecord& line = after == nullptr ? *before : *after;
        if (work.item(line.sku).quotas == 0) return;
        const storage::ReservationRecord* reservation = work.rows().reservations.Find(line.reservation_id);
        if (reservation == nullptr) {
          status.Update(absl::InternalError("a line that counts against a quota has no reservation"));
          return;
        }
        grown[{line.sku, reservation->channel_id}] += units;
      });
  for (const auto& [key, units] : grown) {
    if (units != 0 && work.rows().quotas.Find(key) != nullptr) work.rows().quotas.Edit(key).outstanding += units;
  }
  return status;
}

}  // namespace inventory::pipeline
