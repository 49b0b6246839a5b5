#include "tests/unit/model_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/background/expire_reservation.h"
#include "server/background/fold_movements.h"
#include "server/errors.h"
#include "server/rpc/registry.h"
#include "tests/unit/invariants.h"
#include "tests/unit/model_check.h"

namespace inventory::model {
namespace {

constexpr std::size_t kHistory = 20;

std::string Show(const Outcome& outcome) {
  return absl::StrCat(absl::StatusCodeToString(outcome.code), outcome.reason.empty() ? "" : " ", outcome.reason);
}

// In every other world fills are soon cut.
int64_t MaxFilled(uint64_t seed) { return seed % 2 == 0 ? static_cast<int64_t>(seed % 3) + 1 : Model::kUncut; }

}  // namespace

RandomRun::RandomRun(uint64_t seed) : model_(runner_.now, MaxFilled(seed)), requests_(seed, model_) {
  runner_.check_invariants = false;  // WrongRows says which do not hold.
  runner_.max_filled_lines = MaxFilled(seed);
}

void RandomRun::Steps(uint64_t count) {
  for (step_ = 1; step_ <= count && disagreement_.empty(); ++step_) Step();
}

void RandomRun::Step() {
  model_.LetPass(requests_.Pause());
  runner_.now = model_.state().now;
  const std::size_t movements = runner_.rows.movements.size();
  const std::string swept = requests_.Swept();
  const auto [folded, before] = requests_.Folded();
  const std::vector<std::string> wrong = !swept.empty()        ? Sweep(swept)
                                         : !folded.empty()     ? Fold(folded, before)
                                         : requests_.Follows() ? Follow()
                                                               : RunRequest();
  NoteEvents(movements);
  if (wrong.empty()) return;
  disagreement_ = absl::StrCat("step ", step_, ":\n  ", absl::StrJoin(wrong, "\n  "), "\nthe last commands:\n  ",
                               absl::StrJoin(history_, "\n  "));
}

std::vector<std::string> RandomRun::RunRequest() {
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

std::vector<std::string> RandomRun::WrongAnswer(const google::protobuf::Message& request, const Answer& answer) {
  const auto* order = dynamic_cast<const v1::ReserveStockRequest*>(&request);
  const bool tried = order != nullptr && order->validate_only();
  if (tried) seen_.insert("an order that was only tried");
  if (const std::string id = TextOf(request, "request_id"); !id.empty() && !tried) {
    const auto [first, fresh] = answers_.try_emplace(id, answer);
    if (!fresh) return WrongRepetition(request, *answer, *first->second);
  }
  if (const auto* batch = dynamic_cast<const v1::BatchUpdateStockResponse*>(answer.get())) {
    if (batch->failed_count() > 0) seen_.insert("BatchUpdateStock with failed rows");
    if (batch->results_size() > 500) seen_.insert("BatchUpdateStock in chunks");
  }
  return Differences(model_, *answer);
}

std::vector<std::string> RandomRun::WrongRepetition(const google::protobuf::Message& request,
                                                    const google::protobuf::Message& answer,
                                                    const google::protobuf::Message& first) {
  seen_.insert(absl::StrCat(rpc::MethodOf(request.GetDescriptor())->name(), " repeated"));
  if (google::protobuf::util::MessageDifferencer::Equals(answer, first)) return {};
  return {"the answer must be the first one: " + first.ShortDebugString()};
}

std::vector<std::string> RandomRun::Sweep(const std::string& reservation) {
  background::ExpireReservation command(reservation);
  const absl::Status status = runner_.RunCommand(command);
  model_.Expire(reservation);
  Remember(absl::StrCat("ExpireReservation ", reservation, " -> ", status.ToString()));
  seen_.insert("ExpireReservation");
  return WrongRows();
}

std::vector<std::string> RandomRun::Fold(const std::string& sku, absl::Time before) {
  constexpr int64_t kAll = 1'000'000;
  background::FoldMovements::Progress progress;
  background::FoldMovements command(sku, before, kAll, progress);
  const absl::Status status = runner_.RunCommand(command);
  model_.Fold(sku, before);
  Remember(absl::StrCat("FoldMovements ", sku, " before ", absl::FormatTime(before, absl::UTCTimeZone()), " -> ",
                        status.ToString()));
  return WrongRows();
}

std::vector<std::string> RandomRun::Follow() {
  const std::size_t movements = runner_.rows.movements.size();
  runner_.Follow();
  model_.Follow();
  Remember("Follow");
  if (runner_.rows.movements.size() > movements) seen_.insert("a fill that follows a change of the configuration");
  return WrongRows();
}

std::vector<std::string> RandomRun::WrongRows() const {
  std::vector<std::string> wrong = Differences(model_.state(), runner_.rows);
  for (std::string& broken : BrokenInvariants(runner_.rows)) {
    if (!OfUntrackedUnits(broken)) wrong.push_back(std::move(broken));
  }
  return wrong;
}

// Whether it says that a line is not the sum of its allocations, of an item that was untracked at some time.
bool RandomRun::OfUntrackedUnits(const std::string& broken) const {
  const auto& skus = model_.state().once_untracked;
  return std::any_of(skus.begin(), skus.end(), [&broken](const std::string& sku) {
    return absl::StartsWith(broken, absl::StrCat("line ", sku, " of ")) && absl::StrContains(broken, "allocat");
  });
}

void RandomRun::NoteEvents(std::size_t movements_before) {
  const auto& movements = runner_.rows.movements;
  for (std::size_t i = movements_before; i < movements.size(); ++i) {
    if (movements[i].type == storage::MovementType::kFill) seen_.insert("a fill");
  }
  for (const storage::ItemRecord* item : runner_.rows.items.All()) {
    if (item->fill_pending) seen_.insert("a fill that was cut");
  }
  for (const storage::LowStockEventRecord* event : runner_.rows.low_stock_events.All()) {
    if (event->type == storage::LowStockEventType::kRecovered) seen_.insert("a rule that recovered");
  }
  for (const storage::ReservationRecord* reservation : runner_.rows.reservations.All()) {
    if (!reservation->kits.empty()) seen_.insert("a kit that was reserved");
  }
}

void RandomRun::Remember(std::string command) {
  history_.push_back(absl::StrCat(step_, "  ", absl::FormatTime("%H:%M:%E6S", model_.state().now, absl::UTCTimeZone()),
                                  "  ", std::move(command)));
  if (history_.size() > kHistory) history_.pop_front();
}

}  // namespace inventory::model
