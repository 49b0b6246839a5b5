#include "tests/unit/model_run.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/background/recheck_sku.h"
#include "server/commands/mismatches.h"
#include "server/errors.h"
#include "server/rpc/registry.h"
#include "tests/unit/invariants.h"
#include "tests/unit/model_check.h"
#include "tests/unit/model_comparison.h"
#include "tests/unit/model_damage.h"

namespace inventory::model {
namespace {

constexpr std::size_t kHistory = 20;

std::string ShowOutcome(const Outcome& outcome) {
  return absl::StrCat(absl::StatusCodeToString(outcome.code), outcome.reason.empty() ? "" : " ", outcome.reason);
}

std::shared_ptr<google::protobuf::Message> EmptyAnswer(const google::protobuf::Message& request) {
  const auto* type = rpc::MethodOf(request.GetDescriptor())->output_type();
  return std::shared_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// Whether the call is one command: a batch of rows that may fail one by one is as many as it has chunks.
bool IsOneCommand(const google::protobuf::Message& request) {
  return dynamic_cast<const v1::BatchUpdateStockRequest*>(&request) == nullptr;
}

// In every other world fills are soon cut.
int64_t MaxFilled(uint64_t seed) { return seed % 2 == 0 ? static_cast<int64_t>(seed % 3) + 1 : Model::kUncut; }

}  // namespace

RandomRun::RandomRun(uint64_t seed) : RandomRun(std::mt19937_64(seed), MaxFilled(seed)) {}

RandomRun::RandomRun(Requests::Random random, int64_t max_filled_lines)
    : model_(runner_.now, max_filled_lines), requests_(std::move(random), model_) {
  runner_.check_invariants = false;  // WrongRows says which do not hold.
  runner_.max_filled_lines = max_filled_lines;
}

void RandomRun::Steps(uint64_t count) {
  for (step_ = 1; step_ <= count && disagreement_.empty(); ++step_) Step();
}

void RandomRun::Step() {
  model_.LetPass(requests_.Pause());
  runner_.now = model_.state().now;
  const std::size_t movements = runner_.rows.movements.size();
  std::vector<std::string> wrong = Act();
  if (wrong.empty()) wrong = WrongPast();
  NoteEvents(movements);
  if (wrong.empty()) return;
  disagreement_ = absl::StrCat("step ", step_, ":\n  ", absl::StrJoin(wrong, "\n  "), "\nthe last commands:\n  ",
                               absl::StrJoin(history_, "\n  "));
}

std::vector<std::string> RandomRun::Act() {
  if (const std::string swept = requests_.Swept(); !swept.empty()) return Sweep(swept);
  if (const auto [folded, before] = requests_.Folded(); !folded.empty()) return Fold(folded, before);
  if (requests_.Follows()) return Follow();
  if (const auto attempt = requests_.Attempted()) return attempt->begins ? Begin(*attempt) : End(*attempt);
  if (requests_.Damages()) return DamageAndRepair();
  if (const int calls = requests_.Together(); calls > 0) return RunTogether(calls);
  return RunRequest();
}

std::vector<std::string> RandomRun::RunRequest() {
  const Requests::Request request = requests_.Next();
  const auto answer = EmptyAnswer(*request);
  const absl::Status status = runner_.Run(*request, *answer);
  const std::vector<std::string> wrong = WrongStatus(*request, answer, status, runner_.fresh_id());
  return Both(wrong, WrongRows());
}

std::vector<Requests::Request> RandomRun::Concurrent(int calls) {
  const Model before = model_;
  std::vector<Requests::Request> requests;
  for (int tries = 0; tries < 10 * calls && static_cast<int>(requests.size()) < calls; ++tries) {
    Requests::Request request = requests_.Next();
    if (!IsOneCommand(*request)) continue;
    if (!requests.empty() && Configures(*request) != Configures(*requests.front())) continue;
    model_.Run(*request, absl::StrCat("nobody-", tries));
    requests.push_back(std::move(request));
  }
  model_ = before;
  return requests;
}

std::vector<std::string> RandomRun::RunTogether(int count) {
  const std::vector<Requests::Request> requests = Concurrent(count);
  if (requests.empty()) return {};
  std::vector<std::shared_ptr<google::protobuf::Message>> answers;
  std::vector<RuleRunner::Concurrent> calls;
  for (const Requests::Request& request : requests) {
    answers.push_back(EmptyAnswer(*request));
    calls.push_back({.request = request.get(), .response = answers.back().get()});
  }
  const std::vector<std::size_t> order = runner_.RunTogether(calls);
  Remember(absl::StrCat("together: ", calls.size()));
  seen_.insert(Configures(*requests.front()) ? "changes of the configuration in one batch" : "commands in one batch");
  if (!std::is_sorted(order.begin(), order.end())) seen_.insert("a command that had to wait for the next batch");
  std::vector<std::string> wrong;
  for (const std::size_t i : order) {
    wrong = Both(wrong, WrongStatus(*requests[i], answers[i], calls[i].answer, calls[i].fresh_id));
  }
  // Where a fill was cut in a batch depends on what the batch had loaded, so all of it is carried out.
  for (const std::string& sku : model_.cuts_fills() ? model_.state().Skus() : std::set<std::string>()) {
    background::RecheckSku recheck(sku);
    runner_.RunCommand(recheck).IgnoreError();
    model_.Recheck(sku);
  }
  return Both(wrong, WrongRows());
}

std::vector<std::string> RandomRun::WrongStatus(const google::protobuf::Message& request, const Answer& answer,
                                                const absl::Status& status, const std::string& fresh_id) {
  const auto* method = rpc::MethodOf(request.GetDescriptor());
  const Outcome expected = model_.Run(request, fresh_id);
  const Outcome actual{status.code(), ReasonOf(status)};
  Remember(
      absl::StrCat(method->name(), " {", request.ShortDebugString().substr(0, 1000), "} -> ", ShowOutcome(actual)));
  seen_.insert(absl::StrCat(method->name(), " ", expected.ok() ? "OK" : expected.reason));
  if (actual != expected) {
    return {absl::StrCat("the answer of ", method->name(), " is ", ShowOutcome(actual), " and must be ",
                         ShowOutcome(expected))};
  }
  if (!status.ok()) return {};
  try {
    return WrongAnswer(request, answer);
  } catch (const std::out_of_range&) {
    return {absl::StrCat("the answer of ", method->name(), " shows what must not exist")};
  }
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

std::vector<std::string> RandomRun::WrongRows() const {
  std::vector<std::string> wrong = Differences(model_.state(), runner_.rows);
  for (std::string& broken : BrokenInvariants(runner_.rows)) {
    if (!OfUntrackedUnits(broken)) wrong.push_back(std::move(broken));
  }
  for (const v1::Mismatch& mismatch : commands::FindMismatches(runner_.Snapshot())) {
    wrong.push_back("VerifyStock finds " + Show(mismatch));
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
    if (item->fill_after > 0) seen_.insert("a fill that was cut");
    const bool dangling =
        !item->availability_estimate.empty() && model_.state().EstimateOf(model_.state().ItemOf(item->sku)).empty();
    if (dangling) seen_.insert("an item whose availability estimate is gone");
  }
  for (const storage::LowStockEventRecord* event : runner_.rows.low_stock_events.All()) {
    if (event->type == storage::LowStockEventType::kRecovered) seen_.insert("a rule that recovered");
    if (event->state == storage::LowStockEventState::kDone) seen_.insert("an event that is done");
    if (event->state == storage::LowStockEventState::kDead) seen_.insert("an event that is dead");
  }
  NoteFresh("a warehouse", runner_.rows.warehouses);
  NoteFresh("a channel", runner_.rows.channels);
  NoteFresh("a replenishment", runner_.rows.replenishments);
  for (const storage::ReservationRecord* reservation : runner_.rows.reservations.All()) {
    if (!reservation->kits.empty()) seen_.insert("a kit that was reserved");
  }
}

// Only who is named by a code gets an id of the server's.
template <typename Record>
void RandomRun::NoteFresh(const char* what, const pipeline::Table<Record>& table) {
  for (const Record* record : table.All()) {
    if (absl::StartsWith(record->key(), "fresh-")) seen_.insert(absl::StrCat(what, " made by its code"));
  }
}

void RandomRun::Remember(const std::string& command) {
  history_.push_back(absl::StrCat(step_, "  ", absl::FormatTime("%H:%M:%E6S", model_.state().now, absl::UTCTimeZone()),
                                  "  ", command));
  if (history_.size() > kHistory) history_.pop_front();
}

}  // namespace inventory::model
