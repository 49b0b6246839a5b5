#include "server/batch_spans.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "server/tracing/tracer.h"

namespace inventory::server {
namespace {

using pipeline::BatchTimes;
using pipeline::Job;
using tracing::Span;

bool IsSampled(const Job& job) { return job.trace != nullptr && job.trace->sampled(); }

// A lane still has the batch's SKUs locked when it reports, so that spans are made only as each command ends.
void NoteTimes(const pipeline::BatchReport& report) {
  std::shared_ptr<const BatchTimes> times;
  for (Job* job : report.jobs) {
    if (!IsSampled(*job)) continue;
    if (times == nullptr) {
      times = std::make_shared<BatchTimes>(BatchTimes{.start = report.start,
                                                      .total = report.total,
                                                      .load = report.load,
                                                      .commit = report.commit,
                                                      .jobs = report.jobs.size()});
    }
    job->committed_in = times;
  }
}

void RecordStatement(const tracing::Trace& trace, tracing::SpanId batch, std::string_view name, absl::Time start,
                     absl::Time end) {
  trace.sink->Take(Span{.trace = trace,
                        .id = tracing::NewSpanId(),
                        .parent = batch,
                        .name = name,
                        .kind = tracing::SpanKind::kClient,
                        .start = start,
                        .end = end,
                        .attributes = {{"db.system", tracing::kDatabaseSystem}}});
}

void RecordWait(const Job& job, absl::Time end, bool failed) {
  job.trace->sink->Take(Span{.trace = *job.trace,
                             .id = tracing::NewSpanId(),
                             .parent = job.trace->call,
                             .name = "wait for a lane",
                             .start = job.submitted,
                             .end = end,
                             .failed = failed});
}

// Its deadline passed, or the database could not be reached or would not have it; not that its caller has cancelled it,
// nor that it repeats one that was refused.
bool HasFailed(const absl::Status& answer) {
  return absl::IsDeadlineExceeded(answer) || absl::IsUnavailable(answer) || absl::IsInternal(answer);
}

void RecordBatch(const Job& job, const BatchTimes& times) {
  const tracing::Trace& trace = *job.trace;
  const absl::Time end = times.start + times.total;
  const tracing::SpanId batch = tracing::NewSpanId();
  trace.sink->Take(Span{.trace = trace,
                        .id = batch,
                        .parent = trace.call,
                        .name = "batch",
                        .start = times.start,
                        .end = end,
                        .attributes = {{"inventory.command", std::string(job.command->name())},
                                       {"inventory.batch_commands", static_cast<int64_t>(times.jobs)}}});
  RecordStatement(trace, batch, "lock and load", times.start, times.start + times.load);
  RecordStatement(trace, batch, "write and commit", end - times.commit, end);
}

}  // namespace

pipeline::Observer RecordingSpans(pipeline::Observer observer) {
  observer.batch = [batch = std::move(observer.batch)](const pipeline::BatchReport& report) {
    NoteTimes(report);
    batch(report);
  };
  observer.command = [command = std::move(observer.command)](const Job& job) {
    // One that repeats another in the same batch has run with that.
    const std::shared_ptr<const BatchTimes>& times = (job.copy_of != nullptr ? job.copy_of : &job)->committed_in;
    if (IsSampled(job)) {
      RecordWait(job, times != nullptr ? times->start : absl::Now(), times == nullptr && HasFailed(job.answer));
      if (times != nullptr) RecordBatch(job, *times);
    }
    command(job);
  };
  return observer;
}

}  // namespace inventory::server
