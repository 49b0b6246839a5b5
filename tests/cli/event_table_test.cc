// How events look.
#include "client/cli/event_table.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "inventory/v1/event.pb.h"
#include "tests/pb.h"

namespace inventory::cli {
namespace {

// Each inner list is a page.
std::string Shown(const std::vector<std::vector<std::string>>& pages) {
  std::ostringstream out;
  const auto writer = MakeEventTableWriter(out);
  for (const std::vector<std::string>& page : pages) {
    std::vector<v1::Event> events;
    events.reserve(page.size());
    Rows rows;
    for (const std::string& event : page) rows.push_back(&events.emplace_back(Pb<v1::Event>(event)));
    writer->Write(rows);
  }
  return out.str();
}

// What the table's last column says of an event.
std::string What(const std::string& event) {
  const std::string text = Shown({{event}});
  const std::size_t column = text.find("WHAT");
  return text.substr(text.find('\n') + 1 + column);
}

TEST(EventTableTest, ALineForEachEventInColumnsThatGrow) {
  EXPECT_EQ(
      Shown({{},
             {"type: EVENT_TYPE_MOVEMENT time { seconds: 1800000000 nanos: 5000 } channel_id: 'web-eu' movement { "
              "sku: 'A' warehouse_id: 'ber-1' type: MOVEMENT_TYPE_RESERVE document_id: 'R-1' "
              "delta { reserved: 3 } balance { on_hand: 20 reserved: 12 safety_stock: 1 damaged: 1 quality_control: 1 "
              "incoming: 7 } }",
              "type: EVENT_TYPE_OUT_OF_STOCK time { seconds: 1800000000 } "
              "availability { sku: 'A' warehouse_id: 'w' previous_available: 3 available: -1 }"},
             {"type: EVENT_TYPE_LOW_STOCK time { seconds: 1800000001 } channel_id: 'app' low_stock { rule_id: 'low' "
              "type: LOW_STOCK_EVENT_TYPE_RECOVERED sku: 'JEANS-M' available: 9 threshold: 5 }"}}),
      "TIME                  TYPE           SKU  WAREHOUSE  CHANNEL  WHAT\n"
      "2027-01-15T08:00:00Z  movement       A    ber-1      web-eu   reserve R-1: reserved +3 -> 12, available 5\n"
      "2027-01-15T08:00:00Z  out-of-stock   A    w          -        available 3 -> -1\n"
      "2027-01-15T08:00:01Z  low-stock      JEANS-M  -          app      low: recovered, available 9, threshold 5\n");
}

TEST(EventTableTest, MovementsSayAllThatChanged) {
  EXPECT_EQ(What("movement { type: MOVEMENT_TYPE_SHIP document_id: 'S-1' delta { on_hand: -3 reserved: -3 } "
                 "balance { on_hand: 9 } }"),
            "ship S-1: on hand -3 -> 9, reserved -3 -> 0, available 9\n");
  EXPECT_EQ(What("movement { type: MOVEMENT_TYPE_RECLASSIFY delta { damaged: 1 quality_control: -1 safety_stock: 2 "
                 "incoming: 4 } balance { on_hand: 9 safety_stock: 2 damaged: 1 incoming: 4 } }"),
            "reclassify: safety stock +2 -> 2, damaged +1 -> 1, quality control -1 -> 0, incoming +4 -> 4, available "
            "6\n");
  EXPECT_EQ(What("movement { type: MOVEMENT_TYPE_SET balance { on_hand: 9 } }"), "set: available 9\n");
}

TEST(EventTableTest, DocumentsGoFromStateToState) {
  EXPECT_EQ(What("reservation { reservation_id: 'R-1' state: RESERVATION_STATE_HELD "
                 "expire_time { seconds: 1800000000 } }"),
            "R-1: held until 2027-01-15T08:00:00Z\n");
  EXPECT_EQ(What("reservation { reservation_id: 'R-1' previous_state: RESERVATION_STATE_HELD "
                 "state: RESERVATION_STATE_COMMITTED }"),
            "R-1: held -> committed\n");
  EXPECT_EQ(What("shipment { shipment_id: 'S-1' previous_state: SHIPMENT_STATE_READY_TO_SHIP "
                 "state: SHIPMENT_STATE_SHIPPED carrier: 'DHL' tracking_number: '123' }"),
            "S-1: ready-to-ship -> shipped, DHL, 123\n");
}

TEST(EventTableTest, OfManySkusTheRestIsCounted) {
  const std::string three = "lines { sku: 'A' } lines { sku: 'B' } lines { sku: 'C' } ";
  EXPECT_EQ(Shown({{"type: EVENT_TYPE_RESERVATION reservation { reservation_id: 'R' state: RESERVATION_STATE_HELD " +
                        three + "}",
                    "type: EVENT_TYPE_SHIPMENT shipment { shipment_id: 'S' warehouse_id: 'w' "
                    "state: SHIPMENT_STATE_PROCESSING " +
                        three + three + "}"}}),
            "TIME                  TYPE           SKU         WAREHOUSE  CHANNEL  WHAT\n"
            "1970-01-01T00:00:00Z  reservation    A, B, C     -          -        R: held\n"
            "1970-01-01T00:00:00Z  shipment       A, B, C +3  w          -        S: processing\n");
}

TEST(EventTableTest, WhatANewerServerTellsIsNamed) {
  EXPECT_EQ(Shown({{"type: 99"}}),
            "TIME                  TYPE           SKU  WAREHOUSE  CHANNEL  WHAT\n"
            "1970-01-01T00:00:00Z  99             -    -          -        of a newer server; this inventoryctl can't "
            "show it\n");
}

TEST(EventTableTest, NothingMovesTheCursor) {
  for (const char* event :
       {"movement { sku: BAD warehouse_id: BAD document_id: BAD }",
        "channel_id: BAD reservation { reservation_id: BAD lines { sku: BAD } }",
        "shipment { shipment_id: BAD carrier: BAD tracking_number: BAD warehouse_id: BAD lines { sku: BAD } }",
        "low_stock { rule_id: BAD sku: BAD warehouse_id: BAD }", "availability { sku: BAD warehouse_id: BAD }"}) {
    const std::string shown = Shown({{absl::StrReplaceAll(event, {{"BAD", "'\\x1b[2J'"}})}});
    EXPECT_NE(shown.find("\\x1b[2J"), std::string::npos) << shown;
    EXPECT_EQ(shown.find('\x1b'), std::string::npos) << event;
  }
}

}  // namespace
}  // namespace inventory::cli
