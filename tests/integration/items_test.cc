// Items: configured, read, listed, changed, deleted, and what they decide about orders.
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Facts = std::map<std::string, std::string>;
using Outcomes = std::map<std::string, int>;

class ItemsTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::Item> Create(const std::string& sku, const std::string& fields = "") {
    return client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' $1 }", sku, fields)));
  }
  static absl::StatusOr<v1::Item> Get(const std::string& sku) {
    return client().Call(Pb<v1::GetItemRequest>(absl::Substitute("sku: '$0'", sku)));
  }
  static v1::UpdateItemRequest UpdateRequest(const std::string& sku, const std::string& fields,
                                             const std::vector<std::string>& mask = {}, bool allow_missing = false) {
    auto request = Pb<v1::UpdateItemRequest>(
        absl::Substitute("item { sku: '$0' $1 } allow_missing: $2", sku, fields, allow_missing));
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return request;
  }
  static absl::StatusOr<v1::Item> Update(const std::string& sku, const std::string& fields,
                                         const std::vector<std::string>& mask = {}) {
    return client().Call(UpdateRequest(sku, fields, mask));
  }
  static absl::StatusOr<v1::DeleteItemResponse> Delete(const std::string& sku, const std::string& etag = "") {
    return client().Call(Pb<v1::DeleteItemRequest>(absl::Substitute("sku: '$0' etag: '$1'", sku, etag)));
  }
  static std::vector<std::string> Listed(const std::string& fields) {
    std::vector<std::string> skus;
    for (const v1::Item& item : ListAll(client(), Pb<v1::ListItemsRequest>(fields), &v1::ListItemsResponse::items)) {
      skus.push_back(item.sku());
    }
    return skus;
  }
  static std::string Sold(const std::string& sku, int64_t quantity) {
    return Outcome(Reserve(client(), {{sku, quantity}}));
  }
};

TEST_F(ItemsTest, CreateShowsEveryDefault) {
  v1::Item made = Must(Create(Sku()));
  EXPECT_THAT(Must(Get(Sku())), EqualsProto(made));
  EXPECT_TRUE(made.has_create_time() && made.has_update_time() && !made.etag().empty());
  made.clear_create_time();
  made.clear_update_time();
  made.clear_etag();
  EXPECT_THAT(made, EqualsProto(Pb<v1::Item>(absl::Substitute(
                        "sku: '$0' tracking: TRACKING_TRACKED published: true min_order_quantity: 1 "
                        "max_order_quantity: 10000 multiple_order_quantity: 1 backorder_policy: BACKORDER_POLICY_NONE",
                        Sku()))));
}

TEST_F(ItemsTest, CreateKeepsEveryFieldAndSortsAllowedQuantities) {
  const v1::Item made = Must(Create(
      Sku(),
      "tracking: TRACKING_UNTRACKED published: false display_availability: true display_stock_quantity: true "
      "min_order_quantity: 2 max_order_quantity: 0 multiple_order_quantity: 2 allowed_order_quantities: [8, 4, 4] "
      "default_safety_stock: 7 labels { key: 'colour' value: 'röt' } labels { key: 'a.b_c-9' value: '' }"));
  EXPECT_EQ(made.tracking(), v1::TRACKING_UNTRACKED);
  EXPECT_FALSE(made.published());
  EXPECT_TRUE(made.display_availability() && made.display_stock_quantity());
  EXPECT_EQ(made.min_order_quantity(), 2);
  EXPECT_EQ(made.max_order_quantity(), 0);
  EXPECT_EQ(made.multiple_order_quantity(), 2);
  EXPECT_THAT(made.allowed_order_quantities(), ElementsAre(4, 8));
  EXPECT_EQ(made.default_safety_stock(), 7);
  EXPECT_EQ(Facts(made.labels().begin(), made.labels().end()), (Facts{{"colour", "röt"}, {"a.b_c-9", ""}}));
  EXPECT_EQ(Must(Get(Sku())).DebugString(), made.DebugString());
}

TEST_F(ItemsTest, CreateRefusesOneThatIsConfiguredButNotAKnownSku) {
  SetStock(Sku(), "w1", 3);
  EXPECT_EQ(Outcome(Get(Sku())), "NOT_FOUND ITEM_NOT_FOUND");
  Must(Create(Sku()));
  EXPECT_EQ(Outcome(Create(Sku())), "ALREADY_EXISTS ITEM_EXISTS");
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 3);
}

