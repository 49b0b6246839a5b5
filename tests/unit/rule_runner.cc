#include "tests/unit/rule_runner.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "server/background/recheck_sku.h"
#include "server/errors.h"
#include "server/rpc/registry.h"
#include "server/rpc/steps.h"
#include "tests/api_comments.h"
#include "tests/unit/invariants.h"
#include "tests/unit/model_events.h"

namespace inventory {
namespace {

using google::protobuf::Message;

constexpr int kMaxRounds = 20;
constexpr int kMaxSteps = 10'000;  // Of a fill.

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

bool ChangesConfiguration(const pipeline::Rows& rows) {
  return !rows.warehouses.Written().empty() || !rows.channels.Written().empty() ||
         !rows.attachments.Written().empty() || !rows.attachments.Removed().empty() ||
         !rows.availability_estimates.Written().empty() || !rows.availability_estimates.Removed().empty();
}

// A command that stays with its owner.
class Borrowed final : public pipeline::Command {
 public:
  explicit Borrowed(pipeline::Command& owned) : owned_(owned) {}

  std::string_view name() const override { return owned_.name(); }
  pipeline::Needs needs() const override { return owned_.needs(); }
  absl::Status Apply(pipeline::Work& work) override { return owned_.Apply(work); }
  std::string SaveReply() const override { return owned_.SaveReply(); }
  bool LoadReply(std::string_view reply) override { return owned_.LoadReply(reply); }

 private:
  pipeline::Command& owned_;
};

std::string Payload(const Message& request) {
  return absl::StrCat(request.GetTypeName(), " ", request.ShortDebugString());
}

absl::Status Check(const rpc::Method& method, const Message& request, const rpc::Bounds& bounds) {
  Violations violations;
  method.validate(request, bounds, violations);
  rpc::CheckRequestId(RequestId(request), violations);
  return violations.empty() ? absl::OkStatus() : violations.ToStatus();
}

void ExpectDocumented(const Message& request, const absl::Status& answer) {
  const std::string reason = ReasonOf(answer);
  EXPECT_TRUE(reason.empty() || NamesReason(*rpc::MethodOf(request.GetDescriptor()), reason))
      << "no comment tells callers of " << request.GetTypeName() << " about " << reason;
}

absl::Status NeverEnds() { return absl::InternalError("the command never stops asking for more rows"); }

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
  ExpectDocumented(request, answer);
  return answer;
}

absl::Status RuleRunner::AnswerTo(const Message& request, Message& response) {
  const rpc::Method* method = MethodFor(request);
  if (method == nullptr) return absl::UnimplementedError("no write takes " + request.GetTypeName());
  if (absl::Status valid = Check(*method, request, bounds); !valid.ok()) return valid;
  if (method->make_command != nullptr) {
    return RunRecorded(*method->make_command(request, response), request, /*step=*/"", response);
  }
  absl::Status answer = absl::InternalError("the call was never finished");
  method->start(request, response, std::make_shared<CallSteps>(*this, request, response, answer));
  return answer;
}

absl::Status RuleRunner::RunRecorded(pipeline::Command& command, const Message& request, const std::string& step,
                                     const Message& reply) {
  if (broken_steps.contains(step)) return Unavailable("DATABASE_UNAVAILABLE", "the database is away");
  std::string id = RequestId(request);
  if (!id.empty() && !step.empty()) absl::StrAppend(&id, "/", step);
  Task task = MakeTask(std::make_unique<Borrowed>(command), std::move(id), &reply);
  if (const std::optional<absl::Status> first = FirstAnswer(task, request)) return *first;
  RunAlone(task);
  Keep(task, request);
  return task.job->answer;
}

absl::Status RuleRunner::RunCommand(pipeline::Command& command) {
  Task task = MakeTask(std::make_unique<Borrowed>(command), "", nullptr);
  RunAlone(task);
  return task.job->answer;
}

std::vector<std::size_t> RuleRunner::RunTogether(std::vector<Concurrent>& calls) {
  std::vector<std::size_t> order;
  std::map<std::size_t, Task> waiting;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Message& request = *calls[i].request;
    const rpc::Method& method = *MethodFor(request);
    calls[i].answer = Check(method, request, bounds);
    if (calls[i].answer.ok()) {
      waiting[i] = MakeTask(method.make_command(request, *calls[i].response), RequestId(request), calls[i].response);
      calls[i].fresh_id = fresh_id();
    } else {
      order.push_back(i);
    }
  }
  for (int round = 0; round < kMaxRounds && !waiting.empty(); ++round) {
    for (const std::size_t i : RunSome(waiting, calls)) {
      calls[i].answer = waiting.at(i).job->answer;
      waiting.erase(i);
      order.push_back(i);
    }
  }
  for (const auto& [i, task] : waiting) {
    calls[i].answer = NeverEnds();
    order.push_back(i);
  }
  for (const Concurrent& call : calls) ExpectDocumented(*call.request, call.answer);
  return order;
}

