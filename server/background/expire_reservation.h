// The end of a hold that nobody touches.
#ifndef INVENTORY_SERVER_BACKGROUND_EXPIRE_RESERVATION_H_
#define INVENTORY_SERVER_BACKGROUND_EXPIRE_RESERVATION_H_

#include <string>
#include <utility>

#include "server/pipeline/command.h"

namespace inventory::background {

// Writes the state EXPIRED of a hold that has run out; its units are released by the batch itself, as in every batch
// that locks their SKUs. Does nothing if the reservation is not such a hold (any more), so it is harmless to repeat.
class ExpireReservation final : public pipeline::Command {
 public:
  explicit ExpireReservation(std::string reservation_id) : reservation_id_(std::move(reservation_id)) {}

  std::string_view name() const override { return "ExpireReservation"; }
  pipeline::Needs needs() const override;
  absl::Status Apply(pipeline::Work& work) override;
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

  // Whether the hold has ended by this, and by nobody else before.
  bool ended() const { return ended_; }

 private:
  const std::string reservation_id_;
  bool ended_ = false;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_EXPIRE_RESERVATION_H_
