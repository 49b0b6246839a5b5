#include "tests/bench/peer/order.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/errors.h"
#include "storage/reservation_repository.h"

namespace inventory::bench::peer {
namespace {

template <typename Record>
absl::Status Read(Session& session, const std::string& reservation_id, std::vector<Record>& records) {
  static const std::string kText =
      "SELECT " + storage::Columns<Record>() + " FROM " + storage::Table<Record>::kName + " WHERE reservation_id = ?";
  absl::StatusOr<storage::Rows> rows = session.Query(kText, {reservation_id});
  if (rows.ok()) records = storage::ParseAll<Record>(*rows);
  return rows.status();
}

absl::StatusOr<std::set<std::string>> SkusOf(Session& session, const std::string& reservation_id) {
  static const std::string kText = "SELECT sku FROM reservation_line WHERE reservation_id = ?";
  absl::StatusOr<storage::Rows> rows = session.Query(kText, {reservation_id});
  if (!rows.ok()) return rows.status();
  std::set<std::string> skus;
  for (const storage::Row& row : *rows) skus.emplace(row.Text(0));
  return skus;
}

// Pointers to the records, in order of their keys.
template <typename Record>
std::vector<const Record*> Sorted(std::vector<Record>& records) {
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return a.key() < b.key(); });
  std::vector<const Record*> pointers;
  for (const Record& record : records) pointers.push_back(&record);
  return pointers;
}

}  // namespace

absl::StatusOr<LockedOrder> LockOrder(Session& session, const std::string& reservation_id, const std::string& etag) {
  absl::StatusOr<std::set<std::string>> skus = SkusOf(session, reservation_id);
  if (!skus.ok()) return skus.status();
  if (skus->empty()) {
    return NotFound("RESERVATION_NOT_FOUND", absl::StrCat("there is no reservation ", reservation_id),
                    {{"reservation_id", reservation_id}});
  }
  absl::StatusOr<Stock> stock = Stock::Lock(session, *skus);
  if (!stock.ok()) return stock.status();
  std::vector<storage::ReservationRecord> reservations;
  Order order;
  absl::Status read = Read(session, reservation_id, reservations);
  if (read.ok()) read = Read(session, reservation_id, order.lines);
  if (read.ok()) read = Read(session, reservation_id, order.allocations);
  if (!read.ok()) return read;
  if (reservations.size() != 1) return absl::InternalError("a reservation has lines but no row");
  order.reservation = std::move(reservations.front());
  absl::Status matches = CheckEtag(etag, order.reservation.version, "the reservation");
  if (!matches.ok()) return matches;
  if (std::any_of(order.lines.begin(), order.lines.end(), [](const auto& line) { return line.backordered > 0; })) {
    return absl::UnimplementedError("this service knows no units that wait for stock");
  }
  return LockedOrder{std::move(order), *std::move(stock)};
}

void Show(Order order, absl::Time now, v1::Reservation& out) {
  const auto lines = Sorted(order.lines);
  const auto allocations = Sorted(order.allocations);
  ToProto(order.reservation, lines, allocations, now, out);
}

}  // namespace inventory::bench::peer
