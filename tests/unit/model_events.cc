#include "tests/unit/model_events.h"

#include <map>
#include <string>

#include "gtest/gtest.h"
#include "server/convert.h"

namespace inventory {
namespace {

// The states that were told, by id: from the first one's state before to the last one's.
using Chains = std::map<std::string, std::pair<int, int>>;

template <typename Change>
void Follow(const std::string& id, const Change& change, Chains& chains) {
  const auto [at, is_new] = chains.try_emplace(id, change.previous_state(), change.previous_state());
  EXPECT_EQ(at->second.second, change.previous_state()) << change.ShortDebugString();
  EXPECT_NE(change.previous_state(), change.state()) << change.ShortDebugString();
  at->second.second = change.state();
}

template <typename Record>
void ExpectEnds(const pipeline::Table<Record>& table, const Chains& chains) {
  for (const Record* record : table.All()) {
    const Record* stored = table.Stored(record->key());
    const int before = stored == nullptr ? 0 : static_cast<int>(stored->state);
    const int after = static_cast<int>(record->state);
    const auto told = chains.find(record->key());
    if (told == chains.end()) {
      EXPECT_EQ(before, after) << record->key() << " has changed and nobody was told";
    } else {
      EXPECT_EQ(told->second, std::pair(before, after)) << record->key();
    }
  }
}

}  // namespace

void CheckEvents(pipeline::LoadedBatch& batch) {
  std::vector<v1::Movement> movements;
  Chains reservations;
  Chains shipments;
  for (const auto& chunk : batch.events.TakeChunks(0, {}, batch.now, {})) {
    v1::WatchResponse told;
    ASSERT_TRUE(told.ParseFromString(chunk.payload));
    for (const v1::Event& event : told.events()) {
      if (event.has_movement()) movements.push_back(event.movement());
      if (event.has_reservation()) Follow(event.reservation().reservation_id(), event.reservation(), reservations);
      if (event.has_shipment()) Follow(event.shipment().shipment_id(), event.shipment(), shipments);
    }
  }
  ASSERT_EQ(movements.size(), batch.rows.movements.size());
  for (std::size_t i = 0; i < movements.size(); ++i) {
    v1::Movement expected;
    ToProto(batch.rows.movements[i], expected);
    expected.clear_create_time();
    EXPECT_EQ(movements[i].SerializeAsString(), expected.SerializeAsString());
  }
  ExpectEnds(batch.rows.reservations, reservations);
  ExpectEnds(batch.rows.shipments, shipments);
}

}  // namespace inventory
