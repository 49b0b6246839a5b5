// GetAvailability: what each view shows, that it is exactly what ReserveStock then accepts, and that it reflects every
// write that was answered before.
#include <random>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

// No sweeper in the way: dead holds must not count although nobody has released them.
class AvailabilityTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=1m"}); }

 protected:
  static v1::GetAvailabilityRequest Ask(const std::vector<std::string>& skus, const std::string& channel_id = "web",
                                        v1::AvailabilityView view = v1::AVAILABILITY_VIEW_OPERATOR) {
    v1::GetAvailabilityRequest request;
    request.set_channel_id(channel_id);
    request.mutable_skus()->Assign(skus.begin(), skus.end());
    request.set_view(view);
    return request;
  }

  // "IN_STOCK 7 'In stock'", with "-" for what is not shown and the reason at the end.
  static std::string Show(const v1::Availability& availability) {
    return absl::StrCat(v1::AvailabilityStatus_Name(availability.status()).substr(sizeof("AVAILABILITY_STATUS_") - 1),
                        " ", availability.has_quantity() ? absl::StrCat(availability.quantity()) : "-", " ",
                        availability.has_label() ? absl::StrCat("'", availability.label(), "'") : "-",
                        availability.reason().empty() ? "" : " ", availability.reason());
  }
  static std::string Shown(const std::string& sku, const std::string& channel_id = "web",
                           v1::AvailabilityView view = v1::AVAILABILITY_VIEW_OPERATOR) {
    const auto response = Must(client().Call(Ask({sku}, channel_id, view)));
    EXPECT_EQ(response.availabilities_size(), 1);
    EXPECT_EQ(response.availabilities(0).sku(), sku);
    return Show(response.availabilities(0));
  }

  static void Configure(const std::string& sku, const std::string& fields) {
    Must(client().Call(
        Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: '$0' $1 } allow_missing: true", sku, fields))));
  }
  static void Activate(const std::string& warehouse_id, bool active) {
    auto request = Pb<v1::UpdateWarehouseRequest>("update_mask { paths: 'active' }");
    request.mutable_warehouse()->set_warehouse_id(warehouse_id);
    request.mutable_warehouse()->set_active(active);
    Must(client().Call(request));
  }
  static void KeepBack(const std::string& sku, const std::string& warehouse_id, int64_t units) {
    Must(client().Call(Pb<v1::SetSafetyStockRequest>(
        absl::Substitute("sku: '$0' warehouse_id: '$1' safety_stock: $2", sku, warehouse_id, units))));
  }
};

TEST_F(AvailabilityTest, AStorefrontSeesWhatTheItemDisplaysAndAnOperatorEverything) {
  for (const bool label : {false, true}) {
    for (const bool quantity : {false, true}) {
      const std::string sku = Sku(absl::StrCat(label, quantity));
      Configure(sku, absl::Substitute("display_availability: $0 display_stock_quantity: $1", label, quantity));
      SetStock(sku, "w1", 7);
      const std::string shown = absl::StrCat("IN_STOCK ", quantity ? "7" : "-", " ", label ? "'In stock'" : "-");
      EXPECT_EQ(Shown(sku, "web", v1::AVAILABILITY_VIEW_STOREFRONT), shown);
      EXPECT_EQ(Shown(sku, "web", v1::AVAILABILITY_VIEW_UNSPECIFIED), shown);
      EXPECT_EQ(Shown(sku), "IN_STOCK 7 'In stock'");
    }
  }
}

TEST_F(AvailabilityTest, EveryStatusHasItsReasonAndLabel) {
  SetStock(Sku(), "w1", 3);
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 3 'In stock'");
  EXPECT_EQ(Shown(Sku("never-seen")), "OUT_OF_STOCK 0 'Out of stock'");
  Configure(Sku(), "published: false");
  EXPECT_EQ(Shown(Sku()), "NOT_SELLABLE 3 'Not available' ITEM_UNPUBLISHED");
  EXPECT_EQ(Shown(Sku(), "web", v1::AVAILABILITY_VIEW_STOREFRONT), "NOT_SELLABLE - - ITEM_UNPUBLISHED");
  Configure(Sku(), "published: true");
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 3 'In stock'");
}