TEST_F(ItemsTest, CreateNamesEveryBrokenRuleAtOnce) {
  const auto refused =
      Create(Sku(),
             "tracking: 7 min_order_quantity: 0 max_order_quantity: -1 multiple_order_quantity: 0 "
             "allowed_order_quantities: [1, 0] default_safety_stock: -1 labels { key: 'UPPER' value: 'x' }");
  EXPECT_THAT(ViolationsOf(refused.status()),
              UnorderedElementsAre("item.tracking", "item.min_order_quantity", "item.max_order_quantity",
                                   "item.multiple_order_quantity", "item.allowed_order_quantities[1]",
                                   "item.default_safety_stock", "item.labels"));
  EXPECT_THAT(ViolationsOf(Create(Sku(), "min_order_quantity: 10001").status()),
              ElementsAre("item.max_order_quantity"));
  EXPECT_EQ(Outcome(Get(Sku())), "NOT_FOUND ITEM_NOT_FOUND");
}

TEST_F(ItemsTest, ListPagesInOrderOfSkuAndShowsOnlyWhatIsConfigured) {
  const std::vector<std::string> skus = {Sku("B"), Sku("a"), Sku("a b"), Sku("ä"), Sku("日")};
  for (auto sku = skus.rbegin(); sku != skus.rend(); ++sku) Must(Create(*sku));
  SetStock(Sku("only stock"), "w1", 1);
  for (int page_size : {0, 1, 2, 3, 4, 5, 6, 1'000'000}) {
    EXPECT_EQ(Listed(absl::Substitute("filter { sku_prefix: '$0' } page_size: $1", Name(""), page_size)), skus)
        << page_size;
  }
}

TEST_F(ItemsTest, ListFiltersByPrefixAndPublication) {
  Must(Create(Sku("a1")));
  Must(Create(Sku("a2"), "published: false"));
  Must(Create(Sku("b_")));
  Must(Create(Sku("bx")));
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' }", Sku("a"))), ElementsAre(Sku("a1"), Sku("a2")));
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' }", Sku("A"))), IsEmpty());
  // Wild cards of SQL are letters.
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' }", Sku("b_"))), ElementsAre(Sku("b_")));
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' }", Sku("%"))), IsEmpty());
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' published: false }", Name(""))),
              ElementsAre(Sku("a2")));
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' published: true } page_size: 1", Name(""))),
              ElementsAre(Sku("a1"), Sku("b_"), Sku("bx")));
}

TEST_F(ItemsTest, APageTokenBelongsToItsList) {
  Must(Create(Sku("a")));
  Must(Create(Sku("b")));
  const std::string token = Must(client().Call(Pb<v1::ListItemsRequest>("page_size: 1"))).next_page_token();
  const auto refused = [&](const std::string& fields) {
    return ViolationsOf(
        client().Call(Pb<v1::ListItemsRequest>(absl::Substitute("page_token: '$0' $1", token, fields))).status());
  };
  EXPECT_THAT(refused(""), IsEmpty());
  EXPECT_THAT(refused(absl::Substitute("filter { sku_prefix: '$0' }", Name(""))), ElementsAre("page_token"));
  EXPECT_THAT(refused("filter { published: true }"), ElementsAre("page_token"));
  EXPECT_THAT(refused("page_size: -1"), ElementsAre("page_size"));
}

TEST_F(ItemsTest, AnUpdateChangesWhatItsMaskNames) {
  const v1::Item made = Must(Create(
      Sku(),
      "min_order_quantity: 5 default_safety_stock: 2 allowed_order_quantities: 5 labels { key: 'a' value: '1' }"));
  // An empty mask names what is set; lists and maps are replaced.
  v1::Item now =
      Must(Update(Sku(), "published: false allowed_order_quantities: [10, 20] labels { key: 'b' value: '2' }"));
  EXPECT_FALSE(now.published());
  EXPECT_THAT(now.allowed_order_quantities(), ElementsAre(10, 20));
  EXPECT_EQ(Facts(now.labels().begin(), now.labels().end()), (Facts{{"b", "2"}}));
  EXPECT_EQ(now.min_order_quantity(), 5);
  EXPECT_EQ(now.default_safety_stock(), 2);
  EXPECT_NE(now.etag(), made.etag());
  // What is named and not set gets its default.
  now = Must(Update(Sku(), "default_safety_stock: 9 min_order_quantity: 7",
                    {"min_order_quantity", "published", "allowed_order_quantities"}));
  EXPECT_TRUE(now.published());
  EXPECT_THAT(now.allowed_order_quantities(), IsEmpty());
  EXPECT_EQ(now.min_order_quantity(), 7);
  EXPECT_EQ(now.default_safety_stock(), 2);
  // Everything.
  now = Must(Update(Sku(), "multiple_order_quantity: 3", {"*"}));
  EXPECT_EQ(now.multiple_order_quantity(), 3);
  EXPECT_EQ(now.min_order_quantity(), 1);
  EXPECT_EQ(now.default_safety_stock(), 0);
  EXPECT_TRUE(now.labels().empty());
  EXPECT_THAT(now.create_time(), EqualsProto(made.create_time()));
  EXPECT_THAT(Must(Get(Sku())), EqualsProto(now));
}

