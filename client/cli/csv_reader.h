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
// with CR LF, LF or CR; empty lines are passed over. Keeps one record in memory. Used by one thread.
class CsvReader {
 public:
  struct Record {
    int64_t line = 0;  // Where it begins.
    std::vector<std::string> cells;
    std::string error;      // Not empty: the record is broken.
    bool is_parted = true;  // False: the cells are not all, because quotes are wrong.
    std::string text;       // As it stands in the file, without its line's end.
  };

  // No record may be longer.
  static constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 20;

  // `source` must be open and outlive it.
  CsvReader(TextSource& source, char delimiter) : source_(source), delimiter_(static_cast<unsigned char>(delimiter)) {}

  // The next record; none at the end. Of one with text that is not UTF-8 all cells are read. After one that is broken
  // it goes on with the next line. INVALID_ARGUMENT if that is impossible: where a quote is never closed, or a record
  // too long. DATA_LOSS if the file can't be read.
  absl::StatusOr<std::optional<Record>> Next();

 private:
  // Reads a cell up to its delimiter or line break.
  absl::Status ReadCell(Record& record);
  absl::Status ReadQuoted(Record& record, std::string& cell);
  // Takes the next byte of the record. INVALID_ARGUMENT if it becomes too long.
  absl::StatusOr<int> Get(Record& record);
  bool AtLineEnd();
  bool AtCellEnd();
  absl::Status SkipLine(Record& record);

  TextSource& source_;
  const unsigned char delimiter_;
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_CSV_READER_H_