TEST_F(AvailabilityTest, AChannelThatCannotSellSaysWhy) {
  SetStock(Sku(), "w1", 3);
  MakeChannel(client(), Name("c"), {});
  EXPECT_EQ(Shown(Sku(), Name("c")), "NOT_SELLABLE 0 'Not available' CHANNEL_HAS_NO_WAREHOUSE");

  MakeWarehouse(client(), Name("w"));
  SetStock(Sku(), Name("w"), 4);
  Must(client().Call(Pb<v1::AttachWarehouseRequest>(
      absl::Substitute("channel_id: '$0' warehouse_id: '$1' priority: 1", Name("c"), Name("w")))));
  EXPECT_EQ(Shown(Sku(), Name("c")), "IN_STOCK 4 'In stock'");
  Activate(Name("w"), false);
  EXPECT_EQ(Shown(Sku(), Name("c")), "NOT_SELLABLE 0 'Not available' CHANNEL_HAS_NO_WAREHOUSE");
  Activate(Name("w"), true);

  Must(client().Call(
      Pb<v1::UpdateChannelRequest>(absl::Substitute("channel { channel_id: '$0' active: false }", Name("c")))));
  EXPECT_EQ(Shown(Sku(), Name("c")), "NOT_SELLABLE 4 'Not available' CHANNEL_INACTIVE");
  // The channel's reason goes before the item's.
  Configure(Sku(), "published: false");
  EXPECT_EQ(Shown(Sku(), Name("c")), "NOT_SELLABLE 4 'Not available' CHANNEL_INACTIVE");

  Must(client().Call(Pb<v1::DeleteChannelRequest>(absl::Substitute("channel_id: '$0'", Name("c")))));
  EXPECT_EQ(Outcome(client().Call(Ask({Sku()}, Name("c")))), "NOT_FOUND CHANNEL_NOT_FOUND");
  EXPECT_EQ(Outcome(client().Call(Ask({Sku()}, Name("none")))), "NOT_FOUND CHANNEL_NOT_FOUND");
}

TEST_F(AvailabilityTest, AnUntrackedItemIsInStockAndHasNoNumber) {
  Configure(Sku(), "tracking: TRACKING_UNTRACKED display_stock_quantity: true display_availability: true");
  EXPECT_EQ(Shown(Sku()), "IN_STOCK - 'In stock'");
  EXPECT_EQ(Shown(Sku(), "web", v1::AVAILABILITY_VIEW_STOREFRONT), "IN_STOCK - 'In stock'");
  Configure(Sku(), "published: false");
  EXPECT_EQ(Shown(Sku()), "NOT_SELLABLE - 'Not available' ITEM_UNPUBLISHED");
}

TEST_F(AvailabilityTest, AnswersUpToAThousandSkusInTheOrderAsked) {
  v1::BatchUpdateStockRequest stock;
  std::vector<std::string> skus;
  for (int i = 0; i < 1000; ++i) {
    skus.push_back(Sku(absl::StrCat(999 - i)));
    *stock.add_updates() =
        Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: 'w1' set_on_hand: $1", skus.back(), i));
  }
  Must(client().Call(stock));
  const auto response = Must(client().Call(Ask(skus)));
  ASSERT_EQ(response.availabilities_size(), 1000);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(response.availabilities(i).sku(), skus[i]);
    EXPECT_EQ(response.availabilities(i).quantity(), i);
  }
  skus.push_back(Sku());
  EXPECT_THAT(ViolationsOf(client().Call(Ask(skus)).status()), ElementsAre("skus"));
  EXPECT_THAT(ViolationsOf(client().Call(Ask({})).status()), ElementsAre("skus"));
}

TEST_F(AvailabilityTest, ASkuNamedTwiceIsAnsweredTwice) {
  SetStock(Sku("a"), "w1", 1);
  SetStock(Sku("b"), "w2", 2);
  const auto response = Must(client().Call(Ask({Sku("b"), Sku("a"), Sku("b")})));
  std::vector<std::string> shown;
  for (const auto& availability : response.availabilities()) shown.push_back(availability.sku() + Show(availability));
  EXPECT_THAT(shown, ElementsAre(Sku("b") + "IN_STOCK 2 'In stock'", Sku("a") + "IN_STOCK 1 'In stock'",
                                 Sku("b") + "IN_STOCK 2 'In stock'"));
}

TEST_F(AvailabilityTest, AUnitPromisedThroughOneChannelIsGoneForAllThatShareTheWarehouse) {
  MakeWarehouse(client(), Name("shared"));
  MakeWarehouse(client(), Name("own"));
  MakeChannel(client(), Name("a"), {Name("shared")});
  MakeChannel(client(), Name("b"), {Name("own"), Name("shared")});
  SetStock(Sku(), Name("shared"), 5);
  SetStock(Sku(), Name("own"), 2);
  EXPECT_EQ(AvailabilityOf(Sku(), Name("a")), 5);
  EXPECT_EQ(AvailabilityOf(Sku(), Name("b")), 7);
  Must(Reserve(client(), {{Sku(), 4}}, {.channel = Name("a")}));
  EXPECT_EQ(AvailabilityOf(Sku(), Name("a")), 1);
  EXPECT_EQ(AvailabilityOf(Sku(), Name("b")), 3);
  Must(Reserve(client(), {{Sku(), 3}}, {.channel = Name("b")}));
  EXPECT_EQ(AvailabilityOf(Sku(), Name("a")), 0);
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = Name("a")})), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
}

