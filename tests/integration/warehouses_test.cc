// Warehouses: made, read, listed, changed, deleted, and what they hold.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Outcomes = std::map<std::string, int>;

constexpr char kBerlin[] = "location { latitude: 52.52 longitude: 13.405 }";

class WarehousesTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::Warehouse> Create(const std::string& fields) {
    return client().Call(Pb<v1::CreateWarehouseRequest>(absl::Substitute("warehouse { $0 }", fields)));
  }
  static absl::StatusOr<v1::Warehouse> Get(const std::string& id) {
    return client().Call(Pb<v1::GetWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", id)));
  }
  static v1::UpdateWarehouseRequest UpdateRequest(const std::string& id, const std::string& fields,
                                                  const std::vector<std::string>& mask = {}) {
    auto request = Pb<v1::UpdateWarehouseRequest>(absl::Substitute("warehouse { warehouse_id: '$0' $1 }", id, fields));
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return request;
  }
  static absl::StatusOr<v1::Warehouse> Update(const std::string& id, const std::string& fields,
                                              const std::vector<std::string>& mask = {}) {
    return client().Call(UpdateRequest(id, fields, mask));
  }
  static absl::StatusOr<v1::Warehouse> Delete(const std::string& id, const std::string& etag = "") {
    return client().Call(Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0' etag: '$1'", id, etag)));
  }
  static absl::StatusOr<v1::Warehouse> Undelete(const std::string& id, const std::string& etag = "") {
    return client().Call(Pb<v1::UndeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0' etag: '$1'", id, etag)));
  }
  // The ids that a list with these fields gives.
  static std::vector<std::string> Listed(const std::string& fields) {
    std::vector<std::string> ids;
    for (const v1::Warehouse& warehouse :
         ListAll(client(), Pb<v1::ListWarehousesRequest>(fields), &v1::ListWarehousesResponse::warehouses)) {
      ids.push_back(warehouse.warehouse_id());
    }
    return ids;
  }
  // An active warehouse with the test's prefix that the channel of the same name sells from.
  std::string Selling(const std::string& suffix) const {
    MakeWarehouse(client(), Name(suffix));
    MakeChannel(client(), Name(suffix), {Name(suffix)});
    return Name(suffix);
  }
};

TEST_F(WarehousesTest, CreateKeepsEveryField) {
  const std::string fields = absl::Substitute(
      "warehouse_id: '$0' name: 'Süd' description: 'two\\nlines' active: true type: 'store' $1 "
      "address { street_lines: ['Gate 3', 'Harbour Road 7'] city: 'Köln' postal_code: '50667' region_code: 'NW' "
      "country_code: 'DE' }",
      Name("A.b_c:d-9"), kBerlin);
  const v1::Warehouse made = Must(Create(fields));
  auto given = made;
  for (const char* name : {"create_time", "update_time", "etag"}) {
    const auto* field = v1::Warehouse::descriptor()->FindFieldByName(name);
    EXPECT_TRUE(name == std::string("etag") ? !made.etag().empty()
                                            : v1::Warehouse::GetReflection()->HasField(given, field));
    v1::Warehouse::GetReflection()->ClearField(&given, field);
  }
  EXPECT_THAT(given, EqualsProto(Pb<v1::Warehouse>(fields)));
  EXPECT_THAT(Must(Get(Name("A.b_c:d-9"))), EqualsProto(made));
}

TEST_F(WarehousesTest, CreateMakesAnIdWhereNoneIsGivenAndIsInactiveByDefault) {
  const v1::Warehouse first = Must(Create("name: 'x'"));
  const v1::Warehouse second = Must(Create("name: 'x'"));
  EXPECT_LT(first.warehouse_id(), second.warehouse_id());
  EXPECT_FALSE(first.active());
  EXPECT_THAT(Must(Get(first.warehouse_id())), EqualsProto(first));
}

TEST_F(WarehousesTest, CreateRefusesAnIdThatExistsAlsoOfADeletedOne) {
  const std::string fields = absl::Substitute("warehouse_id: '$0' name: 'x'", Name("a"));
  Must(Create(fields));
  const auto refused = Create(fields);
  EXPECT_EQ(Outcome(refused), "ALREADY_EXISTS WAREHOUSE_EXISTS");
  EXPECT_EQ(MetadataOf(refused.status()), (std::map<std::string, std::string>{{"warehouse_id", Name("a")}}));
  Must(Delete(Name("a")));
  EXPECT_EQ(Outcome(Create(fields)), "ALREADY_EXISTS WAREHOUSE_EXISTS");
}

TEST_F(WarehousesTest, ALocationLiesOnTheGlobeAndIsNotThePlaceholder) {
  for (const char* good : {"latitude: 90 longitude: 180", "latitude: -90 longitude: -180", "latitude: 0 longitude: 7",
                           "latitude: 7 longitude: 0"}) {
    EXPECT_EQ(Outcome(Create(absl::Substitute("name: 'x' active: true location { $0 }", good))), "OK") << good;
  }
  const auto violations = [](const std::string& fields) {
    return ViolationsOf(Create("name: 'x' active: true " + fields).status());
  };
  EXPECT_THAT(violations("location { latitude: 90.000001 longitude: -180.000001 }"),
              UnorderedElementsAre("warehouse.location.latitude", "warehouse.location.longitude"));
  EXPECT_THAT(violations("location { latitude: nan longitude: inf }"),
              UnorderedElementsAre("warehouse.location.latitude", "warehouse.location.longitude"));
  EXPECT_THAT(violations("location { }"), ElementsAre("warehouse.location"));
  EXPECT_THAT(violations(""), ElementsAre("warehouse.location"));
}

TEST_F(WarehousesTest, CreateNamesEveryBrokenRuleAtOnce) {
  const auto refused = Create("warehouse_id: 'no spaces' type: '\\t' address { street_lines: '' country_code: 'de' }");
  EXPECT_THAT(ViolationsOf(refused.status()),
              UnorderedElementsAre("warehouse.warehouse_id", "warehouse.name", "warehouse.type",
                                   "warehouse.address.street_lines[0]", "warehouse.address.country_code"));
}

TEST_F(WarehousesTest, GetFindsDeletedOnesAndNothingThatWasNeverMade) {
  MakeWarehouse(client(), Name("a"));
  const v1::Warehouse deleted = Must(Delete(Name("a")));
  EXPECT_TRUE(deleted.has_delete_time());
  EXPECT_FALSE(deleted.active());
  EXPECT_THAT(Must(Get(Name("a"))), EqualsProto(deleted));
  EXPECT_EQ(Outcome(Get(Name("b"))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
}

TEST_F(WarehousesTest, ListPagesInOrderOfIdWithoutGapsAndCopies) {
  const std::vector<std::string> ids = {Name("B"), Name("a"), Name("a.1"), Name("c"), Name("d")};
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    Must(Create(absl::Substitute("warehouse_id: '$0' name: 'x' address { country_code: 'XA' }", *id)));
  }
  for (int page_size : {0, 1, 2, 3, 4, 5, 6, 1'000'000}) {
    EXPECT_EQ(Listed(absl::Substitute("filter { country_code: 'XA' } page_size: $0", page_size)), ids) << page_size;
  }
}

TEST_F(WarehousesTest, ListFiltersAndHidesDeletedOnesUnlessAskedFor) {
  for (const char* suffix : {"a", "b", "gone"}) {
    Must(Create(absl::Substitute("warehouse_id: '$0' name: 'x' active: $1 $2 address { country_code: 'XB' }",
                                 Name(suffix), suffix == std::string("a"), kBerlin)));
  }
  Must(Create(absl::Substitute("warehouse_id: '$0' name: 'x' address { country_code: 'XC' }", Name("other"))));
  Must(Delete(Name("gone")));
  EXPECT_THAT(Listed("filter { country_code: 'XB' }"), ElementsAre(Name("a"), Name("b")));
  EXPECT_THAT(Listed("filter { country_code: 'XB' active: true }"), ElementsAre(Name("a")));
  EXPECT_THAT(Listed("filter { country_code: 'XB' active: false }"), ElementsAre(Name("b")));
  EXPECT_THAT(Listed("filter { country_code: 'XB' active: false } show_deleted: true page_size: 1"),
              ElementsAre(Name("b"), Name("gone")));
  EXPECT_THAT(Listed("filter { country_code: 'XD' } show_deleted: true"), IsEmpty());
}

TEST_F(WarehousesTest, APageTokenBelongsToItsList) {
  MakeWarehouse(client(), Name("a"));
  auto request = Pb<v1::ListWarehousesRequest>("page_size: 1");
  const std::string token = Must(client().Call(request)).next_page_token();
  const auto refused = [](const std::string& fields) {
    return ViolationsOf(client().Call(Pb<v1::ListWarehousesRequest>(fields)).status());
  };
  EXPECT_THAT(refused(absl::Substitute("page_token: '$0'", token)), IsEmpty());
  EXPECT_THAT(refused(absl::Substitute("page_token: '$0' show_deleted: true", token)), ElementsAre("page_token"));
  EXPECT_THAT(refused(absl::Substitute("page_token: '$0' filter { active: true }", token)), ElementsAre("page_token"));
  EXPECT_THAT(refused("page_token: 'made up' page_size: -1"), ElementsAre("page_size", "page_token"));
  EXPECT_THAT(
      ViolationsOf(client().Call(Pb<v1::ListChannelsRequest>(absl::Substitute("page_token: '$0'", token))).status()),
      ElementsAre("page_token"));
}

TEST_F(WarehousesTest, AnUpdateChangesWhatItsMaskNames) {
  const v1::Warehouse made = MakeWarehouse(client(), Name("a"));
  // An empty mask names what is set.
  v1::Warehouse now = Must(Update(Name("a"), "type: 'store' address { city: 'Bonn' country_code: 'DE' }"));
  EXPECT_EQ(now.type(), "store");
  EXPECT_EQ(now.name(), made.name());
  EXPECT_TRUE(now.active());
  EXPECT_NE(now.etag(), made.etag());
  // One path, and one that clears.
  now = Must(Update(Name("a"), "name: 'ignored' address { city: 'Mainz' }", {"address.city", "type"}));
  EXPECT_EQ(now.address().city(), "Mainz");
  EXPECT_EQ(now.address().country_code(), "DE");
  EXPECT_EQ(now.type(), "");
  EXPECT_EQ(now.name(), made.name());
  // Everything.
  now = Must(Update(Name("a"), "name: 'new'", {"*"}));
  EXPECT_EQ(now.name(), "new");
  EXPECT_FALSE(now.active());
  EXPECT_FALSE(now.has_location());
  EXPECT_EQ(now.address().city(), "");
  EXPECT_THAT(now.create_time(), EqualsProto(made.create_time()));
  EXPECT_THAT(Must(Get(Name("a"))), EqualsProto(now));
}

TEST_F(WarehousesTest, AnUpdateRefusesPathsThatItCannotChange) {
  const v1::Warehouse made = MakeWarehouse(client(), Name("a"));
  for (const char* path : {"nothing", "warehouse_id", "etag", "create_time", "update_time", "delete_time",
                           "address.nothing", "name.x", "", "address.street_lines.x"}) {
    const auto refused = Update(Name("a"), "name: 'new'", {"name", path});
    EXPECT_THAT(ViolationsOf(refused.status()), ElementsAre("update_mask")) << path;
  }
  EXPECT_THAT(ViolationsOf(Update(Name("a"), "name: 'new'", {"name", "*"}).status()), ElementsAre("update_mask"));
  EXPECT_THAT(ViolationsOf(Update(Name("a"), "", {"name"}).status()), ElementsAre("warehouse.name"));
  EXPECT_THAT(Must(Get(Name("a"))), EqualsProto(made));
  EXPECT_EQ(Outcome(Update(Name("none"), "name: 'x'")), "NOT_FOUND WAREHOUSE_NOT_FOUND");
}

TEST_F(WarehousesTest, AnUpdateThatChangesNothingLeavesTheEtag) {
  const v1::Warehouse made = MakeWarehouse(client(), Name("a"));
  EXPECT_THAT(Must(Update(Name("a"), "active: true")), EqualsProto(made));
  EXPECT_THAT(Must(Update(Name("a"), "")), EqualsProto(made));
}

TEST_F(WarehousesTest, EveryWriteRequiresTheEtagItIsGiven) {
  const v1::Warehouse made = MakeWarehouse(client(), Name("a"));
  EXPECT_EQ(Outcome(Update(Name("a"), "type: 'x' etag: 'old'")), "ABORTED ETAG_MISMATCH");
  const v1::Warehouse now = Must(Update(Name("a"), absl::Substitute("type: 'x' etag: '$0'", made.etag())));
  EXPECT_EQ(Outcome(Delete(Name("a"), made.etag())), "ABORTED ETAG_MISMATCH");
  const v1::Warehouse deleted = Must(Delete(Name("a"), now.etag()));
  EXPECT_EQ(Outcome(Undelete(Name("a"), now.etag())), "ABORTED ETAG_MISMATCH");
  Must(Undelete(Name("a"), deleted.etag()));
}

TEST_F(WarehousesTest, ActivationNeedsALocation) {
  Must(Create(absl::Substitute("warehouse_id: '$0' name: 'x'", Name("a"))));
  EXPECT_EQ(Outcome(Update(Name("a"), "active: true")), "FAILED_PRECONDITION LOCATION_REQUIRED");
  EXPECT_THAT(ViolationsOf(Update(Name("a"), "active: true location { }").status()), ElementsAre("warehouse.location"));
  EXPECT_FALSE(Must(Get(Name("a"))).active());
  EXPECT_TRUE(Must(Update(Name("a"), absl::StrCat("active: true ", kBerlin))).active());
  EXPECT_EQ(Outcome(Update(Name("a"), "", {"location"})), "FAILED_PRECONDITION LOCATION_REQUIRED");
}

TEST_F(WarehousesTest, DeleteIsRefusedWithWhatTheWarehouseHolds) {
  const std::string id = Selling("a");
  const auto held = [&](int levels, int reservations, int shipments) {
    const auto refused = Delete(id);
    EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION WAREHOUSE_IN_USE");
    const std::map<std::string, std::string> facts = {{"warehouse_id", id},
                                                      {"levels", absl::StrCat(levels)},
                                                      {"reservations", absl::StrCat(reservations)},
                                                      {"shipments", absl::StrCat(shipments)},
                                                      {"replenishments", "0"},
                                                      {"transfers", "0"},
                                                      {"examples", Sku()}};
    EXPECT_EQ(MetadataOf(refused.status()), facts);
  };
  SetStock(Sku(), id, 2);
  held(1, 0, 0);
  const std::string order =
      Must(Reserve(client(), {{Sku(), 2}}, {.channel = id, .commit = true})).reservation().reservation_id();
  held(1, 1, 0);
  const std::string shipment = Must(CreateShipment(client(), order, id)).shipment().shipment_id();
  held(1, 1, 1);
  Must(Ship(client(), shipment));
  EXPECT_TRUE(Must(Delete(id)).has_delete_time());
  EXPECT_EQ(Outcome(Delete(id)), "NOT_FOUND WAREHOUSE_NOT_FOUND");
}

TEST_F(WarehousesTest, ADeletedWarehouseTakesPartInNothingUntilItIsUndeletedAndActivated) {
  const std::string id = Selling("a");
  Must(Delete(id));
  EXPECT_THAT(Must(client().Call(Pb<v1::GetChannelRequest>(absl::Substitute("channel_id: '$0'", id)))).attachments(),
              IsEmpty());
  const auto attach = Pb<v1::AttachWarehouseRequest>(absl::Substitute("channel_id: '$0' warehouse_id: '$0'", id));
  const auto count = Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: '$1' on_hand: 3", Sku(), id));
  EXPECT_EQ(Outcome(client().Call(attach)), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Outcome(client().Call(count)), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Outcome(Update(id, "name: 'x'")), "NOT_FOUND WAREHOUSE_NOT_FOUND");

  const v1::Warehouse back = Must(Undelete(id));
  EXPECT_FALSE(back.has_delete_time());
  EXPECT_FALSE(back.active());
  EXPECT_EQ(Outcome(Undelete(id)), "ALREADY_EXISTS WAREHOUSE_NOT_DELETED");
  EXPECT_EQ(Outcome(Undelete(Name("none"))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  Must(client().Call(count));
  Must(client().Call(attach));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = id})), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");
  Must(Update(id, "active: true"));
  Must(Reserve(client(), {{Sku(), 1}}, {.channel = id}));
}

TEST_F(WarehousesTest, DeactivationStopsNewReservationsAndLeavesLiveOnesShippable) {
  const std::string id = Selling("a");
  SetStock(Sku(), id, 5);
  const std::string held = Must(Reserve(client(), {{Sku(), 2}}, {.channel = id})).reservation().reservation_id();
  EXPECT_EQ(AvailabilityOf(Sku(), id), 3);
  Must(Update(id, "", {"active"}));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = id})), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");
  EXPECT_EQ(AvailabilityOf(Sku(), id), 0);
  Must(Confirm(client(), held));
  Must(Ship(client(), Must(CreateShipment(client(), held, id)).shipment().shipment_id()));
  EXPECT_EQ(Show(ReservationOf(held)), absl::Substitute("FULFILLED $0 0/2 $1:0 shipped 2", Sku(), id));
  SetStock(Sku(), id, 4);
  EXPECT_EQ(LevelOf(Sku(), id).on_hand(), 4);
}

