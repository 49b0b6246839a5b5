#include "client/cli/import_file.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "client/cli/output.h"
#include "google/protobuf/text_format.h"

namespace inventory::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImportFileTest : public ::testing::Test {
 protected:
  // The chunks of a file, and its broken rows as "line: reason" in broken_. The status if it can't be read.
  absl::StatusOr<std::vector<FileChunk>> Read(const std::string& text, const ImportFile::Options& options = {}) {
    in_ = std::istringstream(text);
    broken_.clear();
    auto file = ImportFile::Open(in_, options);
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
    start_.Clear();
    file_->format().Prepare(start_);
    std::vector<FileChunk> chunks;
    for (;;) {
      auto chunk = file_->Next([this](const FileRow& row, const std::string& reason) {
        broken_.push_back(absl::StrCat(row.line, ": ", reason));
      });
      if (!chunk.ok()) return chunk.status();
      if (!chunk->has_value()) return chunks;
      chunks.push_back(*std::move(*chunk));
    }
  }

  // The one chunk in text form.
  std::string Chunk(const std::string& text, const ImportFile::Options& options = {}) {
    const auto chunks = Read(text, options);
    if (!chunks.ok()) return std::string(chunks.status().message());
    if (chunks->size() != 1) return absl::StrCat(chunks->size(), " chunks");
    return chunks->front().chunk.ShortDebugString();
  }

  std::istringstream in_;
  std::unique_ptr<ImportFile> file_;
  v1::ImportStart start_;
  std::vector<std::string> broken_;
};

constexpr ImportFile::Options kItems = {.kind = BulkKind::kItems};
constexpr ImportFile::Options kWarehouses = {.kind = BulkKind::kWarehouses};
constexpr ImportFile::Options kItemLines = {.kind = BulkKind::kItems, .syntax = ImportFile::Syntax::kJsonLines};

TEST_F(ImportFileTest, ReadsChangesOfStock) {
  EXPECT_EQ(Chunk("sku,warehouse_id,on_hand,safety_stock,reason\nA,w1,5,,count\nB,w1,,2,\nC,w2,0,1,\n"),
            "first_row: 1 "
            "stock_updates { sku: \"A\" warehouse_id: \"w1\" set_on_hand: 5 reason: \"count\" } "
            "stock_updates { sku: \"B\" warehouse_id: \"w1\" set_safety_stock: 2 } "
            "stock_updates { sku: \"C\" warehouse_id: \"w2\" set_on_hand: 0 } "
            "stock_updates { sku: \"C\" warehouse_id: \"w2\" set_safety_stock: 1 }");
  EXPECT_THAT(broken_, IsEmpty());
  const auto chunks = Read("sku,warehouse_id,on_hand,safety_stock\nA,w1,5,1\nB,w1,5,\n");
  EXPECT_THAT(chunks->front().row_of, ElementsAre(0, 0, 1));
}

TEST_F(ImportFileTest, NamesEverythingThatIsWrongWithAHeader) {
  EXPECT_EQ(Chunk("sku,color,sku\n"),
            "column \"color\" is unknown; there are sku, warehouse_id, on_hand, adjust_on_hand, safety_stock, reason, "
            "etag, unit, condition, as_of_time, reserved, damaged, quality_control, available, version, update_time, "
            "incoming, count_time\n"
            "column \"sku\" occurs twice\n"
            "column \"warehouse_id\" is missing\n"
            "one of the columns on_hand, adjust_on_hand and safety_stock is needed");
  EXPECT_THAT(Chunk("name,colour\n", kItems), HasSubstr("column \"sku\" or \"external_reference_code\" is missing"));
  EXPECT_THAT(Chunk("sku;warehouse_id;on_hand\n"), HasSubstr("has semicolons: name the delimiter with --delimiter"));
  EXPECT_THAT(Chunk(""), HasSubstr("the file is empty"));
}

TEST_F(ImportFileTest, BrokenRowsAreReportedAndTheOthersRead) {
  EXPECT_EQ(Chunk("sku,warehouse_id,on_hand,adjust_on_hand,reject_line,reject_reason\n"
                  "A,w1,x,,,\n"
                  "A,w1,1,2,,\n"
                  "A,w1,,,,\n"
                  "A,w1\n"
                  "\"A\nB\",w1,1,,7,because\n"
                  "\xFF,w1,1,,,\n"),
            "first_row: 1 stock_updates { sku: \"A\\nB\" warehouse_id: \"w1\" set_on_hand: 1 }");
  EXPECT_THAT(broken_, ElementsAre(HasSubstr("2: on_hand: expected a whole number"),
                                   "3: on_hand and adjust_on_hand exclude each other",
                                   "4: one of on_hand, adjust_on_hand and safety_stock is needed",
                                   "5: has 2 cells where the header has 6", "8: is not UTF-8"));
}

