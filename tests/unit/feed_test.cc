// Tokens, filters and posts of events: no database.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/feed/chunk.h"
#include "server/feed/cloud_events.h"
#include "server/feed/cut.h"
#include "server/feed/filter.h"
#include "tests/pb.h"

namespace inventory::feed {
namespace {

Cut CutOf(const std::vector<storage::EventPosition>& positions) { return Cut(positions); }

TEST(CutTest, ComesBackFromItsToken) {
  for (const Cut& cut : {Cut(), CutOf({{0, 1}}), CutOf({{3, 7}, {63, INT64_MAX}}), CutOf({{1, 300}, {2, 1}})}) {
    const std::optional<Cut> back = Cut::FromToken(cut.ToToken());
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, cut);
  }
}

TEST(CutTest, TakesNoOtherToken) {
  const std::string good = CutOf({{3, 7}, {4, 1}}).ToToken();
  std::vector<std::string> bad = {"", "!", "AA", "Ag", "AQ==", good + "A", good + "=", " " + good};
  // Logs out of order, twice, too high, and at position 0.
  for (const std::string& bytes : {std::string("\x01\x04\x01\x03\x07", 5), std::string("\x01\x03\x07\x03\x08", 5),
                                   std::string("\x01\x40\x01", 3), std::string("\x01\x03\x00", 3)}) {
    std::string token;
    absl::WebSafeBase64Escape(bytes, &token);
    bad.push_back(token);
  }
  for (const std::string& token : bad) EXPECT_FALSE(Cut::FromToken(token)) << token;
}

TEST(CutTest, CoversWhatIsNowhereAhead) {
  const Cut cut = CutOf({{1, 5}, {2, 5}});
  EXPECT_TRUE(cut.Covers(cut));
  EXPECT_TRUE(cut.Covers(CutOf({{1, 5}})));
  EXPECT_FALSE(cut.Covers(CutOf({{1, 6}})));
  EXPECT_FALSE(cut.Covers(CutOf({{3, 1}})));
}

v1::Event Movement() {
  return Pb<v1::Event>("type: EVENT_TYPE_MOVEMENT channel_id: 'web' movement { sku: 'a' warehouse_id: 'w1' }");
}
v1::Event Reservation() {
  return Pb<v1::Event>(
      "type: EVENT_TYPE_RESERVATION channel_id: 'web' reservation { lines { sku: 'a' } lines { sku: 'b' } }");
}

TEST(FilterTest, AnEventNeedsOneOfEachList) {
  const auto matches = [](const std::string& filter, const v1::Event& event) {
    return Filter(Pb<v1::WatchRequest::Filter>(filter)).Matches(event);
  };
  EXPECT_TRUE(matches("", Movement()));
  EXPECT_TRUE(
      matches("skus: 'x' skus: 'a' warehouse_ids: 'w1' channel_ids: 'web' types: EVENT_TYPE_MOVEMENT", Movement()));
  EXPECT_FALSE(matches("skus: 'A'", Movement()));
  for (const char* other : {"warehouse_ids: 'w2'", "channel_ids: 'shop'", "types: EVENT_TYPE_SHIPMENT"}) {
    EXPECT_FALSE(matches(other, Movement())) << other;
    EXPECT_FALSE(matches(std::string("skus: 'a' ") + other, Movement())) << other;
  }
  EXPECT_TRUE(matches("skus: 'b'", Reservation()));
  EXPECT_FALSE(matches("skus: 'c'", Reservation()));
  EXPECT_FALSE(matches("warehouse_ids: 'w1'", Reservation())) << "a reservation belongs to no warehouse";
  EXPECT_FALSE(matches("skus: 'a'", v1::Event()));
}

// "OUT_OF_STOCK 1 -> 0" and the like for a movement that adds `reserved` and comes to these.
std::vector<std::string> Crossings(int64_t on_hand, int64_t reserved, int64_t added) {
  v1::WatchResponse stored;
  v1::Event& event = *stored.add_events();
  event.set_type(v1::EVENT_TYPE_MOVEMENT);
  event.mutable_movement()->mutable_balance()->set_on_hand(on_hand);
  event.mutable_movement()->mutable_balance()->set_reserved(reserved);
  event.mutable_movement()->mutable_delta()->set_reserved(added);
  const auto chunk =
      ToChunk({.log_id = 2, .position = 9, .create_time = absl::UnixEpoch(), .payload = stored.SerializeAsString()});
  EXPECT_TRUE(chunk.ok());
  std::vector<std::string> shown;
  for (const v1::Event& told : chunk->events) {
    EXPECT_EQ(told.event_id(), absl::StrCat("2-9-", shown.size()));
    shown.push_back(told.has_movement() ? "MOVEMENT"
                                        : absl::StrCat(v1::EventType_Name(told.type()).substr(11), " ",
                                                       told.availability().previous_available(), " -> ",
                                                       told.availability().available()));
  }
  return shown;
}

TEST(ChunkTest, TellsThatALevelRunsOutOrHasUnitsAgain) {
  using ::testing::ElementsAre;
  EXPECT_THAT(Crossings(5, 5, 1), ElementsAre("MOVEMENT", "OUT_OF_STOCK 1 -> 0"));
  EXPECT_THAT(Crossings(5, 6, 3), ElementsAre("MOVEMENT", "OUT_OF_STOCK 2 -> -1"));
  EXPECT_THAT(Crossings(5, 4, -1), ElementsAre("MOVEMENT", "BACK_IN_STOCK 0 -> 1"));
  EXPECT_THAT(Crossings(5, 6, 1), ElementsAre("MOVEMENT"));
  EXPECT_THAT(Crossings(5, 4, 1), ElementsAre("MOVEMENT"));
}

TEST(ChunkTest, WhatCannotBeReadIsAFault) {
  EXPECT_EQ(ToChunk({.payload = "\xff"}).status().code(), absl::StatusCode::kInternal);
}

TEST(CloudEventsTest, HaveTheEnvelopeAndTheSubject) {
  auto event = Pb<v1::Event>(
      "event_id: '2-9-0' type: EVENT_TYPE_SHIPMENT time { seconds: 1 nanos: 5000 } channel_id: 'web' "
      "shipment { shipment_id: 's' state: SHIPMENT_STATE_SHIPPED lines { sku: 'a\"\\\\' quantity: 2 } }");
  const std::string json = *CloudEventsJson(std::vector<v1::Event>{event}, "/inventory/feeds/erp");
  EXPECT_EQ(json,
            R"([{"specversion":"1.0","id":"2-9-0","source":"/inventory/feeds/erp","type":"inventory.shipment.v1",)"
            R"("subject":"s","time":"1970-01-01T00:00:01.000005Z","datacontenttype":"application/json",)"
            R"("data":{"channel_id":"web","shipment":{"shipment_id":"s","state":"SHIPMENT_STATE_SHIPPED",)"
            R"("lines":[{"sku":"a\"\\","quantity":"2"}]}}}])");
  EXPECT_EQ(*CloudEventsJson({}, "s"), "[]");
}

}  // namespace
}  // namespace inventory::feed