TEST_F(ItemsTest, AnUpdateRefusesWhatItCannotDoAndChangesNothing) {
  const v1::Item made = Must(Create(Sku(), "min_order_quantity: 5"));
  for (const char* path : {"sku", "etag", "create_time", "update_time", "nothing", "labels.a", "", "tracking.x"}) {
    EXPECT_THAT(ViolationsOf(Update(Sku(), "published: false", {"published", path}).status()),
                ElementsAre("update_mask"))
        << path;
  }
  EXPECT_THAT(ViolationsOf(Update(Sku(), "", {"*", "published"}).status()), ElementsAre("update_mask"));
  // The item as it would become is what is checked.
  EXPECT_THAT(ViolationsOf(Update(Sku(), "max_order_quantity: 4").status()), ElementsAre("item.max_order_quantity"));
  EXPECT_EQ(Outcome(Update(Sku(), "published: false etag: 'old'")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Update(Sku("none"), "published: false")), "NOT_FOUND ITEM_NOT_FOUND");
  EXPECT_THAT(Must(Get(Sku())), EqualsProto(made));
  EXPECT_THAT(Must(Update(Sku(), "min_order_quantity: 5")), EqualsProto(made));
  EXPECT_THAT(Must(Update(Sku(), "")), EqualsProto(made));
}

TEST_F(ItemsTest, AllowMissingConfiguresWithAllFieldsWhateverTheMask) {
  const v1::Item made =
      Must(client().Call(UpdateRequest(Sku(), "published: false min_order_quantity: 3", {"published"}, true)));
  EXPECT_FALSE(made.published());
  EXPECT_EQ(made.min_order_quantity(), 3);
  const v1::Item now =
      Must(client().Call(UpdateRequest(Sku(), "published: true min_order_quantity: 4", {"published"}, true)));
  EXPECT_TRUE(now.published());
  EXPECT_EQ(now.min_order_quantity(), 3);
  EXPECT_EQ(Outcome(client().Call(UpdateRequest(Sku("b"), "etag: '1'", {}, true))), "ABORTED ETAG_MISMATCH");
}