// The last unit of a shared warehouse, asked for through both channels at once.
TEST_F(AvailabilityTest, TwoChannelsNeverSellTheSameUnit) {
  MakeChannel(client(), Name("a"), {"w1"});
  MakeChannel(client(), Name("b"), {"w1", "w2"});
  SetStock(Sku(), "w1", 3);
  std::vector<absl::Status> results(16);
  Together(16, [&](int i) {
    results[i] = Reserve(client(), {{Sku(), 1}}, {.channel = i % 2 == 0 ? Name("a") : Name("b")}).status();
  });
  EXPECT_EQ(CountOutcomes(results),
            (std::map<std::string, int>{{"OK", 3}, {"FAILED_PRECONDITION INSUFFICIENT_STOCK", 13}}));
}

TEST_F(AvailabilityTest, ADeficitInOneWarehouseLeavesTheOthersAsTheyAre) {
  SetStock(Sku(), "w1", 5);
  Must(Reserve(client(), {{Sku(), 5}}));
  SetStock(Sku(), "w1", 1);
  SetStock(Sku(), "w2", 3);
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 3 'In stock'");
  KeepBack(Sku(), "w2", 10);
  EXPECT_EQ(Shown(Sku()), "OUT_OF_STOCK 0 'Out of stock'");
}

TEST_F(AvailabilityTest, ADeadHoldDoesNotCountAlthoughNobodyHasReleasedIt) {
  SetStock(Sku(), "w1", 10);
  Must(Reserve(client(), {{Sku(), 4}}));
  Must(Reserve(client(), {{Sku(), 5}}, {.ttl = absl::Milliseconds(1)}));
  EXPECT_TRUE(Eventually([&] { return AvailabilityOf(Sku()) == 6; }));
  EXPECT_EQ(Sql(absl::Substitute("SELECT reserved FROM stock_level WHERE sku = '$0'", Sku()))[0].Int(0), 9);
}

// Brings SKUs of a channel of its own into random states: stock, holds alive and dead, units kept back, deficits.
class RandomStock {
 public:
  RandomStock(const Client& client, std::string channel_id, uint64_t seed)
      : client_(client), channel_id_(std::move(channel_id)), random_(seed) {}

  // Whether only those holds are left that live on.
  bool Settled() const {
    v1::ListReservationsRequest request;
    request.mutable_filter()->set_channel_id(channel_id_);
    request.mutable_filter()->set_state(v1::RESERVATION_STATE_HELD);
    return ListAll(client_, request, &v1::ListReservationsResponse::reservations).size() == living_;
  }

  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  void Disturb(const std::string& sku, const std::string& warehouse_id) {
    const std::string level = absl::Substitute("sku: '$0' warehouse_id: '$1'", sku, warehouse_id);
    switch (Pick(4)) {
      case 0:
        Must(client_.Call(Pb<v1::SetStockRequest>(absl::Substitute("$0 on_hand: $1", level, Pick(12)))));
        break;
      case 1:
        Must(client_.Call(Pb<v1::SetSafetyStockRequest>(absl::Substitute("$0 safety_stock: $1", level, Pick(5)))));
        break;
      default:
        ReserveOptions options = {.channel = channel_id_, .partial = true};
        if (Pick(2) == 0) options.ttl = absl::Milliseconds(1);
        if (Reserve(client_, {{sku, 1 + Pick(6)}}, options).ok() && !options.ttl) ++living_;
    }
  }

 private:
  const Client& client_;
  const std::string channel_id_;
  std::mt19937_64 random_;
  std::size_t living_ = 0;
};

TEST_F(AvailabilityTest, IsExactlyWhatReserveStockThenAccepts) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::vector<std::string> warehouses;
  for (const char* suffix : {"a", "b", "c", "closed"}) {
    warehouses.push_back(Name(suffix));
    MakeWarehouse(client(), warehouses.back());
  }
  MakeChannel(client(), Name("c"), warehouses);
  MakeWarehouse(client(), Name("detached"));
  warehouses.push_back(Name("detached"));
  RandomStock random(client(), Name("c"), seed);
  std::vector<std::string> skus;
  for (int i = 0; i < 20; ++i) {
    skus.push_back(Sku(absl::StrCat(i)));
    for (const std::string& warehouse_id : warehouses) SetStock(skus.back(), warehouse_id, random.Pick(12));
    for (int step = 0; step < 8; ++step) random.Disturb(skus.back(), warehouses[random.Pick(5)]);
  }
  Activate(Name("closed"), false);
  ASSERT_TRUE(Eventually([&] { return random.Settled(); }));
  const auto before = Must(client().Call(Ask(skus, Name("c"))));
  for (int i = 0; i < before.availabilities_size(); ++i) {
    const int64_t promised = before.availabilities(i).quantity();
    const auto refused = Reserve(client(), {{skus[i], promised + 1}}, {.channel = Name("c")});
    EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
    EXPECT_EQ(MetadataOf(refused.status())["available"], absl::StrCat(promised)) << skus[i];
    if (promised > 0) Must(Reserve(client(), {{skus[i], promised}}, {.channel = Name("c")}));
    EXPECT_EQ(Shown(skus[i], Name("c")), "OUT_OF_STOCK 0 'Out of stock'");
  }
}

