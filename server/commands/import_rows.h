// The commands that imports are made of.
#ifndef INVENTORY_SERVER_COMMANDS_IMPORT_ROWS_H_
#define INVENTORY_SERVER_COMMANDS_IMPORT_ROWS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "inventory/v1/bulk.pb.h"
#include "server/commands/rows.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {

// The rows of a chunk in one commit.
class ImportRows : public RowsCommand {
 public:
  const v1::ImportChunkResult& result() const { return result_; }

  std::string_view name() const override { return "ImportInventory"; }
  std::string SaveReply() const override { return result_.SerializeAsString(); }
  bool LoadReply(std::string_view reply) override {
    return result_.ParseFromArray(reply.data(), static_cast<int>(reply.size()));
  }

 protected:
  // `numbers` are those of the rows, at least one.
  ImportRows(std::vector<int64_t> numbers, bool atomic)
      : RowsCommand(atomic), numbers_(std::move(numbers)), broken_(numbers_.size()) {}

  // A row with violations is refused and needs nothing.
  void Judge(int index, Violations violations) {
    violations.KeepFirst(kMaxViolations);
    broken_[static_cast<std::size_t>(index)] = violations.ToStatus();
  }
  bool valid(int index) const { return broken_[static_cast<std::size_t>(index)].ok(); }
  int row_count() const override { return static_cast<int>(numbers_.size()); }

  virtual absl::Status ApplyValidRow(int index, pipeline::Work& work) = 0;

 private:
  // Of one row, so that the answer to a chunk stays below what a message may have, however bad its rows are.
  static constexpr std::size_t kMaxViolations = 10;

  void Begin() override {
    result_.Clear();
    result_.set_first_row(numbers_.front());
  }
  absl::Status ApplyRow(int index, pipeline::Work& work) override {
    return valid(index) ? ApplyValidRow(index, work) : broken_[static_cast<std::size_t>(index)];
  }
  void Report(int index, const absl::Status& status) override;
  std::string NameOf(int index) const override;
  int64_t NumberOf(int index) const override { return numbers_[static_cast<std::size_t>(index)]; }

  const std::vector<int64_t> numbers_;
  std::vector<absl::Status> broken_;
  v1::ImportChunkResult result_;
};

// The command that carries out the rows of `chunk`, which are all of one kind, as `start` says. Rows that break a rule
// are refused like those that the stock refuses.
std::unique_ptr<ImportRows> MakeImportRows(std::shared_ptr<const v1::ImportChunk> chunk, std::vector<int64_t> numbers,
                                           const v1::ImportStart& start, const rpc::Bounds& bounds);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_IMPORT_ROWS_H_
