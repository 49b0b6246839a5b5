#include "server/rpc/steps.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/errors.h"
#include "server/rpc/call_spans.h"
#include "server/rpc/ids.h"

namespace inventory::rpc {
namespace {

// Equal for equal method, step and payload. Maps are written in key order.
std::string Fingerprint(const Origin& origin, const std::string& step) {
  std::string text = absl::StrCat(origin.method, absl::string_view("\0", 1), step, absl::string_view("\0", 1));
  {
    google::protobuf::io::StringOutputStream stream(&text);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    origin.request->SerializePartialToCodedStream(&coded);
  }
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

// Has the read and its outcome recorded in the call's trace.
void RecordingRead(const Origin& origin, std::function<absl::Status(reading::Reader&)>& read,
                   std::function<void(const absl::Status&)>& done) {
  auto times = std::make_shared<ReadTimes>(ReadTimes{.asked = absl::Now()});
  read = [trace = origin.trace, times, read = std::move(read)](reading::Reader& reader) {
    reader.SetTrace(trace);
    times->start = std::min(times->start, absl::Now());
    return read(reader);
  };
  done = [trace = origin.trace, times, done = std::move(done)](const absl::Status& status) {
    times->end = absl::Now();
    RecordRead(trace.get(), *times, status);
    done(status);
  };
}

}  // namespace

std::unique_ptr<pipeline::Job> MakeJob(const Origin& origin, const std::string& step,
                                       std::unique_ptr<pipeline::Command> command) {
  auto job = std::make_unique<pipeline::Job>();
  job->command = std::move(command);
  job->fresh_id = NewId();
  job->share = origin.share;
  job->identity.caller = origin.caller;
  job->identity.request_id = origin.request_id.empty() ? NewId() : origin.request_id;
  if (!step.empty()) absl::StrAppend(&job->identity.request_id, "/", step);
  job->identity.fingerprint = Fingerprint(origin, step);
  job->guard = origin.permit.guard();
  job->deadline = origin.deadline;
  job->cancelled = origin.cancelled;
  job->trace = origin.trace;
  return job;
}

void Submit(pipeline::GroupCommitter& committer, const Origin& origin, const std::string& step,
            std::unique_ptr<pipeline::Command> command,
            std::function<void(pipeline::Command&, const absl::Status&)> done) {
  std::unique_ptr<pipeline::Job> job = MakeJob(origin, step, std::move(command));
  job->done = [done = std::move(done)](pipeline::Job& ended, const absl::Status& status) {
    done(*ended.command, status);
  };
  committer.Submit(std::move(job));
}

void Read(reading::ReadExecutor& reads, const Origin& origin, std::function<absl::Status(reading::Reader&)> read,
          std::function<void(const absl::Status&)> done, reading::Freshness freshness) {
  if (origin.trace != nullptr) RecordingRead(origin, read, done);
  auto unless_cancelled = [cancelled = origin.cancelled, read = std::move(read)](reading::Reader& reader) {
    if (cancelled->load(std::memory_order_relaxed)) {
      return absl::CancelledError("cancelled before the read was started");
    }
    return read(reader);
  };
  reads.Run({.share = origin.share, .deadline = origin.deadline}, std::move(unless_cancelled), std::move(done),
            freshness);
}

void PipelineSteps::Read(std::function<absl::Status(reading::Reader&)> read, std::function<void()> then) {
  const auto done = [self = shared_from_this(), then = std::move(then)](const absl::Status& status) {
    if (status.ok()) {
      then();
    } else {
      self->Finish(status);
    }
  };
  rpc::Read(reads_, origin_, std::move(read), done, reading::Freshness::kCurrentLong);
}

void PipelineSteps::Run(std::unique_ptr<pipeline::Command> command, const std::string& step,
                        std::function<void(pipeline::Command&, const absl::Status&)> then) {
  Submit(committer_, origin_, step, std::move(command),
         [self = shared_from_this(), then = std::move(then)](pipeline::Command& ended, const absl::Status& status) {
           then(ended, status);
         });
}

}  // namespace inventory::rpc
