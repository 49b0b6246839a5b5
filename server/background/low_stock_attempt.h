// The commands between which an activity is carried out.
#ifndef INVENTORY_SERVER_BACKGROUND_LOW_STOCK_ATTEMPT_H_
#define INVENTORY_SERVER_BACKGROUND_LOW_STOCK_ATTEMPT_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "server/activities/activity.h"
#include "server/pipeline/command.h"
#include "storage/records.h"

namespace inventory::background {

// Takes an event that is due: until the lease ends nobody else does. An event whose attempts are used up already,
// because servers died during them, is given up instead.
class BeginAttempt final : public pipeline::Command {
 public:
  // What was taken.
  struct Taken {
    activities::LowStockEvent event;
    std::string activity;
  };

  // `taken` is set by every run; unset if there was nothing to take. It must outlive the command. The event is taken
  // only if its rule's activity is `activity`, or one that this server has if that is empty. Otherwise the rule has
  // changed since the event was put into a queue: it goes into that of the activity as it is now, at the same time.
  BeginAttempt(storage::LowStockEventRecord::Key event, absl::Duration lease, int max_attempts,
               std::optional<Taken>& taken, std::string activity = "")
      : event_(std::move(event)),
        lease_(lease),
        max_attempts_(max_attempts),
        taken_(taken),
        activity_(std::move(activity)) {}

  std::string_view name() const override { return "BeginLowStockAttempt"; }
  pipeline::Needs needs() const override;
  absl::Status Apply(pipeline::Work& work) override;
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 private:
  const storage::LowStockEventRecord::Key event_;
  const absl::Duration lease_;
  const int max_attempts_;
  std::optional<Taken>& taken_;
  const std::string activity_;
};

// Records how an attempt has ended.
class EndAttempt final : public pipeline::Command {
 public:
  enum class Outcome {
    kDone,
    kRetry,     // It failed.
    kDead,      // It failed, and was the last.
    kGivenBack  // The server stops: the attempt does not count.
  };

  // `attempt` is LowStockEvent::attempt. Nothing changes if the event is not pending any more, nor, unless it is done,
  // if a later attempt has begun.
  EndAttempt(storage::LowStockEventRecord::Key event, int attempt, Outcome outcome, std::string error,
             absl::Duration pause)
      : event_(std::move(event)), attempt_(attempt), outcome_(outcome), error_(std::move(error)), pause_(pause) {}

  std::string_view name() const override { return "EndLowStockAttempt"; }
  pipeline::Needs needs() const override;
  absl::Status Apply(pipeline::Work& work) override;
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 private:
  const storage::LowStockEventRecord::Key event_;
  const int attempt_;
  const Outcome outcome_;
  const std::string error_;
  const absl::Duration pause_;  // Before the next one.
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_LOW_STOCK_ATTEMPT_H_
