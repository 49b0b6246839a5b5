// What the caller of a command may touch.
#ifndef INVENTORY_SERVER_PIPELINE_GUARD_H_
#define INVENTORY_SERVER_PIPELINE_GUARD_H_

#include <vector>

#include "absl/status/status.h"
#include "server/pipeline/command.h"
#include "server/pipeline/rows.h"
#include "storage/records.h"

namespace inventory::pipeline {

// Judges one command by the rows it works on, which nobody knows before they are loaded. A refusal is the command's
// answer; it changes nothing and is not recorded, so that a repetition is judged anew. Thread-safe.
class Guard {
 public:
  virtual ~Guard() = default;

  // Before each run of the command: `needs` names the documents it works on, `rows` has those that exist.
  virtual absl::Status CheckRows(const Needs& needs, const Rows& rows) const = 0;

  // After a run that succeeded: what it has moved itself, too, without what follows from it.
  virtual absl::Status CheckMovements(const Needs& needs, const Rows& rows,
                                      const std::vector<const storage::MovementRecord*>& movements) const = 0;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_GUARD_H_