TEST_F(AvailabilityTest, ReflectsEveryKindOfWriteAtOnceOnEveryServer) {
  MakeWarehouse(client(), Name("w"));
  MakeChannel(client(), Name("c"), {"w1", Name("w")});
  const auto available = [&] {
    const int64_t here = AvailabilityOf(Sku(), Name("c"));
    EXPECT_EQ(Must(replica().Call(Ask({Sku()}, Name("c")))).availabilities(0).quantity(), here);
    return here;
  };
  SetStock(Sku(), "w1", 10);
  EXPECT_EQ(available(), 10);
  Must(replica().Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 2", Sku()))));
  EXPECT_EQ(available(), 12);
  KeepBack(Sku(), "w1", 1);
  EXPECT_EQ(available(), 11);
  Must(client().Call(Pb<v1::BatchUpdateStockRequest>(
      absl::Substitute("updates { sku: '$0' warehouse_id: '$1' set_on_hand: 4 }", Sku(), Name("w")))));
  EXPECT_EQ(available(), 15);
  const ReserveOptions options = {.channel = Name("c")};
  const std::string id = Must(Reserve(replica(), {{Sku(), 5}}, options)).reservation().reservation_id();
  EXPECT_EQ(available(), 10);
  Must(client().Call(Pb<v1::AmendReservationRequest>(
      absl::Substitute("reservation_id: '$0' lines { sku: '$1' quantity: 7 }", id, Sku()))));
  EXPECT_EQ(available(), 8);
  Must(Confirm(client(), id));
  EXPECT_EQ(available(), 8);
  Must(Cancel(replica(), id, {{Sku(), 1}}));
  EXPECT_EQ(available(), 9);
  auto shipment = Must(CreateShipment(client(), id, "w1", {{Sku(), 2}})).shipment();
  EXPECT_EQ(available(), 9);
  Must(Ship(replica(), shipment.shipment_id()));
  EXPECT_EQ(available(), 9);
  Must(Cancel(client(), id));
  EXPECT_EQ(available(), 13);
  Activate(Name("w"), false);
  EXPECT_EQ(available(), 9);
  Activate(Name("w"), true);
  EXPECT_EQ(available(), 13);
  Must(replica().Call(
      Pb<v1::DetachWarehouseRequest>(absl::Substitute("channel_id: '$0' warehouse_id: 'w1'", Name("c")))));
  EXPECT_EQ(available(), 4);
  Configure(Sku(), "published: false");
  EXPECT_EQ(Shown(Sku(), Name("c")), "NOT_SELLABLE 4 'Not available' ITEM_UNPUBLISHED");
}

// Questions that wait together are answered from one read; each caller must get its own answer, and one that is never
// older than what it has just written.
TEST_F(AvailabilityTest, ManyCallersAtOnceGetTheirOwnAnswers) {
  MakeChannel(client(), Name("c"), {"w2"});
  replica();
  Together(16, [&](int thread) {
    const std::string sku = Sku(absl::StrCat(thread));
    const Client& asked = thread % 2 == 0 ? client() : replica();
    for (int i = 1; i <= 12; ++i) {
      SetStock(sku, "w1", 100 * thread + i);
      switch (i % 3) {
        case 0:
          EXPECT_EQ(Outcome(asked.Call(Ask({sku}, Name("none")))), "NOT_FOUND CHANNEL_NOT_FOUND");
          break;
        case 1:
          EXPECT_EQ(Must(asked.Call(Ask({sku}, Name("c")))).availabilities(0).quantity(), 0);
          break;
        default:
          break;
      }
      const auto answer = Must(asked.Call(Ask({sku, Sku("never-seen"), sku})));
      ASSERT_EQ(answer.availabilities_size(), 3);
      EXPECT_EQ(answer.availabilities(0).sku(), sku);
      EXPECT_EQ(answer.availabilities(0).quantity(), 100 * thread + i);
      EXPECT_EQ(answer.availabilities(1).quantity(), 0);
      EXPECT_EQ(answer.availabilities(2).quantity(), 100 * thread + i);
    }
  });
}

}  // namespace
}  // namespace inventory::integration