TEST_F(ItemsTest, TrackingChangesOnlyWhileNothingIsReserved) {
  SetStock(Sku(), "w1", 1);
  SetStock(Sku(), "w2", 1);
  const std::string order = Must(Reserve(client(), {{Sku(), 2}})).reservation().reservation_id();
  const auto refused = Create(Sku(), "tracking: TRACKING_UNTRACKED");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ITEM_IN_USE");
  EXPECT_EQ(MetadataOf(refused.status()), (Facts{{"reservation_ids", order}}));
  Must(Create(Sku()));
  EXPECT_EQ(Outcome(Update(Sku(), "tracking: TRACKING_UNTRACKED")), "FAILED_PRECONDITION ITEM_IN_USE");
  Must(Update(Sku(), "published: false"));
  Must(Cancel(client(), order));
  Must(Update(Sku(), "tracking: TRACKING_UNTRACKED published: true"));
  Must(Cancel(client(), Must(Reserve(client(), {{Sku(), 50}})).reservation().reservation_id()));
  Must(Update(Sku(), "", {"tracking"}));
  EXPECT_EQ(Sold(Sku(), 50), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(Sold(Sku(), 2), "OK");
}

// Nothing but its lines tells who holds units of an untracked item.
TEST_F(ItemsTest, AnUntrackedItemStaysAsItIsWhileReservationsHoldUnitsOfIt) {
  Must(Create(Sku(), "tracking: TRACKING_UNTRACKED"));
  const auto expect_in_use = [&](const std::string& reservation_ids) {
    for (const absl::Status& refused : {Delete(Sku()).status(), Update(Sku(), "", {"tracking"}).status()}) {
      EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ITEM_IN_USE");
      EXPECT_EQ(MetadataOf(refused), (Facts{{"reservation_ids", reservation_ids}}));
    }
  };
  const std::string held = Must(Reserve(client(), {{Sku(), 3}})).reservation().reservation_id();
  expect_in_use(held);
  Must(Update(Sku(), "published: false"));
  Must(Update(Sku(), "published: true"));
  // Tracked units keep this one from being fulfilled.
  SetStock(Sku("tracked"), "w1", 1);
  const std::string open =
      Must(Reserve(client(), {{Sku(), 1}, {Sku("tracked"), 1}}, {.commit = true})).reservation().reservation_id();
  expect_in_use(absl::StrCat(open, ",", held));
  Must(Cancel(client(), held));
  expect_in_use(open);
  Must(Ship(client(), Must(CreateShipment(client(), open, "w1")).shipment().shipment_id()));
  // A dead hold is no obstacle, whether or not somebody has released it.
  Must(Reserve(client(), {{Sku(), 1}}, {.ttl = absl::Milliseconds(100)}));
  absl::SleepFor(absl::Milliseconds(150));
  Must(Update(Sku(), "", {"tracking"}));
  EXPECT_EQ(Sold(Sku(), 1), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  Must(Delete(Sku()));
}

TEST_F(ItemsTest, TheLastTenOfManyHoldersAreNamed) {
  Must(Create(Sku(), "tracking: TRACKING_UNTRACKED"));
  std::vector<std::string> ids;
  for (int i = 10; i < 25; ++i) {
    ids.push_back(Name(absl::StrCat("r", i)));
    Must(Reserve(client(), {{Sku(), 1}}, {.id = ids.back()}));
  }
  const std::vector<std::string> last(ids.rbegin(), ids.rbegin() + 10);
  EXPECT_EQ(MetadataOf(Delete(Sku()).status()), (Facts{{"reservation_ids", absl::StrJoin(last, ",")}}));
}

TEST_F(ItemsTest, OrderRulesAreEnforcedAtTheirBounds) {
  SetStock(Sku(), "w1", 1000);
  Must(Create(Sku(), "min_order_quantity: 4 max_order_quantity: 12 multiple_order_quantity: 4"));
  const std::string broken = "FAILED_PRECONDITION ORDER_RULE_VIOLATED";
  for (int good : {4, 8, 12}) EXPECT_EQ(Sold(Sku(), good), "OK") << good;
  for (int bad : {1, 3, 6, 13, 16}) EXPECT_EQ(Sold(Sku(), bad), broken) << bad;
  Must(Update(Sku(), "allowed_order_quantities: [8, 16]"));
  EXPECT_EQ(Sold(Sku(), 8), "OK");
  EXPECT_EQ(Sold(Sku(), 4), broken);
  EXPECT_EQ(Sold(Sku(), 16), broken);
  Must(Update(Sku(), "max_order_quantity: 0"));
  EXPECT_EQ(Sold(Sku(), 16), "OK");
  // Lines of one SKU count together.
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 5}, {Sku(), 3}})), "OK");
}

