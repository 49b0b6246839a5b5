// Rows that an import has refused.
#ifndef INVENTORY_CLIENT_CLI_IMPORT_REJECTS_H_
#define INVENTORY_CLIENT_CLI_IMPORT_REJECTS_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/import_file.h"

namespace inventory::cli {

// Writes rejected rows to a file, each with its line and the reason: CSV with two more columns, which can be corrected
// and imported, or JSON lines with the row as text. A row that has no cells for the columns stands as
// text in the first, with kUnpartedMark. Without a file the first are told to people. Used by one thread.
class ImportRejects {
 public:
  // How many rows people are told of.
  static constexpr int64_t kMostTold = 20;

  // To `err`, for people.
  explicit ImportRejects(std::ostream& err) : err_(err) {}
  // To a file, with the header's columns; of JSON lines it is empty. Everything must outlive it.
  ImportRejects(std::ostream& err, std::ostream& file, std::string file_name, char delimiter,
                const std::vector<std::string>& header);

  // One row of the file.
  void Add(const FileRow& row, const std::string& reason);

  int64_t count() const { return count_; }

  // DATA_LOSS if some are lost because the file can't be written.
  absl::Status status() const;

 private:
  void WriteCells(const std::vector<std::string>& cells, const std::string& line, const std::string& reason);

  std::ostream& err_;
  std::ostream* const file_ = nullptr;
  const std::string file_name_;
  const char delimiter_ = ',';
  const bool csv_ = true;
  std::vector<bool> kept_;  // Columns of the header that are the row's own.
  int64_t count_ = 0;
};

// "FAILED_PRECONDITION INSUFFICIENT_ON_HAND: only 3 ...": what the service says of a row.
std::string ReasonOfRow(const absl::Status& error);

struct RejectedRow {
  FileRow row;
  std::string reason;
};

// The rows of the file of which something was refused, each once, in order and without what was carried out of it.
std::vector<RejectedRow> RejectedRows(const FileChunk& chunk, const v1::ImportChunkResult& result,
                                      const ImportFormat& format);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_IMPORT_REJECTS_H_
