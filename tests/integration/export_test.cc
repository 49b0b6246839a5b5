// ExportInventory: pages of every kind, filters, and going on after a break.
#include "tests/integration/bulk_calls.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kLevels = 25;

class ExportTest : public ServerTest {
 protected:
  ExportTest() {
    for (int i = 0; i < kLevels; ++i) SetStock(Sku(absl::StrCat(10 + i)), i % 2 == 0 ? "w1" : "w2", i);
  }

  v1::ExportInventoryRequest Request(const std::string& kind, const std::string& filter, int page_size = 0) const {
    return Pb<v1::ExportInventoryRequest>(absl::Substitute("$0 { $1 } page_size: $2", kind, filter, page_size));
  }
  v1::ExportInventoryRequest Levels(int page_size, const std::string& filter = "") const {
    return Request("stock_levels", absl::Substitute("sku_prefix: '$0' $1", Sku(""), filter), page_size);
  }
  static std::vector<std::string> SkusOf(const Exported& exported) {
    std::vector<std::string> skus;
    for (const auto& page : exported.pages) {
      for (const v1::StockLevel& level : page.stock_levels()) skus.push_back(level.sku());
    }
    return skus;
  }
};

TEST_F(ExportTest, GivesEveryRowOnceInPages) {
  const Exported exported = Export(client(), Levels(10));
  EXPECT_EQ(Outcome(exported.status), "OK");
  ASSERT_THAT(exported.pages, SizeIs(3));
  EXPECT_THAT(exported.pages[2].stock_levels(), SizeIs(5));
  EXPECT_EQ(exported.pages[2].resume_token(), "");
  std::vector<std::string> skus;
  for (int i = 0; i < kLevels; ++i) skus.push_back(Sku(absl::StrCat(10 + i)));
  EXPECT_EQ(SkusOf(exported), skus);
  EXPECT_THAT(exported.pages[0].stock_levels(3), EqualsProto(LevelOf(Sku("13"), "w2")));
  EXPECT_THAT(Export(client(), Levels(0)).pages, SizeIs(1));
  EXPECT_THAT(SkusOf(Export(client(), Levels(2, "warehouse_id: 'w2'"))), SizeIs(kLevels / 2));
}

TEST_F(ExportTest, GoesOnAfterTheLastMessageThatWasReceived) {
  const Exported first = Export(client(), Levels(4), /*max_pages=*/2);
  EXPECT_EQ(first.status.code(), absl::StatusCode::kCancelled);
  v1::ExportInventoryRequest rest = Levels(7);
  rest.set_resume_token(first.pages[1].resume_token());
  std::vector<std::string> skus = SkusOf(Export(client(), rest));
  EXPECT_THAT(skus, SizeIs(kLevels - 8));
  EXPECT_EQ(skus.front(), Sku("18"));
}

TEST_F(ExportTest, HasItemsAndWarehousesToo) {
  for (const char* name : {"a", "b"}) {
    Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' }", Sku(name)))));
  }
  const Exported items = Export(client(), Request("items", absl::Substitute("sku_prefix: '$0'", Sku("")), 1));
  ASSERT_THAT(items.pages, SizeIs(2));
  EXPECT_EQ(items.pages[1].items(0).sku(), Sku("b"));
  const Exported warehouses = Export(client(), Request("warehouses", ""));
  ASSERT_THAT(warehouses.pages, SizeIs(1));
  EXPECT_EQ(warehouses.pages[0].warehouses(1).warehouse_id(), "w2");
  const Exported nothing = Export(client(), Request("items", "sku_prefix: 'no such'"));
  ASSERT_THAT(nothing.pages, SizeIs(1));
  EXPECT_THAT(nothing.pages[0], EqualsProto(v1::ExportInventoryResponse()));
}

// A page is cut where its rows are so large that callers would not take it.
TEST_F(ExportTest, MessagesStaySmallWhateverTheRows) {
  std::string labels;
  for (int i = 0; i < 64; ++i) {
    absl::StrAppend(&labels, absl::Substitute(" labels { key: '$0' value: '$1' }", i, std::string(255, 'x')));
  }
  for (int i = 0; i < 400; ++i) {
    Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0$1' $2 }", Sku("big"), i, labels))));
  }
  const Exported exported = Export(client(), Request("items", absl::Substitute("sku_prefix: '$0'", Sku("big"))));
  EXPECT_EQ(Outcome(exported.status), "OK");
  std::size_t rows = 0;
  for (const auto& page : exported.pages) {
    EXPECT_LT(page.ByteSizeLong(), std::size_t{4} << 20);
    rows += page.items_size();
  }
  EXPECT_EQ(rows, 400);
}

TEST_F(ExportTest, NamesEveryFieldThatIsWrong) {
  const auto wrong = [](const std::string& request) {
    const Exported exported = Export(client(), Pb<v1::ExportInventoryRequest>(request));
    EXPECT_THAT(exported.pages, IsEmpty());
    EXPECT_EQ(Outcome(exported.status), "INVALID_ARGUMENT INVALID_FIELDS") << exported.status;
    const auto fields = ViolationsOf(exported.status);
    return std::vector<std::string>(fields.begin(), fields.end());
  };
  EXPECT_THAT(wrong(""), ElementsAre("kind"));
  EXPECT_THAT(wrong("page_size: -1"), ElementsAre("kind", "page_size"));
  EXPECT_THAT(wrong("stock_levels { warehouse_id: '?' status: 9 } page_size: -1 resume_token: 'x'"),
              ElementsAre("page_size", "resume_token", "stock_levels.status", "stock_levels.warehouse_id"));
  EXPECT_THAT(wrong("items { sku_prefix: '\\001' }"), ElementsAre("items.sku_prefix"));
  EXPECT_THAT(wrong("warehouses { country_code: 'x' }"), ElementsAre("warehouses.country_code"));
  v1::ExportInventoryRequest other = Levels(4);
  other.set_resume_token(Export(client(), Levels(4)).pages[0].resume_token());
  other.mutable_stock_levels()->set_warehouse_id("w1");
  EXPECT_THAT(wrong(other.ShortDebugString()), ElementsAre("resume_token"));
}

}  // namespace
}  // namespace inventory::integration
