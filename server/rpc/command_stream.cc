#include "server/rpc/command_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"
#include "server/rpc/received.h"

namespace inventory::rpc {

using google::protobuf::Message;

CommandStream::CommandStream(Runtime& runtime, const MethodFacts& facts, Wire& wire,
                             std::unique_ptr<StreamSession> session)
    : Reactor(wire),
      runtime_(runtime),
      session_(std::move(session)),
      call_(runtime, runtime.streams(), facts, context(), Admit(runtime, facts, context()), this) {
  After([this]() REQUIRES(mutex_) {
    if (!call_.admitted().ok()) Fail(call_.admitted());
  });
}

// ---- What happens ----

void CommandStream::OnReadDone(bool ok) {
  const absl::Status taken = ok ? TakeMessage() : wire().gone() ? call_.WhyCancelled() : session_->Incomplete();
  After([&]() REQUIRES(mutex_) {
    reading_ = false;
    complete_ = session_->complete();
    if (!taken.ok()) Fail(taken);
  });
}

absl::Status CommandStream::TakeMessage() {
  std::unique_ptr<Message> message = session_->NewMessage();
  // What the session has kept of the messages before it counts as one request with this one.
  const Received received = Receive(incoming_, runtime_.most_request_bytes() - collected_, *message);
  if (!received.status.ok()) return received.status;
  collected_ += received.bytes;
  absl::StatusOr<auth::Permit> permit = call_.origin().permit.ForRequest(*message);
  if (!permit.ok()) return permit.status();
  absl::StatusOr<std::optional<StreamStep>> taken = session_->Take(std::move(message));
  if (!taken.ok() || !taken->has_value()) return taken.status();
  auto step = std::make_unique<Step>();
  step->step = *std::move(*taken);
  step->bytes = std::exchange(collected_, 0);
  step->origin = call_.NextStep();
  step->origin.permit = *std::move(permit);
  step->origin.request_id = step->step.request_id;
  absl::StrAppend(&step->origin.method, absl::string_view("\0", 1), step->step.context);
  step->origin.request = step->step.payload.get();
  storage::MutexLock lock(mutex_);
  bytes_ += step->bytes;
  steps_.push_back(std::move(step));
  return absl::OkStatus();
}

void CommandStream::Ended(Step& step, pipeline::Job& job, const absl::Status& status) {
  After([&]() REQUIRES(mutex_) {
    --running_;
    Occupy(step.step, -1);
    if (IsQueueFull(status)) {
      step.step.command = std::move(job.command);
      step.state = State::kWaiting;
      queue_full_ = true;
    } else if (status.ok()) {
      step.answer = session_->Answer(*job.command);
      step.state = State::kDone;
    } else {
      Fail(status);
    }
  });
}

void CommandStream::OnWriteDone(bool ok) {
  After([&]() REQUIRES(mutex_) {
    writing_ = false;
    if (!ok) {
      broken_ = true;
      Fail(call_.WhyCancelled());
    }
    if (steps_.empty() || steps_.front()->state != State::kDone) return;
    bytes_ -= steps_.front()->bytes;
    steps_.pop_front();
  });
}

void CommandStream::OnCancel() {
  call_.Cancel();
  After([this]() REQUIRES(mutex_) {
    broken_ = true;
    Fail(call_.WhyCancelled());
  });
}

void CommandStream::EndSoon() {
  After([this]() REQUIRES(mutex_) {
    if (!complete_) Fail(Streams::Stopping());
  });
}

// A caller that takes no answer can't be told why.
void CommandStream::Cut() {
  After([this]() REQUIRES(mutex_) {
    if (writing_) context().TryCancel();
    Fail(Unavailable("STREAM_IDLE", absl::StrCat("nothing came from the caller for ",
                                                 absl::FormatDuration(runtime_.streams().patience()),
                                                 "; send the stream again to go on where it has ended")));
  });
}

void CommandStream::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

// ---- What to do next ----

template <typename Change>
void CommandStream::After(Change change) {
  AtWork();
  {
    storage::MutexLock lock(mutex_);
    change();
    // Whoever is carrying out sees the change. This thread must not touch the stream any more.
    if (std::exchange(carrying_out_, true)) return;
  }
  CarryOut();
}

void CommandStream::CarryOut() {
  for (;;) {
    Action action = Action::kNone;
    Step* starting = nullptr;
    absl::Status status;
    {
      storage::MutexLock lock(mutex_);
      action = Next();
      starting = starting_;
      status = status_;
      if (action == Action::kNone) {
        if (running_ == 0 && !pausing_) AwaitCaller();
        carrying_out_ = false;
        return;
      }
    }
    switch (action) {
      case Action::kRead:
        StartRead(incoming_);
        break;
      case Action::kWrite:
        StartWrite(*outgoing_);
        break;
      case Action::kSubmit:
        Submit(*starting);
        break;
      case Action::kPause:
        call_.Pause([this] { After([this]() REQUIRES(mutex_) { pausing_ = queue_full_ = false; }); });
        break;
      case Action::kFinish:
        Finish(call_.Ended(status));
        return;
      case Action::kNone:
        break;
    }
  }
}

CommandStream::Action CommandStream::Next() {
  if (TakeAnswer()) return Action::kWrite;
  if (status_.ok()) {
    if (queue_full_ && !std::exchange(pausing_, true)) return Action::kPause;
    starting_ = Startable();
    if (starting_ != nullptr) return Action::kSubmit;
    if (!complete_ && HasRoom() && !std::exchange(reading_, true)) return Action::kRead;
  }
  const bool through = status_.ok() ? complete_ && summed_up_ : true;
  return through && running_ == 0 && !writing_ && !pausing_ ? Action::kFinish : Action::kNone;
}

// Puts the next answer, if there is one that can be sent, into outgoing_.
bool CommandStream::TakeAnswer() {
  if (writing_ || broken_) return false;
  std::unique_ptr<Message> answer;
  if (!steps_.empty()) {
    if (steps_.front()->state != State::kDone) return false;
    answer = std::move(steps_.front()->answer);
  } else {
    if (!status_.ok() || !complete_ || summed_up_) return false;
    answer = session_->Summary();
    summed_up_ = true;
  }
  outgoing_ = std::move(answer);
  writing_ = true;
  return true;
}

// The first step that waits, if it may start.
CommandStream::Step* CommandStream::Startable() {
  if (queue_full_) return nullptr;
  const auto next =
      std::find_if(steps_.begin(), steps_.end(), [](const auto& step) { return step->state == State::kWaiting; });
  if (next == steps_.end() || !Unhindered((*next)->step)) return nullptr;
  (*next)->state = State::kRunning;
  ++running_;
  Occupy((*next)->step, 1);
  return next->get();
}

bool CommandStream::Unhindered(const StreamStep& step) const {
  if (running_ == 0) return true;
  return !running_alone_ && !step.alone &&
         std::none_of(step.touches.begin(), step.touches.end(),
                      [this](uint64_t touch) REQUIRES(mutex_) { return touched_.contains(touch); });
}

void CommandStream::Occupy(const StreamStep& step, int by) {
  if (step.alone) running_alone_ = by > 0;
  for (const uint64_t touch : step.touches) {
    const auto at = touched_.try_emplace(touch).first;
    at->second += by;
    if (at->second == 0) touched_.erase(at);
  }
}

bool CommandStream::HasRoom() const { return steps_.size() < kMostSteps && bytes_ < kMostBytes; }

void CommandStream::Submit(Step& step) {
  std::unique_ptr<pipeline::Job> job = MakeJob(step.origin, step.step.name, std::move(step.step.command));
  job->bulk = true;
  job->done = [this, &step](pipeline::Job& ended, const absl::Status& status) { Ended(step, ended, status); };
  runtime_.committer().Submit(std::move(job));
}

}  // namespace inventory::rpc
