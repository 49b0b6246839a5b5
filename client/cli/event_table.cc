#include "client/cli/event_table.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "client/cli/output_table.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "inventory/v1/event.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Of an order of many lines the rest is counted: a line is to be seen at a glance.
constexpr int kMostSkus = 3;
// As wide as the longest type, so that the columns behind it stand still.
constexpr std::size_t kTypeWidth = sizeof("back-in-stock") - 1;

// What an event is about.
struct Subject {
  std::string skus;
  std::string warehouse;
  std::string what;
};

std::string Text(const Message& message, int field_number) {
  return TableText(message, *message.GetDescriptor()->FindFieldByNumber(field_number));
}

template <typename Lines>
std::string SkusOf(const Lines& lines) {
  std::string skus;
  for (int i = 0; i < std::min(lines.size(), kMostSkus); ++i) {
    absl::StrAppend(&skus, i > 0 ? ", " : "", Printable(lines[i].sku()));
  }
  if (lines.size() > kMostSkus) absl::StrAppend(&skus, " +", lines.size() - kMostSkus);
  return skus;
}

// "R-1: held -> committed", or "R-1: held" of what was made just now.
std::string StateOf(const std::string& id, const std::string& before, const std::string& now) {
  return absl::StrCat(Printable(id), ": ", before, before.empty() ? "" : " -> ", now);
}

// As stock.proto defines it.
int64_t Available(const v1::Quantities& quantities) {
  return quantities.on_hand() - quantities.reserved() - quantities.safety_stock() - quantities.damaged() -
         quantities.quality_control();
}

// "ship S-1: on hand -3 -> 9, reserved -3 -> 0, available 9"
std::string WhatMoved(const v1::Movement& movement) {
  std::string what = Text(movement, v1::Movement::kTypeFieldNumber);
  if (!movement.document_id().empty()) absl::StrAppend(&what, " ", Printable(movement.document_id()));
  what += ": ";
  const google::protobuf::Descriptor& quantities = *v1::Quantities::descriptor();
  for (int i = 0; i < quantities.field_count(); ++i) {
    const FieldDescriptor* quantity = quantities.field(i);
    const auto read = [quantity](const Message& from) { return from.GetReflection()->GetInt64(from, quantity); };
    if (read(movement.delta()) == 0) continue;
    absl::StrAppendFormat(&what, "%s %+d -> %d, ", absl::StrReplaceAll(quantity->name(), {{"_", " "}}),
                          read(movement.delta()), read(movement.balance()));
  }
  return absl::StrCat(what, "available ", Available(movement.balance()));
}

std::string WhatBecameOf(const v1::ReservationChange& reservation) {
  std::string what =
      StateOf(reservation.reservation_id(), Text(reservation, v1::ReservationChange::kPreviousStateFieldNumber),
              Text(reservation, v1::ReservationChange::kStateFieldNumber));
  if (reservation.has_expire_time()) {
    absl::StrAppend(&what, " until ", Text(reservation, v1::ReservationChange::kExpireTimeFieldNumber));
  }
  return what;
}

std::string WhatBecameOf(const v1::ShipmentChange& shipment) {
  std::string what = StateOf(shipment.shipment_id(), Text(shipment, v1::ShipmentChange::kPreviousStateFieldNumber),
                             Text(shipment, v1::ShipmentChange::kStateFieldNumber));
  for (const std::string* by : {&shipment.carrier(), &shipment.tracking_number()}) {
    if (!by->empty()) absl::StrAppend(&what, ", ", Printable(*by));
  }
  return what;
}

Subject SubjectOf(const v1::Event& event) {
  switch (event.subject_case()) {
    case v1::Event::kMovement:
      return {Printable(event.movement().sku()), event.movement().warehouse_id(), WhatMoved(event.movement())};
    case v1::Event::kReservation:
      return {SkusOf(event.reservation().lines()), "", WhatBecameOf(event.reservation())};
    case v1::Event::kShipment:
      return {SkusOf(event.shipment().lines()), event.shipment().warehouse_id(), WhatBecameOf(event.shipment())};
    case v1::Event::kLowStock: {
      const v1::LowStockCrossing& crossing = event.low_stock();
      return {Printable(crossing.sku()), crossing.warehouse_id(),
              absl::StrCat(Printable(crossing.rule_id()), ": ", Text(crossing, v1::LowStockCrossing::kTypeFieldNumber),
                           ", available ", crossing.available(), ", threshold ", crossing.threshold())};
    }
    case v1::Event::kAvailability: {
      const v1::AvailabilityChange& change = event.availability();
      return {Printable(change.sku()), change.warehouse_id(),
              absl::StrCat("available ", change.previous_available(), " -> ", change.available())};
    }
    case v1::Event::SUBJECT_NOT_SET:
      break;
  }
  return {"", "", "of a newer server; this inventoryctl can't show it"};
}

std::vector<std::string> LineOf(const v1::Event& event) {
  const Subject subject = SubjectOf(event);
  std::vector<std::string> line = {Text(event, v1::Event::kTimeFieldNumber),
                                   Text(event, v1::Event::kTypeFieldNumber),
                                   subject.skus,
                                   Printable(subject.warehouse),
                                   Printable(event.channel_id()),
                                   subject.what};
  for (std::string& cell : line) {
    if (cell.empty()) cell = kNothing;
  }
  return line;
}

class EventTableWriter final : public RowWriter {
 public:
  explicit EventTableWriter(std::ostream& out)
      : columns_({{}, {.width = kTypeWidth}, {}, {}, {}, {}}, /*indent=*/0, out) {}

  void Write(const Rows& page) override {
    std::vector<std::vector<std::string>> lines;
    if (!has_heading_ && !page.empty()) {
      lines.push_back({"TIME", "TYPE", "SKU", "WAREHOUSE", "CHANNEL", "WHAT"});
      has_heading_ = true;
    }
    for (const Message* row : page) lines.push_back(LineOf(dynamic_cast<const v1::Event&>(*row)));
    columns_.Write(lines);
  }

 private:
  TextColumns columns_;
  bool has_heading_ = false;
};

}  // namespace

std::unique_ptr<RowWriter> MakeEventTableWriter(std::ostream& out) { return std::make_unique<EventTableWriter>(out); }

}  // namespace inventory::cli
