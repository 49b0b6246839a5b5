// Many callers at once do everything to a few kits and their components, with quotas and orders that wait, through two
// servers on one database: in the end every number is the sum of its parts, and nobody waits for what is there.
#include <random>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;

class MixedLoadTest : public ServerTest {
 public:
  // The sweeper looks all the time, so that it meets the callers.
  static void SetUpTestSuite() { StartServer({"--sweep-interval=10ms"}); }

 protected:
  static const Client& One(int i) { return i % 2 == 0 ? client() : replica(); }

  // "x" and "y" are counted and may wait, "pair" is 2 "x", "set" is 1 "x" and 2 "y". The channel "web" sells from both
  // warehouses, this test's channel from w2 only.
  void MakeShop() {
    for (const char* sku : {"x", "y"}) {
      Configure(sku, "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 20");
      for (const char* warehouse_id : {"w1", "w2"}) SetStock(Sku(sku), warehouse_id, 30);
    }
    Configure("pair", absl::Substitute("components { sku: '$0' quantity: 2 }", Sku("x")));
    Configure("set", absl::Substitute("components { sku: '$0' quantity: 1 } components { sku: '$1' quantity: 2 }",
                                      Sku("x"), Sku("y")));
    MakeChannel(client(), Name("shop"), {"w2"});
    Must(client().Call(QuotaRequest(Sku("x"), "web", 40)));
    Must(client().Call(QuotaRequest(Sku("y"), Name("shop"), 15)));
  }
  void Configure(const std::string& sku, const std::string& fields) {
    Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' $1 }", Sku(sku), fields))));
  }
  static v1::SetQuotaRequest QuotaRequest(const std::string& sku, const std::string& channel_id, int64_t quantity) {
    return Pb<v1::SetQuotaRequest>(
        absl::Substitute("sku: '$0' channel_id: '$1' quantity: $2", sku, channel_id, quantity));
  }

  // Units of the SKU that stand unshipped through the channel, as the reservations tell it.
  static int64_t Outstanding(const std::string& sku, const std::string& channel_id) {
    const auto request = Pb<v1::ListReservationsRequest>(
        absl::Substitute("filter { sku: '$0' channel_id: '$1' } page_size: 1000", sku, channel_id));
    int64_t units = 0;
    for (const auto& reservation : ListAll(client(), request, &v1::ListReservationsResponse::reservations)) {
      for (const v1::ReservationLine& line : reservation.lines()) {
        if (line.sku() == sku) units += line.reserved_quantity() + line.backordered_quantity();
      }
    }
    return units;
  }
  static int64_t Counted(const std::string& sku, const std::string& channel_id) {
    return Must(client().Call(Pb<v1::GetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: '$1'", sku, channel_id))))
        .outstanding_quantity();
  }
  static int Waiting(const std::string& sku, const std::string& channel_id) {
    return Must(client().Call(Pb<v1::ListBackordersRequest>(
                    absl::Substitute("filter { sku: '$0' channel_id: '$1' }", sku, channel_id))))
        .backorders_size();
  }
};

// One thread of callers.
class Caller {
 public:
  Caller(const Client& client, std::vector<std::string> skus, std::vector<std::string> channels, int seed)
      : client_(client), skus_(std::move(skus)), channels_(std::move(channels)), random_(seed) {}

  absl::Status DoSomething() {
    switch (Pick(9)) {
      case 0:
        return client_
            .Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w$1' delta: $2", skus_[Pick(2)],
                                                              1 + Pick(2), (Pick(9) - 4) | 1)))
            .status();
      case 1:
        return client_
            .Call(Pb<v1::SetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: '$1' quantity: $2", skus_[Pick(2)],
                                                           channels_[Pick(2)], 10 + Pick(40))))
            .status();
      case 2:
        return WithReservation([this](const std::string& id) { return Confirm(client_, id).status(); });
      case 3:
      case 4:
        return WithReservation([this](const std::string& id) { return Cancel(client_, id).status(); });
      case 5:
        return WithReservation([this](const std::string& id) { return ShipAll(id); });
      default:
        return ReserveSomething();
    }
  }

 private:
  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  absl::Status WithReservation(const std::function<absl::Status(const std::string&)>& act) {
    return ids_.empty() ? absl::OkStatus() : act(ids_[Pick(static_cast<int>(ids_.size()))]);
  }

  absl::Status ReserveSomething() {
    ReserveOptions options = {.channel = channels_[Pick(2)], .commit = Pick(2) == 0};
    if (!options.commit && Pick(2) == 0) options.ttl = absl::Milliseconds(1 + Pick(50));
    auto request = ReserveRequest({{skus_[Pick(4)], 1 + Pick(3)}, {skus_[Pick(4)], 1 + Pick(3)}}, options);
    request.set_on_shortfall(static_cast<v1::ShortfallPolicy>(1 + Pick(3)));
    const auto reserved = client_.Call(request);
    if (reserved.ok()) ids_.push_back(reserved->reservation().reservation_id());
    return reserved.status();
  }

  absl::Status ShipAll(const std::string& id) {
    const auto shipment = CreateShipment(client_, id, Pick(2) == 0 ? "w1" : "w2");
    return shipment.ok() ? Ship(client_, shipment->shipment().shipment_id()).status() : shipment.status();
  }

  const Client& client_;
  const std::vector<std::string> skus_;
  const std::vector<std::string> channels_;
  std::mt19937 random_;
  std::vector<std::string> ids_;
};

TEST_F(MixedLoadTest, KitsQuotasAndOrdersThatWaitAddUp) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 80;
  MakeShop();
  replica();
  const std::vector<std::string> skus = {Sku("x"), Sku("y"), Sku("pair"), Sku("set")};
  const std::vector<std::string> channels = {"web", Name("shop")};
  std::vector<absl::Status> results(kThreads * kCalls);
  Together(kThreads, [&](int thread) {
    Caller caller(One(thread), skus, channels, thread);
    for (int i = 0; i < kCalls; ++i) results[thread * kCalls + i] = caller.DoSomething();
  });
  for (const absl::Status& result : results) {
    EXPECT_THAT(result.code(), AnyOf(absl::StatusCode::kOk, absl::StatusCode::kFailedPrecondition)) << result;
  }
  EXPECT_GT(CountOutcomes(results)["OK"], kThreads * kCalls / 4);
  for (const v1::Mismatch& mismatch : VerifyAll(client())) ADD_FAILURE() << mismatch.DebugString();
  for (const std::string& sku : {Sku("x"), Sku("y")}) {
    for (const std::string& channel_id : channels) {
      SCOPED_TRACE(absl::StrCat(sku, " ", channel_id));
      // Holds may run out between two reads.
      EXPECT_TRUE(Eventually([&] {
        const auto quota =
            client().Call(Pb<v1::GetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: '$1'", sku, channel_id)));
        return !quota.ok() || Counted(sku, channel_id) == Outstanding(sku, channel_id);
      }));
      EXPECT_TRUE(Eventually([&] { return Waiting(sku, channel_id) == 0 || LevelOf(sku, "w2").available() <= 0; }));
    }
  }
}

}  // namespace
}  // namespace inventory::integration
