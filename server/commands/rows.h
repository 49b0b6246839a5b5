// Calls that do the same for many rows.
#ifndef INVENTORY_SERVER_COMMANDS_ROWS_H_
#define INVENTORY_SERVER_COMMANDS_ROWS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "server/pipeline/command.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// Some rows of a call in one commit, carried out one after the other. A row that is refused has changed nothing, and
// the others go on; or, if `atomic`, its refusal is the command's, which says in its message and by `row` in the
// ErrorInfo's metadata which row it was.
class RowsCommand : public pipeline::Command {
 public:
  absl::Status Apply(pipeline::Work& work) final;

 protected:
  explicit RowsCommand(bool atomic) : atomic_(atomic) {}

  // Starts from a clean response.
  virtual void Begin() = 0;
  virtual int row_count() const = 0;
  // Carries out the row of this index.
  virtual absl::Status ApplyRow(int index, pipeline::Work& work) = 0;
  // Notes in the response what ApplyRow has answered.
  virtual void Report(int index, const absl::Status& status) = 0;
  // How the caller calls the row: a word for messages, and a number.
  virtual std::string NameOf(int index) const = 0;
  virtual int64_t NumberOf(int index) const = 0;

 private:
  absl::Status OfRow(const absl::Status& status, int index) const;

  const bool atomic_;
};

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_ROWS_H_
