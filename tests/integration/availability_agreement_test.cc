// What GetAvailability says can be reserved, and one more can't: over kits, quotas, backorders, dead holds, several
// warehouses and channels, in random states.
#include <random>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;

// A shop in random states. Two channels: "one" sells from a and b, "two" from b and c; d is closed, e is nobody's.
class RandomShop {
 public:
  RandomShop(const Client& client, std::string prefix, uint64_t seed)
      : client_(client), prefix_(std::move(prefix)), random_(seed) {
    for (const char* id : {"a", "b", "c", "d", "e"})
      warehouses_.push_back(MakeWarehouse(client_, Name(id)).warehouse_id());
    MakeChannel(client_, Name("one"), {Name("a"), Name("b"), Name("d")});
    MakeChannel(client_, Name("two"), {Name("b"), Name("c")});
    Must(client_.Call(Pb<v1::UpdateWarehouseRequest>(absl::Substitute(
        "warehouse { warehouse_id: '$0' active: false } update_mask { paths: 'active' }", Name("d")))));
    Configure("file", "tracking: TRACKING_UNTRACKED");
    Configure("pair", KitOf({{"x", 2}}));
    Configure("set", KitOf({{"x", 2}, {"y", 1}}));
    Configure("box", KitOf({{"z", 3}, {"file", 2}}));
  }

  std::string Name(const std::string& suffix) const { return prefix_ + suffix; }
  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  void Disturb() {
    switch (Pick(8)) {
      case 0:
      case 1:
        SetStock();
        break;
      case 2:
        Must(client_.Call(Pb<v1::SetSafetyStockRequest>(absl::Substitute(
            "sku: '$0' warehouse_id: '$1' safety_stock: $2", AnyCounted(), warehouses_[Pick(5)], Pick(4)))));
        break;
      case 3:
        Must(client_.Call(Pb<v1::SetQuotaRequest>(
            absl::Substitute("sku: '$0' channel_id: '$1' quantity: $2", AnyCounted(), AnyChannel(), Pick(15)))));
        break;
      case 4:
        SetBackorders();
        break;
      default:
        Order();
    }
  }

  // Whether every hold is dead, released or not. Those that are to last are committed.
  bool Settled() const {
    for (const char* channel : {"one", "two"}) {
      v1::ListReservationsRequest request;
      request.mutable_filter()->set_channel_id(Name(channel));
      request.mutable_filter()->set_state(v1::RESERVATION_STATE_HELD);
      if (Must(client_.Call(request)).reservations_size() > 0) return false;
    }
    return true;
  }

  const std::vector<std::string> skus = {"x", "y", "z", "file", "pair", "set", "box"};

 private:
  static constexpr const char* kCounted[] = {"x", "y", "z"};
  static constexpr const char* kWaiting[] = {"z", "box"};
  static constexpr const char* kDying[] = {"x", "y", "file", "pair", "set"};

  std::string AnyCounted() { return Name(kCounted[Pick(3)]); }
  std::string AnyChannel() { return Name(Pick(2) == 0 ? "one" : "two"); }

  std::string KitOf(const std::vector<Line>& components) const {
    std::string fields;
    for (const Line& line : components) {
      absl::StrAppend(&fields,
                      absl::Substitute("components { sku: '$0' quantity: $1 }", Name(line.sku), line.quantity));
    }
    return fields;
  }
  void Configure(const std::string& sku, const std::string& fields) {
    Must(client_.Call(
        Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: '$0' $1 } allow_missing: true", Name(sku), fields))));
  }

  void SetStock() {
    v1::SetStockRequest request;
    request.set_sku(AnyCounted());
    request.set_warehouse_id(warehouses_[Pick(5)]);
    request.set_on_hand(Pick(20));
    Must(client_.Call(request));
  }
  void SetBackorders() {
    const int policy = 1 + Pick(3);
    Must(client_.Call(Pb<v1::UpdateItemRequest>(
        absl::Substitute("item { sku: '$0' backorder_policy: $1 backorder_limit: $2 } allow_missing: true "
                         "update_mask { paths: 'backorder_policy' paths: 'backorder_limit' }",
                         AnyCounted(), policy, policy == v1::BACKORDER_POLICY_LIMITED ? 1 + Pick(6) : 0))));
  }
  // Units that wait live on only for SKUs of which no hold dies: what a dead hold frees goes to who waits.
  void Order() {
    const bool waits = Pick(3) == 0;
    ReserveOptions options = {.channel = AnyChannel()};
    options.commit = waits || Pick(2) == 0;
    if (!options.commit) options.ttl = absl::Milliseconds(1);
    const auto any = [&] { return Name(waits ? kWaiting[Pick(2)] : kDying[Pick(5)]); };
    auto request = ReserveRequest({{any(), 1 + Pick(4)}, {any(), 1 + Pick(4)}}, options);
    const bool patient = waits || (!options.commit && Pick(2) == 0);
    request.set_on_shortfall(patient ? v1::SHORTFALL_POLICY_BACKORDER : v1::SHORTFALL_POLICY_PARTIAL);
    client_.Call(request).IgnoreError();
  }

  const Client& client_;
  const std::string prefix_;
  std::mt19937_64 random_;
  std::vector<std::string> warehouses_;
};

// No sweeper in the way: dead holds must not count although nobody has released them.
class AvailabilityAgreementTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=1m"}); }

