// Commands that nobody calls for, through the same pipeline.
#ifndef INVENTORY_SERVER_BACKGROUND_RUN_ALL_H_
#define INVENTORY_SERVER_BACKGROUND_RUN_ALL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/pipeline/command.h"
#include "server/pipeline/group_committer.h"
#include "server/pipeline/job.h"
#include "storage/connection_pool.h"
#include "storage/sql.h"

namespace inventory::background {

// How long background work waits for a connection or for the pipeline.
inline constexpr absl::Duration kPatience = absl::Seconds(10);
// How long work that has more to do leaves the database to callers.
inline constexpr absl::Duration kPauseBetweenSteps = absl::Milliseconds(20);

// What became of commands. The database was away or busy for those that could not be run.
struct Ran {
  std::size_t succeeded = 0;
  std::size_t could_not = 0;
};

// Runs the commands and waits for all of them. `succeeded`, unless it is null, hears of each that did, one at a time.
Ran RunAll(pipeline::GroupCommitter& committer, std::vector<std::unique_ptr<pipeline::Command>> commands,
           const std::function<void(const pipeline::Command&)>& succeeded = nullptr);

// Runs one command and waits for its answer.
absl::Status RunOne(pipeline::GroupCommitter& committer, std::unique_ptr<pipeline::Command> command,
                    pipeline::Identity identity, absl::Time deadline);

// The results of the statements, one each.
absl::StatusOr<std::vector<storage::Rows>> Ask(storage::ConnectionPool& pool, const storage::Sql& sql);

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_RUN_ALL_H_