TEST_F(WarehousesTest, OfManyChangesOfOneEtagThroughTwoServersExactlyOneWins) {
  replica();
  for (int round = 0; round < 3; ++round) {
    const std::string id = Name(absl::StrCat(round));
    const std::string etag = MakeWarehouse(client(), id).etag();
    std::vector<absl::Status> results(8);
    Together(8, [&](int i) {
      const auto request = UpdateRequest(id, absl::Substitute("type: 'writer $0' etag: '$1'", i, etag));
      results[i] = (i % 2 == 0 ? client() : replica()).Call(request).status();
    });
    EXPECT_EQ(CountOutcomes(results), (Outcomes{{"OK", 1}, {"ABORTED ETAG_MISMATCH", 7}}));
    for (int i = 0; i < 8; ++i) {
      if (results[i].ok()) {
        EXPECT_EQ(Must(Get(id)).type(), absl::StrCat("writer ", i));
      }
    }
  }
}

TEST_F(WarehousesTest, AReservationSeesWhatTheOtherServerHasJustConfigured) {
  const std::string id = Selling("a");
  SetStock(Sku(), id, 100);
  for (int round = 0; round < 5; ++round) {
    Must(Update(id, "", {"active"}));
    EXPECT_EQ(Outcome(Reserve(replica(), {{Sku(), 1}}, {.channel = id})),
              "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");
    Must(Update(id, "active: true"));
    EXPECT_EQ(Outcome(Reserve(replica(), {{Sku(), 1}}, {.channel = id})), "OK");
  }
}

TEST_F(WarehousesTest, ADeletionAndACountThroughTwoServersNeverBothSucceed) {
  replica();
  for (int round = 0; round < 8; ++round) {
    const std::string id = Name(absl::StrCat(round));
    MakeWarehouse(client(), id);
    const auto count = Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: '$1' on_hand: 1", Sku(), id));
    absl::Status deleted;
    absl::Status counted;
    Together(2, [&](int i) {
      if (i == 0) deleted = Delete(id).status();
      if (i == 1) counted = replica().Call(count).status();
    });
    EXPECT_THAT(Outcome(deleted) + ", " + Outcome(counted),
                AnyOf("OK, NOT_FOUND WAREHOUSE_NOT_FOUND", "FAILED_PRECONDITION WAREHOUSE_IN_USE, OK"));
  }
}

}  // namespace
}  // namespace inventory::integration
