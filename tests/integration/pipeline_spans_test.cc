// What traces say of commands that no batch has committed.
#include <gmock/gmock.h>

#include <future>
#include <string>
#include <vector>

#include "server/batch_spans.h"
#include "server/tracing/tracer.h"
#include "tests/integration/pipeline_fixture.h"

namespace inventory::pipeline {
namespace {

using testing::ElementsAre;

// Keeps the names of spans; "!" marks those that failed.
class Names final : public tracing::SpanSink {
 public:
  void Take(const tracing::Span& span) override { names.push_back(std::string(span.name) + (span.failed ? "!" : "")); }

  std::vector<std::string> names;  // Of one lane; read once it has answered.
};

class PipelineSpansTest : public PipelineTest {
 protected:
  // The spans of a command.
  std::vector<std::string> SpansOf(const Call& call) {
    Names sink;
    std::promise<void> answered;
    ConfigurationCache configurations;
    GroupCommitter committer(Settings(), configurations,
                             server::RecordingSpans({.batch = [](const BatchReport&) {},
                                                     .retry = [](std::string_view) {},
                                                     .dropped = [](std::string_view) {},
                                                     .command = [](const Job&) {},
                                                     .busy = [](absl::Duration) {}}));
    std::unique_ptr<Job> job = MakeJob(call);
    job->trace = std::make_shared<tracing::Trace>(tracing::Trace{.id = {1}, .call = {2}, .sink = &sink});
    job->done = [&answered](Job&, const absl::Status&) { answered.set_value(); };
    committer.Submit(std::move(job));
    answered.get_future().wait();
    return sink.names;
  }
};

TEST_F(PipelineSpansTest, ACommandThatIsCommittedHasWaitedForItsBatch) {
  EXPECT_THAT(SpansOf(Add("a", 1)), ElementsAre("wait for a lane", "batch", "lock and load", "write and commit"));
}

TEST_F(PipelineSpansTest, TheBatchOfAnEarlierRoundIsNotThatOfACommandThatFailsLater) {
  Call call = Add("a", 1);
  call.rule = [](Work& work, std::string&) {
    if (!work.Require("b")) return absl::OkStatus();
    return AddUnits(work, "a", 1, std::string(300, 'x'));
  };
  EXPECT_THAT(SpansOf(call), ElementsAre("wait for a lane!"));
}

}  // namespace
}  // namespace inventory::pipeline
