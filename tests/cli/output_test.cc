// How answers look.
#include "client/cli/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "client/cli/output_csv.h"
#include "client/cli/output_table.h"
#include "inventory/v1/inventory_service.pb.h"
#include "inventory/v1/quota.pb.h"
#include "tests/pb.h"

namespace inventory::cli {
namespace {

template <typename Row>
std::string Shown(OutputFormat format, const std::vector<std::vector<std::string>>& pages) {
  std::ostringstream out;
  const auto writer = MakeRowWriter(format, *Row::descriptor(), out);
  for (const std::vector<std::string>& page : pages) {
    std::vector<Row> messages;
    for (const std::string& row : page) messages.push_back(Pb<Row>(row));
    Rows rows;
    for (const Row& message : messages) rows.push_back(&message);
    writer->Write(rows);
  }
  return out.str();
}

TEST(OutputTest, TablesAreAlignedOverPages) {
  EXPECT_EQ(
      Shown<v1::Quota>(OutputFormat::kTable, {{"channel_id: 'web' sku: 'JEANS-Mü' quantity: 5",
                                               "channel_id: 'app' sku: 'A' quantity: 100 outstanding_quantity: 7"},
                                              {"channel_id: 'web' sku: 'B' quantity: 12345678901"}}),
      "CHANNEL  SKU       QUANTITY  OUTSTANDING\n"
      "web      JEANS-Mü         5            0\n"
      "app      A              100            7\n"
      "web      B         12345678901            0\n");
}

TEST(OutputTest, TablesSumUpLists) {
  EXPECT_EQ(Shown<v1::Shipment>(
                OutputFormat::kTable,
                {{"shipment_id: 'S' reservation_id: 'R' warehouse_id: 'w' state: SHIPMENT_STATE_READY_TO_SHIP "
                  "lines { sku: 'A' quantity: 2 } lines { sku: 'B' quantity: 1 }"}}),
            "SHIPMENT  RESERVATION  WAREHOUSE  STATE          LINES     CARRIER  TRACKING NUMBER\n"
            "S         R            w          ready-to-ship  A=2, B=1  -        -\n");
}

TEST(OutputTest, AnEmptyTableIsNothing) { EXPECT_EQ(Shown<v1::Quota>(OutputFormat::kTable, {{}}), ""); }

TEST(OutputTest, RecordsShowAllThatIsSet) {
  std::ostringstream out;
  WriteMessage(OutputFormat::kTable,
               Pb<v1::ReserveStockResponse>(
                   "reservation { reservation_id: 'R-1' channel_id: 'web' state: RESERVATION_STATE_HELD "
                   "lines { sku: 'A' requested_quantity: 3 reserved_quantity: 3 "
                   "allocations { warehouse_id: 'w' reserved_quantity: 3 } } expire_time { seconds: 1800000000 } } "
                   "movements { sku: 'A' warehouse_id: 'w' version: 2 sequence: 4 }"),
               out);
  EXPECT_EQ(out.str(),
            "reservation:\n"
            "  reservation id: R-1\n"
            "  channel id: web\n"
            "  state: held\n"
            "  lines:\n"
            "    SKU  REQUESTED  RESERVED  BACKORDERED  SHIPPED  RETURNED  CANCELLED  ALLOCATIONS\n"
            "    A            3         3            0        0         0          0  w=3\n"
            "  expire time: 2027-01-15T08:00:00Z\n"
            "movements:\n"
            "  SKU  WAREHOUSE  VERSION  SEQUENCE\n"
            "  A    w                2         4\n");
}

TEST(OutputTest, TextCantMoveTheCursor) {
  EXPECT_EQ(Printable("a\nb\x1b[2J\x7f\tü"), "a\\nb\\x1b[2J\\x7f\\x09ü");
  EXPECT_EQ(Shown<v1::LowStockActivity>(OutputFormat::kTable, {{"key: 'k' label: 'a\\nb'"}}),
            "KEY  LABEL\nk    a\\nb\n");
}

TEST(OutputTest, CsvHasAllFieldsAndQuotesThem) {
  EXPECT_EQ(Shown<v1::StockReturn>(OutputFormat::kCsv,
                                   {{"return_id: 'T-1' reservation_id: 'R' reason: 'too \"big\", he\\nsaid' "
                                     "lines { sku: 'A' quantity: 1 } create_time { seconds: 1800000000 nanos: 5000 }"},
                                    {"return_id: 'T-2'"}}),
            "return_id,reservation_id,lines,reason,create_time\r\n"
            "T-1,R,\"[{\"\"quantity\"\":\"\"1\"\",\"\"sku\"\":\"\"A\"\"}]\",\"too \"\"big\"\", he\nsaid\","
            "2027-01-15T08:00:00.000005Z\r\n"
            "T-2,,,,\r\n");
}

TEST(OutputTest, CsvHasAHeaderWithoutRows) {
  EXPECT_EQ(Shown<v1::KitComponent>(OutputFormat::kCsv, {{}}), "sku,quantity\r\n");
}

TEST(OutputTest, CsvFlattensMessagesAndTellsUnsetFromZero) {
  const std::string csv = Shown<v1::Movement>(OutputFormat::kCsv, {{"sku: 'A' delta { on_hand: -3 }"}});
  EXPECT_THAT(csv, ::testing::HasSubstr(",delta.on_hand,delta.reserved,"));
  EXPECT_THAT(csv, ::testing::HasSubstr("\r\nA,,0,0,,-3,0,0,0,0,0,,,,,,"));
}

TEST(OutputTest, JsonIsALineForEachRow) {
  EXPECT_EQ(Shown<v1::Quota>(OutputFormat::kJson, {{"channel_id: 'web' quantity: 5"}, {"channel_id: 'app'"}}),
            "{\"channel_id\":\"web\",\"quantity\":\"5\"}\n{\"channel_id\":\"app\"}\n");
}

TEST(OutputTest, FormatsHaveNames) {
  for (const std::string& name : FormatNames()) EXPECT_TRUE(FormatNamed(name).has_value()) << name;
  EXPECT_FALSE(FormatNamed("yaml").has_value());
}

}  // namespace
}  // namespace inventory::cli
