// Files to import, as chunks for the server.
#ifndef INVENTORY_CLIENT_CLI_IMPORT_FILE_H_
#define INVENTORY_CLIENT_CLI_IMPORT_FILE_H_

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/csv_reader.h"
#include "client/cli/import_format.h"
#include "client/cli/text_source.h"
#include "inventory/v1/bulk.pb.h"

namespace inventory::cli {

// A row as it stands in the file.
struct FileRow {
  int64_t line = 0;                // Where it begins.
  std::vector<std::string> cells;  // Of JSON lines the line.
  std::string unparted;            // Of CSV that has no cells for the header's columns: its text.
};

// A chunk that can be sent, and for each of its rows the row of the file that it came from; one may have made several.
struct FileChunk {
  v1::ImportChunk chunk;
  std::vector<FileRow> rows;
  std::vector<std::size_t> row_of;  // By the index in the chunk: an index in rows.
};

// Reads one file. What it makes depends on nothing but the file, so that an import that is begun anew sends the same
// chunks. Keeps one chunk in memory. Used by one thread.
class ImportFile {
 public:
  enum class Syntax { kCsv, kJsonLines };
  struct Options {
    BulkKind kind = BulkKind::kStockLevels;
    Syntax syntax = Syntax::kCsv;
    char delimiter = ',';
    bool replace = false;  // See MakeImportFormat.
  };
  // Hears of a row that can't be sent, and why.
  using OnBroken = std::function<void(const FileRow&, const std::string& reason)>;

  // Rows of a chunk, and bytes after which it is not filled up: the server takes several chunks before it answers.
  static constexpr int kChunkRows = 500;
  static constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

  // Reads the header. INVALID_ARGUMENT names everything that is wrong with it. `in` must outlive the file.
  static absl::StatusOr<std::unique_ptr<ImportFile>> Open(std::istream& in, const Options& options);

  // The next chunk; none at the end. INVALID_ARGUMENT where the file can't be read on, DATA_LOSS if it can't be read.
  absl::StatusOr<std::optional<FileChunk>> Next(const OnBroken& on_broken);

  const ImportFormat& format() const { return *format_; }
  // Names of the cells of a row; of JSON lines none.
  const std::vector<std::string>& header() const { return header_; }
  // Bytes read so far.
  int64_t position() const { return source_.position(); }

 private:
  ImportFile(std::istream& in, const Options& options)
      : options_(options), source_(in), csv_(source_, options.delimiter) {}

  absl::Status ReadHeader();
  // The next row with what is wrong with it.
  struct Read {
    FileRow row;
    std::string error;
  };
  absl::StatusOr<std::optional<Read>> ReadRow();
  // Refuses a row of rejects that is still the text that could not be parted.
  void CheckCorrected(Read& read) const;
  absl::StatusOr<std::optional<Read>> ReadLine();

  const Options options_;
  TextSource source_;
  CsvReader csv_;
  std::vector<std::string> header_;
  std::unique_ptr<ImportFormat> format_;
  int64_t next_row_ = 1;
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_IMPORT_FILE_H_
