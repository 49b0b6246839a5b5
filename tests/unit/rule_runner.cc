#include "tests/unit/rule_runner.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "server/background/recheck_sku.h"
#include "server/errors.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/consequences.h"
#include "server/pipeline/holds.h"
#include "server/rpc/registry.h"
#include "server/rpc/steps.h"
#include "tests/api_comments.h"
#include "tests/unit/invariants.h"

namespace inventory {
namespace {

using google::protobuf::Message;

constexpr int kMaxRounds = 20;

const rpc::Method* MethodFor(const Message& request) {
  for (const rpc::Method& method : rpc::Methods()) {
    const bool writes = method.make_command != nullptr || method.start != nullptr;
    if (writes && method.request() == request.GetDescriptor()) return &method;
  }
  return nullptr;
}

std::string RequestId(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  return request.GetReflection()->GetString(request, field);
}

// The bytes of the details are left out: they hold metadata in any order.
bool Same(const absl::Status& a, const absl::Status& b) {
  return a.code() == b.code() && a.message() == b.message() && ReasonOf(a) == ReasonOf(b);
}

// What the command saves, which is of `type`; null if it saves nothing.
std::unique_ptr<Message> SavedReply(const pipeline::Command& command, const Message* type) {
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> reply(type->New());
  return reply->ParseFromString(command.SaveReply()) ? std::move(reply) : nullptr;
}

bool Same(const std::unique_ptr<Message>& a, const std::unique_ptr<Message>& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return google::protobuf::util::MessageDifferencer::Equals(*a, *b);
}

bool Nothing(const pipeline::Needs& more) {
  return more.skus.empty() && more.holders.empty() && more.outstanding.empty() && more.replenishments.empty();
}

bool ChangesConfiguration(const pipeline::Rows& rows) {
  return !rows.warehouses.Written().empty() || !rows.channels.Written().empty() ||
         !rows.attachments.Written().empty() || !rows.attachments.Removed().empty();
}

}  // namespace

// Carries out each step before it returns.
class RuleRunner::CallSteps final : public rpc::Steps {
 public:
  CallSteps(RuleRunner& runner, const Message& request, const Message& response, absl::Status& answer)
      : runner_(runner), request_(request), response_(response), answer_(answer) {}

  void Read(std::function<absl::Status(reading::Reader&)> read, std::function<void()> then) override {
    Finish(absl::UnimplementedError("a read needs a database"));
  }

  void Run(std::unique_ptr<pipeline::Command> command, const std::string& step,
           std::function<void(pipeline::Command&, const absl::Status&)> then) override {
    const absl::Status status = runner_.RunRecorded(*command, request_, step, response_);
    then(*command, status);
  }

  void Finish(const absl::Status& status) override { answer_ = status; }

