#include "server/commands/convert.h"

#include "gtest/gtest.h"

namespace inventory {
namespace {

using storage::AllocationRecord;
using storage::ReservationLineRecord;
using storage::ReservationRecord;
using storage::ReservationState;

const absl::Time kExpiry = absl::FromUnixSeconds(1'800'000'000);

// A hold of 5 units, of which one write has released 2, as it looks at `now`.
v1::Reservation Shown(ReservationState state, absl::Time now) {
  ReservationRecord reservation;
  reservation.reservation_id = "r";
  reservation.state = state;
  reservation.expire_time = kExpiry;
  const ReservationLineRecord line = {"r", "sku", 5, 3, 0, 2};
  const AllocationRecord allocation = {"r", "sku", "w", 3, 0, 0, kExpiry};
  v1::Reservation shown;
  ToProto(reservation, {&line}, {&allocation}, now, shown);
  return shown;
}

TEST(ReservationToProtoTest, ALiveHoldShowsItsUnitsAndItsExpiry) {
  const v1::Reservation shown = Shown(ReservationState::kHeld, kExpiry - absl::Microseconds(1));
  EXPECT_EQ(shown.state(), v1::RESERVATION_STATE_HELD);
  EXPECT_EQ(shown.expire_time().seconds(), 1'800'000'000);
  EXPECT_EQ(shown.lines(0).reserved_quantity(), 3);
  EXPECT_EQ(shown.lines(0).cancelled_quantity(), 2);
  ASSERT_EQ(shown.lines(0).allocations_size(), 1);
  EXPECT_EQ(shown.lines(0).allocations(0).reserved_quantity(), 3);
}

TEST(ReservationToProtoTest, ADeadHoldLooksAsOnceItIsWrittenAsExpired) {
  for (const v1::Reservation& shown :
       {Shown(ReservationState::kHeld, kExpiry), Shown(ReservationState::kExpired, absl::InfinitePast())}) {
    EXPECT_EQ(shown.state(), v1::RESERVATION_STATE_EXPIRED);
    EXPECT_FALSE(shown.has_expire_time());
    EXPECT_EQ(shown.lines(0).requested_quantity(), 5);
    EXPECT_EQ(shown.lines(0).reserved_quantity(), 0);
    EXPECT_EQ(shown.lines(0).cancelled_quantity(), 5);
    EXPECT_EQ(shown.lines(0).allocations_size(), 0);
  }
}

}  // namespace
}  // namespace inventory
