#include "server/rpc/page.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/ledger.pb.h"
#include "inventory/v1/stock.pb.h"
#include "inventory/v1/warehouse.pb.h"

namespace inventory::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using MovementKey = std::pair<std::string, int64_t>;
using LevelKey = std::pair<std::string, std::string>;

// A key of every length and byte, and of numbers at their limits.
const std::vector<MovementKey> kKeys = {{"", 0},
                                        {"sku", 1},
                                        {std::string("\0\xFF\n'\\", 5), -1},
                                        {std::string(300, 'x'), INT64_MAX},
                                        {"\xC3\xA9t\xC3\xA9", INT64_MIN}};

v1::ListItemsRequest ItemsWithPrefix(const std::string& prefix) {
  v1::ListItemsRequest request;
  request.mutable_filter()->set_sku_prefix(prefix);
  return request;
}

template <typename Key, typename Request>
std::string Broken(const Request& request) {
  Violations violations;
  CheckPage<Key>(request, violations);
  return std::string(violations.ToStatus().message());
}

TEST(PageTokenTest, GivesBackEveryKey) {
  for (const MovementKey& key : kKeys) {
    const absl::StatusOr<MovementKey> decoded = DecodePageToken<MovementKey>("scope", EncodePageToken("scope", key));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, key);
  }
  const LevelKey level = {"sku", "warehouse"};
  EXPECT_EQ(DecodePageToken<LevelKey>("scope", EncodePageToken("scope", level)).value(), level);
  EXPECT_EQ(DecodePageToken<std::string>("scope", EncodePageToken<std::string>("scope", "id")).value(), "id");
}

TEST(PageTokenTest, HoldsOnlyCharactersThatNeedNoEscapingInUrls) {
  for (const MovementKey& key : kKeys) {
    const std::string token = EncodePageToken("scope", key);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos)
        << token;
  }
}

// Callers keep tokens while servers are replaced one after another.
TEST(PageTokenTest, StaysReadableByLaterVersions) {
  const std::string scope = PageScope(ItemsWithPrefix("a"));
  EXPECT_EQ(scope, std::string("inventory.v1.ListItemsRequest\0\032\003\012\001a", 35));
  EXPECT_EQ(EncodePageToken<std::string>(scope, "a1"), "AetnTan38601AAJhMQ");
}

TEST(PageTokenTest, EmptyStartsAtTheBeginning) {
  EXPECT_EQ(DecodePageToken<MovementKey>("scope", "").value(), MovementKey("", 0));
}

TEST(PageTokenTest, RefusesAnotherScope) {
  const std::string token = EncodePageToken<std::string>("scope", "id");
  const absl::Status status = DecodePageToken<std::string>("other", token).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("belongs to another list or filter"));
}

TEST(PageTokenTest, RefusesWhatItDidNotMake) {
  const std::string whole = EncodePageToken("scope", MovementKey("sku", 7));
  std::vector<std::string> forged = {"?", "a", whole + "AAAA", "!" + whole};
  // Every shorter one.
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(whole, &bytes));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    forged.push_back(absl::WebSafeBase64Escape(bytes.substr(0, size)));
  }
  // Another version of the format.
  bytes[0] = 2;
  forged.push_back(absl::WebSafeBase64Escape(bytes));
  for (const std::string& token : forged) {
    const absl::Status status = DecodePageToken<MovementKey>("scope", token).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << token;
    EXPECT_THAT(std::string(status.message()), HasSubstr("is not a token this service made")) << token;
  }
}

TEST(PageTokenTest, RefusesAKeyOfAnotherShape) {
  const std::string token = EncodePageToken("scope", MovementKey("sku", 7));
  EXPECT_FALSE(DecodePageToken<std::string>("scope", token).ok());
  EXPECT_FALSE(DecodePageToken<LevelKey>("scope", token).ok());
}

