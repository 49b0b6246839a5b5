// Lanes, readers and background work under many callers at once, through two servers on one database. As it starts no
// gRPC server, ThreadSanitizer can look at all of it.
#include "server/options.h"
#include "tests/integration/database_fixture.h"
#include "tests/integration/load.h"
#include "tests/integration/local_server.h"

namespace inventory::integration {
namespace {

// The sweeper looks all the time, so that it meets the callers. Batches are small, so that lanes meet each other.
server::ServerOptions Busy() {
  server::ServerOptions options;
  options.sweep_interval = absl::Milliseconds(10);
  options.max_batch_commands = 4;
  return options;
}

class PipelineLoadTest : public storage::DatabaseTest {};

TEST_F(PipelineLoadTest, EveryAnswerOfRandomCallersIsTrueAndNoDataRacesWithAnother) {
  LocalServer first(Busy(), options());
  LocalServer second(Busy(), options());
  Load load([&](int caller) { return caller % 2 == 0 ? first.MakeClient() : second.MakeClient(); });
  load.AwaitAcknowledged(1000);
  load.Stop();
  EXPECT_EQ(load.Count(RecordedWrite::End::kUnknown), 0);
  EXPECT_GT(load.Count(RecordedWrite::End::kRefused), 0);
  load.Check(first.MakeClient());
}

}  // namespace
}  // namespace inventory::integration