std::vector<std::size_t> RuleRunner::RunSome(std::map<std::size_t, Task>& waiting,
                                             const std::vector<Concurrent>& calls) {
  std::vector<std::size_t> answered;
  std::map<std::size_t, Task*> batch;
  std::set<std::string> ids;
  for (auto& [i, task] : waiting) {
    const std::string& id = task.job->identity.request_id;
    if (const auto first = FirstAnswer(task, *calls[i].request)) {
      task.job->answer = *first;
      answered.push_back(i);
    } else if (id.empty() || ids.insert(id).second) {
      batch[i] = &task;
    }
  }
  if (batch.empty()) return answered;
  std::vector<Task*> tasks;
  for (const auto& [i, task] : batch) tasks.push_back(task);
  RunBatch(tasks);
  for (const auto& [i, task] : batch) {
    if (task->job->needs_more) continue;
    Keep(*task, *calls[i].request);
    answered.push_back(i);
  }
  return answered;
}

std::string RuleRunner::fresh_id() const { return absl::StrCat("fresh-", tasks_); }

void RuleRunner::Follow() {
  for (const storage::ItemRecord* item : rows.items.All()) {
    background::RecheckSku recheck(item->sku);
    const absl::Status status = RunCommand(recheck);
    EXPECT_TRUE(status.ok()) << status;
  }
  following_ = false;
}

RuleRunner::Task RuleRunner::MakeTask(std::unique_ptr<pipeline::Command> command, std::string request_id,
                                      const Message* reply) {
  ++tasks_;
  Task task{.job = std::make_unique<pipeline::Job>(), .reply = reply};
  task.job->needs = command->needs();
  task.job->command = std::move(command);
  task.job->identity = {.caller = actor, .request_id = std::move(request_id), .fingerprint = ""};
  task.job->fresh_id = fresh_id();
  return task;
}

std::optional<absl::Status> RuleRunner::FirstAnswer(Task& task, const Message& request) const {
  const std::string& id = task.job->identity.request_id;
  const auto found = records_.find(id);
  if (id.empty() || found == records_.end()) return std::nullopt;
  const Record& record = found->second;
  if (record.payload != Payload(request)) return Refusal(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED", id);
  const bool loaded = !record.status.ok() || task.job->command->LoadReply(record.reply);
  return loaded ? record.status : absl::InternalError("a saved reply can't be loaded");
}

void RuleRunner::Keep(const Task& task, const Message& request) {
  const pipeline::Job& job = *task.job;
  if (job.identity.request_id.empty() || job.trial) return;
  // Faults are not kept, as by the pipeline.
  if (absl::IsInternal(job.answer)) return;
  records_[job.identity.request_id] = {
      .payload = Payload(request), .status = job.answer, .reply = job.answer.ok() ? job.command->SaveReply() : ""};
}

void RuleRunner::RunAlone(Task& task) {
  task.job->needs_more = true;
  for (int round = 0; round < kMaxRounds && task.job->needs_more; ++round) RunBatch({&task});
  if (task.job->needs_more) task.job->answer = NeverEnds();
}

void RuleRunner::RunBatch(const std::vector<Task*>& tasks) {
  std::vector<pipeline::Job*> jobs;
  for (const Task* task : tasks) {
    jobs.push_back(task->job.get());
    jobs.back()->needs_more = false;
    jobs.back()->skus = SkusOf(jobs.back()->needs);
  }
  pipeline::LoadedBatch batch;
  const absl::Status ready = Prepare(jobs, batch);
  if (!ready.ok()) {
    for (pipeline::Job* job : jobs) job->answer = ready;
    return;
  }
  pipeline::LoadedBatch again = batch;
  Apply(jobs, batch);
  std::vector<absl::Status> answers;
  std::vector<std::unique_ptr<Message>> replies;
  for (const Task* task : tasks) {
    answers.push_back(task->job->answer);
    replies.push_back(SavedReply(*task->job->command, task->reply));
  }
  Apply(jobs, again);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    absl::Status& answer = jobs[i]->answer;
    if (Same(answer, answers[i]) && Same(SavedReply(*jobs[i]->command, tasks[i]->reply), replies[i])) continue;
    answer = absl::InternalError("the second run of the same command differs from the first");
  }
  if (ChangesConfiguration(again.rows)) following_ = true;
  if (check_invariants) CheckEvents(again);
  Store(again.rows);
  if (check_invariants) CheckInvariants(rows);
}

// Releases dead holds and goes on with fills, in as many steps as it takes. What the last step does is stored together
// with what the commands do.
absl::Status RuleRunner::Prepare(const std::vector<pipeline::Job*>& jobs, pipeline::LoadedBatch& batch) {
  for (int step = 0; step < kMaxSteps; ++step) {
    batch = Load(jobs);
    if (pipeline::RepairsAlone(jobs)) return absl::OkStatus();
    const auto source = WaitingFor(batch);
    const absl::StatusOr<int64_t> released = batch.ReleaseDeadHolds(limits, *source);
    if (!released.ok()) return released.status();
    const absl::StatusOr<bool> more = batch.FillPending(limits, following_ && step == 0, *source);
    if (!more.ok() || !*more) return more.status();
    Store(batch.rows);
  }
  return absl::InternalError("a fill never ends");
}

void RuleRunner::Apply(const std::vector<pipeline::Job*>& jobs, pipeline::LoadedBatch& batch) const {
  const absl::Status applied = batch.Apply(jobs, limits, *WaitingFor(batch));
  EXPECT_TRUE(applied.ok()) << applied;
}

}  // namespace inventory