TEST_F(ItemsTest, EveryBrokenOrderRuleOfEveryLineIsNamed) {
  Must(Create(Sku("a"), "min_order_quantity: 4 multiple_order_quantity: 4"));
  Must(Create(Sku("b"), "max_order_quantity: 2"));
  const auto refused = Reserve(client(), {{Sku("a"), 3}, {Sku("b"), 3}, {Sku("c"), 10'001}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ORDER_RULE_VIOLATED");
  std::map<std::string, int> lines;
  for (const std::string& field : ViolationsOf(refused.status())) ++lines[field.substr(0, sizeof("lines[0]") - 1)];
  EXPECT_EQ(lines, (std::map<std::string, int>{{"lines[0]", 2}, {"lines[1]", 1}, {"lines[2]", 1}}));
}

TEST_F(ItemsTest, AnUnpublishedItemIsNotSold) {
  SetStock(Sku(), "w1", 5);
  Must(Create(Sku(), "published: false"));
  const auto refused = Reserve(client(), {{Sku(), 1}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ITEM_UNPUBLISHED");
  EXPECT_EQ(MetadataOf(refused.status()), (Facts{{"sku", Sku()}}));
  Must(Update(Sku(), "published: true"));
  EXPECT_EQ(Sold(Sku(), 1), "OK");
}

TEST_F(ItemsTest, TheDefaultSafetyStockIsCopiedByWhateverFirstWritesALevel) {
  Must(Create(Sku(), "default_safety_stock: 3"));
  Must(client().Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 10", Sku()))));
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 0 reserved, 3 safety, 7 available");
  Must(Update(Sku(), "default_safety_stock: 5"));
  EXPECT_EQ(Show(SetStock(Sku(), "w1", 9)), "9 on hand, 0 reserved, 3 safety, 6 available");
  Must(client().Call(Pb<v1::BatchUpdateStockRequest>(
      absl::Substitute("updates { sku: '$0' warehouse_id: 'w2' set_on_hand: 9 }", Sku()))));
  EXPECT_EQ(Show(LevelOf(Sku(), "w2")), "9 on hand, 0 reserved, 5 safety, 4 available");
}

TEST_F(ItemsTest, DeleteIsRefusedWhileALevelIsNotZeroAndKeepsTheLedger) {
  const std::string etag = Must(Create(Sku(), "published: false default_safety_stock: 2")).etag();
  SetStock(Sku(), "w1", 3);
  SetStock(Sku(), "w2", 0);
  const auto refused = Delete(Sku());
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ITEM_IN_USE");
  EXPECT_EQ(MetadataOf(refused.status()), (Facts{{"warehouse_ids", "w1,w2"}}));  // Safety stock counts.
  for (const char* warehouse_id : {"w1", "w2"}) {
    SetStock(Sku(), warehouse_id, 0);
    Must(client().Call(Pb<v1::SetSafetyStockRequest>(
        absl::Substitute("sku: '$0' warehouse_id: '$1' safety_stock: 0", Sku(), warehouse_id))));
  }
  const std::size_t movements = MovementsOf(Sku()).size();
  EXPECT_EQ(Outcome(Delete(Sku(), "old")), "ABORTED ETAG_MISMATCH");
  Must(Delete(Sku(), etag));
  EXPECT_EQ(Outcome(Get(Sku())), "NOT_FOUND ITEM_NOT_FOUND");
  EXPECT_EQ(Outcome(Delete(Sku())), "NOT_FOUND ITEM_NOT_FOUND");
  EXPECT_EQ(Outcome(Update(Sku(), "published: true")), "NOT_FOUND ITEM_NOT_FOUND");
  EXPECT_THAT(Listed(absl::Substitute("filter { sku_prefix: '$0' }", Sku())), IsEmpty());
  EXPECT_EQ(MovementsOf(Sku()).size(), movements);
  // The SKU has every default again, and its numbers go on.
  EXPECT_EQ(
      Must(client().Call(Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 1", Sku()))))
          .movement()
          .sequence(),
      static_cast<int64_t>(movements) + 1);
  EXPECT_EQ(Sold(Sku(), 1), "OK");
  EXPECT_NE(Must(Create(Sku())).etag(), etag);
}

TEST_F(ItemsTest, OfManyChangesOfOneEtagThroughTwoServersExactlyOneWins) {
  replica();
  const std::string etag = Must(Create(Sku())).etag();
  std::vector<absl::Status> results(8);
  Together(8, [&](int i) {
    const auto request = UpdateRequest(Sku(), absl::Substitute("default_safety_stock: $0 etag: '$1'", i + 1, etag));
    results[i] = (i % 2 == 0 ? client() : replica()).Call(request).status();
  });
  EXPECT_EQ(CountOutcomes(results), (Outcomes{{"OK", 1}, {"ABORTED ETAG_MISMATCH", 7}}));
  EXPECT_TRUE(results[Must(Get(Sku())).default_safety_stock() - 1].ok());
}

TEST_F(ItemsTest, AReservationSeesWhatTheOtherServerHasJustConfigured) {
  SetStock(Sku(), "w1", 100);
  Must(Create(Sku()));
  for (int round = 0; round < 5; ++round) {
    Must(Update(Sku(), "published: false"));
    EXPECT_EQ(Outcome(Reserve(replica(), {{Sku(), 1}})), "FAILED_PRECONDITION ITEM_UNPUBLISHED");
    Must(Update(Sku(), "published: true"));
    EXPECT_EQ(Outcome(Reserve(replica(), {{Sku(), 1}})), "OK");
  }
}

}  // namespace
}  // namespace inventory::integration