TEST_F(ImportFileTest, TheHeaderIsTheMaskAndAnEmptyCellTheDefault) {
  EXPECT_EQ(
      Chunk("sku,published,labels,units_of_measure.base_unit,etag,update_time\nA,false,\"{\"\"k\"\":\"\"v\"\"}\",,7,\n",
            kItems),
      "first_row: 1 items { sku: \"A\" published: false labels { key: \"k\" value: \"v\" } etag: \"7\" }");
  EXPECT_THAT(start_.item_mask().paths(), ElementsAre("labels", "published", "units_of_measure.base_unit"));
  EXPECT_THAT(file_->format().passed_over(), ElementsAre("update_time"));
  Chunk("sku,labels\nA,text\n", kItems);
  EXPECT_THAT(broken_, ElementsAre("2: labels: must be a list or an object in JSON"));
}

// A location whose cells are all empty is none, not the point 0, 0.
TEST_F(ImportFileTest, AMessageThatIsThereInFullIsOneFieldOfTheMask) {
  EXPECT_EQ(Chunk("warehouse_id,name,location.latitude,location.longitude,address.city\nw,W,,,Berlin\n", kWarehouses),
            "first_row: 1 warehouses { warehouse_id: \"w\" name: \"W\" address { city: \"Berlin\" } }");
  EXPECT_THAT(start_.warehouse_mask().paths(), ElementsAre("address.city", "location", "name"));
}

TEST_F(ImportFileTest, ReadsJsonLines) {
  EXPECT_EQ(Chunk("{\"sku\":\"A\",\"warehouse_id\":\"w1\",\"on_hand\":\"5\"}\r\n\n"
                  "{\"sku\":\"A\",\"warehouse_id\":\"w1\",\"adjust_on_hand\":-1,\"available\":3}\n"
                  "{\"sku\":\"A\",\"on_hand\":[1],\"color\":1}\nnothing",
                  {.syntax = ImportFile::Syntax::kJsonLines}),
            "first_row: 1 stock_updates { sku: \"A\" warehouse_id: \"w1\" set_on_hand: 5 } "
            "stock_updates { sku: \"A\" warehouse_id: \"w1\" adjust_on_hand: -1 }");
  EXPECT_THAT(broken_,
              ElementsAre("4: color: is unknown; on_hand: must be a number or a text", "5: is not a JSON object"));
  EXPECT_EQ(Chunk("{\"sku\":\"A\",\"published\":false}\n", kItemLines),
            "first_row: 1 items { sku: \"A\" published: false }");
  EXPECT_EQ(start_.item_mask().paths_size(), 0);
  const std::string clears = "{\"sku\":\"A\",\"display_availability\":false,\"labels\":{},\"published\":false}\n";
  Chunk(clears, kItemLines);
  EXPECT_THAT(broken_, ElementsAre("1: display_availability: false takes --replace, or a column of CSV; "
                                   "labels: {} takes --replace, or a column of CSV"));
  ImportFile::Options replace = kItemLines;
  replace.replace = true;
  EXPECT_EQ(Chunk(clears, replace), "first_row: 1 items { sku: \"A\" published: false }");
  EXPECT_THAT(start_.item_mask().paths(), ElementsAre("*"));
}

TEST_F(ImportFileTest, CutsChunksByRowsAndBytes) {
  std::string text = "sku,warehouse_id,on_hand\n";
  for (int i = 0; i < 1200; ++i) absl::StrAppend(&text, "S", i, ",w1,1\n");
  const auto chunks = Read(text).value();
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[0].chunk.stock_updates_size(), 499);
  EXPECT_EQ(chunks[1].chunk.first_row(), 500);
  text = "sku,warehouse_id,on_hand,reason\n";
  for (int i = 0; i < 10; ++i) absl::StrAppend(&text, "S", i, ",w1,1,", std::string(100'000, 'x'), "\n");
  EXPECT_EQ(Read(text)->size(), 4u);
}

TEST_F(ImportFileTest, ReadsWhatExportsWrite) {
  v1::Item item;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "sku: 'A, \"b\"' tracking: TRACKING_TRACKED published: false min_order_quantity: 2 max_order_quantity: 0 "
      "multiple_order_quantity: 1 allowed_order_quantities: [ 1, 2 ] labels { key: 'k' value: 'line\\nbreak' } "
      "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 5 units_of_measure { base_unit: 'kg' precision: 3 "
      "units { key: 'sack' factor: 25 } } components { sku: 'C' quantity: 2 } external_reference_code: 'E'",
      &item));
  for (const OutputFormat format : {OutputFormat::kCsv, OutputFormat::kJson}) {
    std::ostringstream out;
    const auto writer = MakeRowWriter(format, *v1::Item::descriptor(), out);
    writer->Write({&item});
    const auto chunks = Read(out.str(), format == OutputFormat::kCsv ? kItems : kItemLines);
    ASSERT_TRUE(chunks.ok()) << chunks.status();
    EXPECT_THAT(broken_, IsEmpty());
    ASSERT_EQ(chunks->size(), 1u) << out.str();
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(chunks->front().chunk.items(0), item))
        << chunks->front().chunk.ShortDebugString();
  }
}

}  // namespace
}  // namespace inventory::cli
