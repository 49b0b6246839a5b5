// Codes that callers give their resources, stored, found by lists, and claimed by many at once.
#include <algorithm>
#include <thread>

#include "absl/strings/str_join.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExternalReferencesTest : public ServerTest {
 protected:
  std::string Code(const std::string& suffix) const { return absl::StrCat("code/", Name(suffix)); }
};

TEST_F(ExternalReferencesTest, FindsEveryResourceByItsCode) {
  SetStock(Sku(), "w1", 10);
  const auto item = Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' external_reference_code: '$1' }", Name("item"), Code("x")))));
  const auto warehouse = Must(client().Call(Pb<v1::CreateWarehouseRequest>(absl::Substitute(
      "warehouse { warehouse_id: '$0' name: 'W' external_reference_code: '$1' }", Name("w"), Code("x")))));
  const auto channel = Must(client().Call(Pb<v1::CreateChannelRequest>(
      absl::Substitute("channel { channel_id: '$0' name: 'C' external_reference_code: '$1' }", Name("c"), Code("x")))));
  const auto replenishment = Must(client().Call(Pb<v1::CreateReplenishmentRequest>(
      absl::Substitute("sku: '$0' warehouse_id: 'w1' quantity: 1 external_reference_code: '$1'", Sku(), Code("x")))));
  const auto transfer = Must(client().Call(Pb<v1::CreateTransferRequest>(absl::Substitute(
      "from_warehouse_id: 'w1' to_warehouse_id: 'w2' lines { sku: '$0' quantity: 1 } external_reference_code: '$1'",
      Sku(), Code("x")))));
  const auto reservation = Must(client().Call(Pb<v1::ReserveStockRequest>(
      absl::Substitute("channel_id: 'web' lines { sku: '$0' quantity: 1 } commit: true external_reference_code: '$1'",
                       Sku(), Code("x")))));
  const std::string& reservation_id = reservation.reservation().reservation_id();
  const auto shipment = Must(client().Call(Pb<v1::CreateShipmentRequest>(absl::Substitute(
      "reservation_id: '$0' warehouse_id: 'w1' external_reference_code: '$1'", reservation_id, Code("x")))));

  const std::string filter = absl::Substitute("filter { external_reference_code: '$0' }", Code("x"));
  EXPECT_THAT(Must(client().Call(Pb<v1::ListItemsRequest>(filter))).items(), ElementsAre(EqualsProto(item)));
  EXPECT_THAT(Must(client().Call(Pb<v1::ListWarehousesRequest>(filter))).warehouses(),
              ElementsAre(EqualsProto(warehouse)));
  EXPECT_THAT(Must(client().Call(Pb<v1::ListChannelsRequest>(filter))).channels(), ElementsAre(EqualsProto(channel)));
  EXPECT_THAT(Must(client().Call(Pb<v1::ListReplenishmentsRequest>(filter))).replenishments(),
              ElementsAre(EqualsProto(replenishment.replenishment())));
  EXPECT_THAT(Must(client().Call(Pb<v1::ListTransfersRequest>(filter))).transfers(),
              ElementsAre(EqualsProto(transfer.transfer())));
  EXPECT_EQ(Must(client().Call(Pb<v1::ListReservationsRequest>(filter))).reservations(0).reservation_id(),
            reservation_id);
  EXPECT_THAT(Must(client().Call(Pb<v1::ListShipmentsRequest>(filter))).shipments(),
              ElementsAre(EqualsProto(shipment.shipment())));
  const std::string nobody = absl::Substitute("filter { external_reference_code: '$0' }", Code("nobody"));
  EXPECT_THAT(Must(client().Call(Pb<v1::ListItemsRequest>(nobody))).items(), IsEmpty());
  EXPECT_THAT(Must(client().Call(Pb<v1::ListReservationsRequest>(nobody))).reservations(), IsEmpty());
}

// Goal: of many that claim a code at once, on rows that no common lock guards, exactly one gets it.
TEST_F(ExternalReferencesTest, GivesACodeToOneOfMany) {
  constexpr int kClaimants = 8;
  std::vector<std::string> outcomes(kClaimants);
  std::vector<std::thread> claimants;
  for (int i = 0; i < kClaimants; ++i) {
    claimants.emplace_back([this, i, &outcomes] {
      outcomes[i] = Outcome(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute(
          "item { sku: '$0' external_reference_code: '$1' }", Name(absl::StrCat("claimant-", i)), Code("one")))));
    });
  }
  for (std::thread& claimant : claimants) claimant.join();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "OK"), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS"), kClaimants - 1);
}

// Goal: an upsert by code that is sent many times at once makes one resource.
TEST_F(ExternalReferencesTest, UpsertsOnceWhenSentManyTimes) {
  constexpr int kSenders = 8;
  std::vector<std::string> ids(kSenders);
  std::vector<std::thread> senders;
  for (int i = 0; i < kSenders; ++i) {
    senders.emplace_back([this, i, &ids] {
      const auto answer = client().Call(Pb<v1::UpdateReplenishmentRequest>(absl::Substitute(
          "replenishment { sku: '$0' warehouse_id: 'w1' ordered_quantity: 7 external_reference_code: '$1' } "
          "allow_missing: true",
          Sku(), Code("po"))));
      ids[i] = answer.ok() ? answer->replenishment().replenishment_id() : answer.status().ToString();
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(std::count(ids.begin(), ids.end(), ids[0]), kSenders) << absl::StrJoin(ids, "\n");
  EXPECT_EQ(LevelOf(Sku(), "w1").incoming(), 7);
}

}  // namespace
}  // namespace inventory::integration