 private:
  RuleRunner& runner_;
  const Message& request_;
  const Message& response_;
  absl::Status& answer_;
};

absl::Status RuleRunner::Run(const Message& request, Message& response) {
  absl::Status answer = AnswerTo(request, response);
  const std::string reason = ReasonOf(answer);
  EXPECT_TRUE(reason.empty() || NamesReason(*rpc::MethodOf(request.GetDescriptor()), reason))
      << "no comment tells callers of " << request.GetTypeName() << " about " << reason;
  return answer;
}

absl::Status RuleRunner::AnswerTo(const Message& request, Message& response) {
  const rpc::Method* method = MethodFor(request);
  if (method == nullptr) return absl::UnimplementedError("no write takes " + request.GetTypeName());
  Violations violations;
  method->validate(request, bounds, violations);
  rpc::CheckRequestId(RequestId(request), violations);
  if (!violations.empty()) return violations.ToStatus();
  if (method->make_command != nullptr) {
    return RunRecorded(*method->make_command(request, response), request, /*step=*/"", response);
  }
  absl::Status answer = absl::InternalError("the call was never finished");
  method->start(request, response, std::make_shared<CallSteps>(*this, request, response, answer));
  return answer;
}

// Gives the first answer under the request id again if there is one.
absl::Status RuleRunner::RunRecorded(pipeline::Command& command, const Message& request, const std::string& step,
                                     const Message& reply) {
  if (broken_steps.contains(step)) return Unavailable("DATABASE_UNAVAILABLE", "the database is away");
  std::string id = RequestId(request);
  if (id.empty()) return RunRounds(command, id, &reply);
  if (!step.empty()) absl::StrAppend(&id, "/", step);
  const std::string payload = absl::StrCat(request.GetTypeName(), " ", request.ShortDebugString());
  if (const auto found = records_.find(id); found != records_.end()) {
    const Record& record = found->second;
    if (record.payload != payload) return Refusal(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED", id);
    const bool loaded = !record.status.ok() || command.LoadReply(record.reply);
    return loaded ? record.status : absl::InternalError("a saved reply can't be loaded");
  }
  const absl::Status status = RunRounds(command, id, &reply);
  if (!trial_) records_[id] = {.payload = payload, .status = status, .reply = status.ok() ? command.SaveReply() : ""};
  return status;
}

absl::Status RuleRunner::RunCommand(pipeline::Command& command) { return RunRounds(command, "", nullptr); }

void RuleRunner::Follow() {
  for (const storage::ItemRecord* item : rows.items.All()) {
    background::RecheckSku recheck(item->sku);
    const absl::Status status = RunCommand(recheck);
    EXPECT_TRUE(status.ok()) << status;
  }
  following_ = false;
}

// Runs the command until it has every SKU that it asks for.
absl::Status RuleRunner::RunRounds(pipeline::Command& command, const std::string& request_id, const Message* reply) {
  ++runs_;
  pipeline::Needs needs = command.needs();
  for (int round = 0; round < kMaxRounds; ++round) {
    const pipeline::Needs more = RunOnce(command, needs, request_id, reply);
    if (check_invariants) CheckInvariants(rows);
    if (Nothing(more)) return answer_;
    needs.skus.insert(needs.skus.end(), more.skus.begin(), more.skus.end());
    needs.holders.insert(needs.holders.end(), more.holders.begin(), more.holders.end());
    needs.outstanding.insert(needs.outstanding.end(), more.outstanding.begin(), more.outstanding.end());
    needs.replenishments.insert(needs.replenishments.end(), more.replenishments.begin(), more.replenishments.end());
  }
  return absl::InternalError("the command never stops asking for more SKUs");
}

pipeline::Needs RuleRunner::RunOnce(pipeline::Command& command, const pipeline::Needs& needs,
                                    const std::string& request_id, const Message* reply) {
  Batch batch;
  answer_ = Prepare(needs, batch);
  if (!answer_.ok()) return {};

  Apply(command, request_id, batch);
  const absl::Status first_answer = answer_;
  const std::unique_ptr<Message> first_reply = SavedReply(command, reply);
  batch.rows.Undo();
  pipeline::Needs more = Apply(command, request_id, batch);
  if (!Same(answer_, first_answer) || !Same(SavedReply(command, reply), first_reply)) {
    answer_ = absl::InternalError("the second run of the same command differs from the first");
  }
  if (!Nothing(more) || trial_ || !answer_.ok()) batch.rows.Undo();
  if (ChangesConfiguration(batch.rows)) following_ = true;
  Store(batch.rows);
  return more;
}

// Releases dead holds and goes on with fills, in as many steps as it takes. What the last step does is stored together
// with what the command does.
absl::Status RuleRunner::Prepare(const pipeline::Needs& needs, Batch& batch) {
  for (bool first = true;; first = false) {
    batch = Load(needs);
    const auto source = WaitingFor(batch);
    pipeline::Work release(batch.rows, batch.now, batch.configuration, limits, batch.locked, {.actor = "system"});
    absl::Status status = pipeline::ReleaseDead(release).status();
    if (!status.ok()) return status;
    status = pipeline::DrawConsequences(release, *source);
    if (!status.ok()) return status;
    batch.rows.Mark();
    pipeline::Work fill(batch.rows, batch.now, batch.configuration, limits, batch.locked, {.actor = "system"});
    absl::StatusOr<bool> more = pipeline::GoOnFilling(fill, following_ && first, *source);
    if (!more.ok()) return more.status();
    status = pipeline::DrawConsequencesOfFill(fill);
    batch.rows.Mark();
    if (!status.ok() || !*more) return status;
    Store(batch.rows);
  }
}

pipeline::Needs RuleRunner::Apply(pipeline::Command& command, const std::string& request_id, Batch& batch) {
  pipeline::Work work(batch.rows, batch.now, batch.configuration, limits, batch.locked,
                      {.actor = actor, .request_id = request_id, .fresh_id = absl::StrCat("fresh-", runs_)});
  work.holders = &batch.holders;
  work.warehouse_use = &batch.warehouse_use;
  work.estimate_users = &batch.estimate_users;
  work.outstanding = &batch.outstanding;
  work.past_levels = &batch.past_levels;
  answer_ = command.Apply(work);
  trial_ = work.trial();
  pipeline::Needs more;
  more.skus.assign(work.required().begin(), work.required().end());
  more.holders.assign(work.required_holders().begin(), work.required_holders().end());
  more.outstanding.assign(work.required_outstanding().begin(), work.required_outstanding().end());
  more.replenishments.assign(work.required_replenishments().begin(), work.required_replenishments().end());
  if (answer_.ok() && Nothing(more) && !trial_) answer_ = pipeline::DrawConsequences(work, *WaitingFor(batch));
  return more;
}

}  // namespace inventory
