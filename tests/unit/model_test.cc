// Goal: no sequence of commands makes the rules and the domain's plain statement (model.h) disagree.
// Method: run random commands through the rules and through the model. After each, compare the answer's code and
// reason, everything that is stored, and what the answer shows; a repeated request must get its first answer.
#include "tests/unit/model.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "server/background/expire_reservation.h"
#include "server/rpc/registry.h"
#include "tests/unit/invariants.h"
#include "tests/unit/model_check.h"
#include "tests/unit/model_requests.h"
#include "tests/unit/rule_runner.h"

namespace inventory::model {
namespace {

constexpr uint64_t kSeeds = 40;
constexpr uint64_t kSteps = 300;
constexpr std::size_t kHistory = 20;

// The number in the environment variable, or nothing.
std::optional<uint64_t> FromEnvironment(const char* name) {
  const char* text = std::getenv(name);
  uint64_t number = 0;
  if (text == nullptr || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

std::string Show(const Outcome& outcome) {
  return absl::StrCat(absl::StatusCodeToString(outcome.code), outcome.reason.empty() ? "" : " ", outcome.reason);
}

// One random run; stops at the first disagreement.
class RandomRun {
 public:
  explicit RandomRun(uint64_t seed) : seed_(seed), requests_(seed, model_) {
    model_.now = runner_.now;
    runner_.check_invariants = false;  // WrongRows says which do not hold.
  }

  void Steps(uint64_t count) {
    for (step_ = 1; step_ <= count && !::testing::Test::HasFailure(); ++step_) Step(count);
  }

  // "ReserveStock INSUFFICIENT_STOCK" of everything that has happened.
  const std::set<std::string>& seen() const { return seen_; }

 private:
  void Step(uint64_t count) {
    model_.now += requests_.Pause();
    runner_.now = model_.now;
    const std::string swept = requests_.Swept();
    std::vector<std::string> wrong = swept.empty() ? RunRequest() : Sweep(swept);
    if (!wrong.empty()) Report(wrong, count);
  }

  std::vector<std::string> RunRequest() {
    const std::unique_ptr<google::protobuf::Message> request = requests_.Next();
    const auto* method = rpc::MethodOf(request->GetDescriptor());
    const std::shared_ptr<google::protobuf::Message> answer(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->output_type())->New());
    const Outcome expected = model_.Run(*request);
    const absl::Status status = runner_.Run(*request, *answer);
    const Outcome actual{status.code(), ReasonOf(status)};
    Remember(absl::StrCat(method->name(), " {", request->ShortDebugString().substr(0, 1000), "} -> ", Show(actual)));
    seen_.insert(absl::StrCat(method->name(), " ", expected.ok() ? "OK" : expected.reason));
    std::vector<std::string> wrong = WrongRows();
    if (actual != expected) wrong.insert(wrong.begin(), absl::StrCat("the answer must be ", Show(expected)));
    // Only if all else is right: the model may lack what a wrong answer shows.
    return wrong.empty() && status.ok() ? WrongAnswer(*request, answer) : wrong;
  }

  std::vector<std::string> WrongAnswer(const google::protobuf::Message& request,
                                       const std::shared_ptr<const google::protobuf::Message>& answer) {
    if (const std::string id = TextOf(request, "request_id"); !id.empty()) {
      const auto [first, fresh] = answers_.try_emplace(id, answer);
      if (!fresh) return WrongRepetition(request, *answer, *first->second);
    }
    if (const auto* batch = dynamic_cast<const v1::BatchUpdateStockResponse*>(answer.get())) {
      if (batch->failed_count() > 0) seen_.insert("BatchUpdateStock with failed rows");
      if (batch->results_size() > 500) seen_.insert("BatchUpdateStock in chunks");
    }
    return Differences(model_, *answer);
  }

  std::vector<std::string> WrongRepetition(const google::protobuf::Message& request,
                                           const google::protobuf::Message& answer,
                                           const google::protobuf::Message& first) {
    seen_.insert(absl::StrCat(rpc::MethodOf(request.GetDescriptor())->name(), " repeated"));
    if (google::protobuf::util::MessageDifferencer::Equals(answer, first)) return {};
    return {"the answer must be the first one: " + first.ShortDebugString()};
  }

  std::vector<std::string> Sweep(const std::string& reservation) {
    background::ExpireReservation command(reservation);
    const absl::Status status = runner_.RunCommand(command);
    model_.Expire(reservation);
    Remember(absl::StrCat("ExpireReservation ", reservation, " -> ", status.ToString()));
    seen_.insert("ExpireReservation");
    return WrongRows();
  }

  std::vector<std::string> WrongRows() const {
    std::vector<std::string> wrong = Differences(model_, runner_.rows);
    for (std::string& broken : BrokenInvariants(runner_.rows)) {
      if (!OfUntrackedUnits(broken)) wrong.push_back(std::move(broken));
    }
    return wrong;
  }

  // Whether it says that a line is not the sum of its allocations, of an item that was untracked at some time.
  bool OfUntrackedUnits(const std::string& broken) const {
    const auto& skus = model_.state().once_untracked;
    return std::any_of(skus.begin(), skus.end(), [&broken](const std::string& sku) {
      return absl::StartsWith(broken, absl::StrCat("line ", sku, " of ")) && absl::StrContains(broken, "allocat");
    });
  }

  void Remember(std::string command) {
    history_.push_back(absl::StrCat(step_, "  ", absl::FormatTime("%H:%M:%E6S", model_.now, absl::UTCTimeZone()), "  ",
                                    std::move(command)));
    if (history_.size() > kHistory) history_.pop_front();
  }

  void Report(const std::vector<std::string>& wrong, uint64_t count) const {
    ADD_FAILURE() << "seed " << seed_ << ", step " << step_ << ":\n  " << absl::StrJoin(wrong, "\n  ")
                  << "\nthe last commands:\n  " << absl::StrJoin(history_, "\n  ")
                  << "\nto see it again: INVENTORY_MODEL_SEED=" << seed_ << " INVENTORY_MODEL_STEPS=" << count
                  << " unit_tests --gtest_filter=ModelTest.*";
  }

  const uint64_t seed_;
  RuleRunner runner_;
  Model model_;
  Requests requests_;
  uint64_t step_ = 0;
  std::deque<std::string> history_;
  std::set<std::string> seen_;
  std::map<std::string, std::shared_ptr<const google::protobuf::Message>> answers_;  // Successes, by request id.
};

// Everything that the random commands must have met, so that the comparison is worth something.
const char* const kMustBeSeen[] = {
    "ReserveStock OK",
    "ReserveStock INSUFFICIENT_STOCK",
    "ReserveStock CHANNEL_NOT_FOUND",
    "ReserveStock CHANNEL_INACTIVE",
    "ReserveStock ORDER_RULE_VIOLATED",
    "ReserveStock ITEM_UNPUBLISHED",
    "ReserveStock WAREHOUSE_NOT_IN_CHANNEL",
    "ReserveStock RESERVATION_EXISTS",
    "ConfirmReservation OK",
    "ConfirmReservation RESERVATION_EXPIRED",
    "ConfirmReservation RESERVATION_CANCELLED",
    "ConfirmReservation ETAG_MISMATCH",
    "ExtendReservation OK",
    "ExtendReservation RESERVATION_EXPIRED",
    "ExtendReservation RESERVATION_NOT_HELD",
    "AmendReservation OK",
    "AmendReservation INSUFFICIENT_STOCK",
    "AmendReservation BELOW_SHIPPED",
    "AmendReservation NOTHING_LEFT",
    "AmendReservation ORDER_RULE_VIOLATED",
    "AmendReservation CHANNEL_INACTIVE",
    "CancelReservation OK",
    "CancelReservation EXCEEDS_RESERVED",
    "CancelReservation UNITS_IN_SHIPMENT",
    "CancelReservation RESERVATION_FULFILLED",
    "CreateShipment OK",
    "CreateShipment EXCEEDS_RESERVED",
    "CreateShipment NOT_ALLOCATED_HERE",
    "CreateShipment INSUFFICIENT_STOCK",
    "CreateShipment NOTHING_TO_SHIP",
    "CreateShipment RESERVATION_NOT_COMMITTED",
    "CreateShipment ITEM_UNTRACKED",
    "MarkShipmentReady OK",
    "MarkShipmentReady SHIPMENT_STATE",
    "ShipShipment OK",
    "ShipShipment INSUFFICIENT_ON_HAND",
    "ShipShipment SHIPMENT_STATE",
    "DeliverShipment OK",
    "CancelShipment OK",
    "CancelShipment SHIPMENT_STATE",
    "ReturnStock OK",
    "ReturnStock EXCEEDS_SHIPPED",
    "ReturnStock ITEM_UNTRACKED",
    "ReturnStock RETURN_EXISTS",
    "ReturnStock WAREHOUSE_NOT_FOUND",
    "CreateReplenishment OK",
    "CreateReplenishment ITEM_UNTRACKED",
    "CreateReplenishment REPLENISHMENT_EXISTS",
    "CreateReplenishment WAREHOUSE_NOT_FOUND",
    "UpdateReplenishment OK",
    "UpdateReplenishment BELOW_RECEIVED",
    "UpdateReplenishment REPLENISHMENT_STATE",
    "ReceiveReplenishment OK",
    "ReceiveReplenishment OVER_RECEIPT",
    "ReceiveReplenishment REPLENISHMENT_STATE",
    "CloseReplenishment OK",
    "CloseReplenishment REPLENISHMENT_STATE",
    "CreateTransfer OK",
    "CreateTransfer INSUFFICIENT_STOCK",
    "CreateTransfer ITEM_UNTRACKED",
    "CreateTransfer INVALID_FIELDS",
    "ReceiveTransfer OK",
    "ReceiveTransfer EXCEEDS_IN_TRANSIT",
    "ReceiveTransfer TRANSFER_STATE",
    "SetStock OK",
    "SetStock ITEM_UNTRACKED",
    "SetStock WAREHOUSE_NOT_FOUND",
    "SetStock BELOW_UNSELLABLE",
    "AdjustStock OK",
    "AdjustStock INSUFFICIENT_ON_HAND",
    "AdjustStock ETAG_MISMATCH",
    "ReclassifyStock OK",
    "ReclassifyStock INSUFFICIENT_ON_HAND",
    "SetSafetyStock OK",
    "BatchUpdateStock OK",
    "BatchUpdateStock INSUFFICIENT_ON_HAND",
    "BatchUpdateStock ETAG_MISMATCH",
    "BatchUpdateStock with failed rows",
    "BatchUpdateStock in chunks",
    "BatchUpdateStock repeated",
    "ReserveStock repeated",
    "ReserveStock REQUEST_ID_REUSED",
    "CreateItem OK",
    "UpdateItem OK",
    "UpdateItem ITEM_IN_USE",
    "DeleteItem ITEM_IN_USE",
    "UpdateWarehouse OK",
    "DeleteWarehouse OK",
    "DeleteWarehouse WAREHOUSE_IN_USE",
    "UndeleteWarehouse OK",
    "UpdateChannel OK",
    "DeleteChannel OK",
    "UndeleteChannel OK",
    "AttachWarehouse OK",
    "DetachWarehouse OK",
    "ExpireReservation",
};

TEST(ModelTest, RulesAgreeWithTheModelAfterEveryCommand) {
  const std::optional<uint64_t> seed = FromEnvironment("INVENTORY_MODEL_SEED");
  const std::optional<uint64_t> steps = FromEnvironment("INVENTORY_MODEL_STEPS");
  if (seed) {
    RandomRun(*seed).Steps(steps.value_or(kSteps));
    return;
  }
  std::set<std::string> seen;
  for (uint64_t i = 1; i <= kSeeds && !HasFailure(); ++i) {
    RandomRun run(i);
    run.Steps(steps.value_or(kSteps));
    seen.insert(run.seen().begin(), run.seen().end());
  }
  if (steps || HasFailure()) return;
  for (const char* event : kMustBeSeen) EXPECT_TRUE(seen.contains(event)) << event << " never happened";
}

}  // namespace
}  // namespace inventory::model