TEST(PageScopeTest, IgnoresOnlySizeAndToken) {
  v1::ListItemsRequest request = ItemsWithPrefix("a");
  const std::string scope = PageScope(request);
  request.set_page_size(7);
  request.set_page_token("token");
  EXPECT_EQ(PageScope(request), scope);
  request.mutable_filter()->set_published(false);
  EXPECT_NE(PageScope(request), scope);

  v1::ListWarehousesRequest warehouses;
  const std::string without_deleted = PageScope(warehouses);
  warehouses.set_show_deleted(true);
  EXPECT_NE(PageScope(warehouses), without_deleted);
}

TEST(PageScopeTest, TakesAnEmptyFilterForNone) {
  v1::ListMovementsRequest request;
  const std::string without = PageScope(request);
  request.mutable_filter();
  EXPECT_EQ(PageScope(request), without);
  // An empty moment is one: 1970.
  request.mutable_filter()->mutable_start_time();
  EXPECT_NE(PageScope(request), without);

  request.clear_filter();
  request.set_page_token(EncodePageToken(PageScope(request), MovementKey("sku", 7)));
  request.mutable_filter();
  EXPECT_EQ(Broken<MovementKey>(request), "");
}

TEST(PageScopeTest, DiffersBetweenRpcsWithEqualFilters) {
  v1::ListStockLevelsRequest levels;
  levels.mutable_filter()->set_sku_prefix("a");
  EXPECT_NE(PageScope(levels), PageScope(ItemsWithPrefix("a")));
}

TEST(CheckPageTest, AcceptsAnySizeThatIsNotNegative) {
  v1::ListItemsRequest request;
  for (const int size : {0, 1, 1000, 1001, INT32_MAX}) {
    request.set_page_size(size);
    EXPECT_EQ(Broken<std::string>(request), "") << size;
  }
  request.set_page_size(-1);
  EXPECT_THAT(Broken<std::string>(request), HasSubstr("page_size: must not be negative"));
}

TEST(CheckPageTest, NamesTheTokenThatBelongsToAnotherFilter) {
  v1::ListItemsRequest request = ItemsWithPrefix("a");
  request.set_page_token(EncodePageToken<std::string>(PageScope(request), "a1"));
  EXPECT_EQ(Broken<std::string>(request), "");
  request.mutable_filter()->set_sku_prefix("b");
  EXPECT_THAT(Broken<std::string>(request), HasSubstr("page_token: belongs to another list or filter"));
}

// Pages through the numbers from 1 on as a list does.
std::vector<int64_t> Rows(int64_t after, int64_t fetch, int64_t last) {
  std::vector<int64_t> rows;
  for (int64_t row = after + 1; row <= last && static_cast<int64_t>(rows.size()) < fetch; ++row) rows.push_back(row);
  return rows;
}

TEST(PageTest, FetchesOneRowMoreThanItHolds) {
  v1::ListItemsRequest request;
  EXPECT_EQ(Page<std::string>(request).fetch(), 101);
  request.set_page_size(7);
  EXPECT_EQ(Page<std::string>(request).fetch(), 8);
  request.set_page_size(1001);
  EXPECT_EQ(Page<std::string>(request).fetch(), 1001);
}

TEST(PageTest, TokensLeadThroughTheWholeListWithPagesOfAnySize) {
  using Key = std::tuple<int64_t>;
  v1::ListItemsRequest request;
  std::vector<std::vector<int64_t>> pages;
  for (const int size : {2, 1, 3, 4}) {
    request.set_page_size(size);
    const Page<Key> page(request);
    std::vector<int64_t> rows = Rows(std::get<0>(page.after()), page.fetch(), 6);
    request.set_page_token(page.Cut(rows, [](int64_t row) { return Key(row); }));
    pages.push_back(rows);
    if (request.page_token().empty()) break;
  }
  EXPECT_THAT(pages, ElementsAre(ElementsAre(1, 2), ElementsAre(3), ElementsAre(4, 5, 6)));
}

TEST(PageTest, AnEmptyListIsOnePageWithoutAToken) {
  std::vector<std::string> rows;
  EXPECT_EQ(Page<std::string>(v1::ListItemsRequest()).Cut(rows, [](const std::string& row) { return row; }), "");
  EXPECT_THAT(rows, IsEmpty());
}

}  // namespace
}  // namespace inventory::rpc