 protected:
  static v1::Availability Ask(const std::string& sku, const std::string& channel_id) {
    return Must(client().Call(Pb<v1::GetAvailabilityRequest>(
                    absl::Substitute("channel_id: '$0' skus: '$1' view: AVAILABILITY_VIEW_OPERATOR", channel_id, sku))))
        .availabilities(0);
  }

  // What an order would come to.
  static std::string Trial(const std::string& sku, const std::string& channel_id, int64_t quantity,
                           v1::ShortfallPolicy on_shortfall = v1::SHORTFALL_POLICY_REJECT) {
    auto request = ReserveRequest({{sku, quantity}}, {.channel = channel_id});
    request.set_on_shortfall(on_shortfall);
    request.set_validate_only(true);
    return Outcome(client().Call(request));
  }

  // Every status says what an order then meets.
  static void ExpectAgreement(const std::string& sku, const std::string& channel_id) {
    const v1::Availability told = Ask(sku, channel_id);
    SCOPED_TRACE(told.ShortDebugString());
    if (!told.has_quantity()) {
      EXPECT_EQ(told.status(), v1::AVAILABILITY_STATUS_IN_STOCK);
      EXPECT_EQ(Trial(sku, channel_id, 1000), "OK");
      return;
    }
    if (told.quantity() > 0) {
      EXPECT_EQ(Trial(sku, channel_id, told.quantity()), "OK");
    }
    EXPECT_THAT(Trial(sku, channel_id, told.quantity() + 1),
                AnyOf("FAILED_PRECONDITION INSUFFICIENT_STOCK", "FAILED_PRECONDITION QUOTA_EXCEEDED"));
    const v1::AvailabilityStatus expected = told.quantity() > 0 ? v1::AVAILABILITY_STATUS_IN_STOCK
                                            : Trial(sku, channel_id, 1, v1::SHORTFALL_POLICY_BACKORDER) == "OK"
                                                ? v1::AVAILABILITY_STATUS_BACKORDER
                                                : v1::AVAILABILITY_STATUS_OUT_OF_STOCK;
    EXPECT_EQ(told.status(), expected);
  }
};

TEST_F(AvailabilityAgreementTest, WhatIsToldCanBeReservedAndOneMoreCannot) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  RandomShop shop(client(), Name(""), seed);
  std::map<v1::AvailabilityStatus, int> seen;
  for (int round = 0; round < 25; ++round) {
    for (int step = 0; step < 8; ++step) shop.Disturb();
    ASSERT_TRUE(Eventually([&] { return shop.Settled(); }));
    for (const std::string& sku : shop.skus) {
      for (const char* channel : {"one", "two"}) {
        // Before anything else has touched the SKU: a write releases its dead holds.
        ++seen[Ask(shop.Name(sku), shop.Name(channel)).status()];
        ExpectAgreement(shop.Name(sku), shop.Name(channel));
      }
    }
    const std::string sku = shop.Name(shop.skus[shop.Pick(7)]);
    const v1::Availability told = Ask(sku, shop.Name("one"));
    if (told.quantity() == 0) continue;
    Must(Reserve(client(), {{sku, told.quantity()}}, {.channel = shop.Name("one"), .commit = true}));
    EXPECT_EQ(Ask(sku, shop.Name("one")).quantity(), 0);
  }
  EXPECT_GT(seen[v1::AVAILABILITY_STATUS_IN_STOCK], 0);
  EXPECT_GT(seen[v1::AVAILABILITY_STATUS_OUT_OF_STOCK], 0);
}

}  // namespace
}  // namespace inventory::integration
