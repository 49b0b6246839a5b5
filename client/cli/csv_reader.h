// Reads CSV.
#ifndef INVENTORY_CLIENT_CLI_CSV_READER_H_
#define INVENTORY_CLIENT_CLI_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/text_source.h"

namespace inventory::cli {

// Reads records as RFC 4180 has them: cells may be in quotes, with quotes doubled and line breaks within. Lines end
// with CR LF or LF; empty lines are passed over. Keeps one record in memory. Used by one thread.
class CsvReader {
 public:
  struct Record {
    int64_t line = 0;  // Where it begins.
    std::vector<std::string> cells;
    std::string error;  // Not empty: the record is broken, and its cells are as far as they could be read.
  };

  // No record may be longer.
  static constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 20;

  // `source` must be open and outlive it.
  CsvReader(TextSource& source, char delimiter) : source_(source), delimiter_(delimiter) {}

  // The next record; none at the end. After one that is broken it goes on with the next line. INVALID_ARGUMENT if that
  // is impossible: where a quote is never closed, or a record too long. DATA_LOSS if the file can't be read.
  absl::StatusOr<std::optional<Record>> Next();

 private:
  // Reads a cell up to its delimiter or line break.
  absl::Status ReadCell(Record& record);
  absl::Status ReadQuoted(Record& record, std::string& cell);
  absl::Status Append(int byte, const Record& record, std::string& cell);
  bool AtCellEnd();
  void SkipLine();

  TextSource& source_;
  const char delimiter_;
  std::size_t bytes_ = 0;  // Of the record so far.
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_CSV_READER_H_
