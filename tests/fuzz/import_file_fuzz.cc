// Goal: any file can be imported or is refused row by row, and the same file always makes the same chunks.
// Method: the input is a file of every kind and syntax. Its chunks must be within their bounds, name rows of the file
// that were read in order, be messages that can be sent, and come out the same when the file is read again. The rows
// that are refused go to a file of rejects, which must be a file that can be read.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/import_file.h"
#include "client/cli/import_rejects.h"
#include "client/cli/text_source.h"
#include "tests/fuzz/check.h"

namespace inventory::cli {
namespace {

using fuzz::Check;

struct Outcome {
  absl::Status status;
  std::vector<std::string> chunks = {};
  std::string rejects = {};
  int64_t rejected = 0;
};

void CheckChunk(const FileChunk& chunk) {
  const int rows = chunk.chunk.stock_updates_size() + chunk.chunk.items_size() + chunk.chunk.warehouses_size();
  Check(rows > 0 && rows <= ImportFile::kChunkRows + 1, "a chunk has rows, and not too many");
  Check(std::ssize(chunk.row_of) == rows, "each row of a chunk is of a row of the file");
  std::size_t before = 0;
  for (const std::size_t row : chunk.row_of) {
    Check(row < chunk.rows.size() && row >= before, "rows of the file stay in order");
    before = row;
  }
  for (std::size_t i = 1; i < chunk.rows.size(); ++i) {
    Check(chunk.rows[i - 1].line < chunk.rows[i].line, "lines grow");
  }
  v1::ImportChunk parsed;
  Check(parsed.ParseFromString(chunk.chunk.SerializeAsString()), "a chunk can be sent");
}

Outcome Import(const std::string& text, const ImportFile::Options& options) {
  std::istringstream in(text);
  absl::StatusOr<std::unique_ptr<ImportFile>> file = ImportFile::Open(in, options);
  if (!file.ok()) return {file.status()};
  std::ostringstream told;
  std::ostringstream kept;
  ImportRejects rejects(told, kept, "rejects", options.delimiter, (*file)->header());
  Outcome outcome;
  int64_t line = 0;
  for (;;) {
    auto chunk = (*file)->Next([&](const FileRow& row, const std::string& reason) {
      Check(row.line > line && !reason.empty(), "rows are refused in order, with a reason");
      line = row.line;
      rejects.Add(row, reason);
    });
    Check((*file)->position() <= static_cast<int64_t>(text.size()), "no more is read than there is");
    outcome.status = chunk.status();
    if (!chunk.ok() || !chunk->has_value()) break;
    CheckChunk(**chunk);
    outcome.chunks.push_back((**chunk).chunk.SerializeAsString());
  }
  outcome.rejects = kept.str();
  outcome.rejected = rejects.count();
  return outcome;
}

void CheckFile(const std::string& text, const ImportFile::Options& options) {
  const Outcome first = Import(text, options);
  const Outcome second = Import(text, options);
  Check(first.status == second.status && first.chunks == second.chunks && first.rejects == second.rejects,
        "the same file makes the same chunks");
  Check(first.status.ok() || !first.status.message().empty(), "an error says what is wrong");
  if (options.syntax != ImportFile::Syntax::kCsv || first.rejected == 0) return;
  const Outcome again = Import(first.rejects, options);
  Check(again.status.ok(),
        absl::StrCat("rejects can be read: ", std::string(again.status.message()), "\n", first.rejects));
  Check(again.chunks.empty() && again.rejected == first.rejected, "what was refused is refused until it is corrected");
}

}  // namespace
}  // namespace inventory::cli

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  using inventory::cli::BulkKind;
  using inventory::cli::ImportFile;
  if (size == 0) return 0;
  const uint8_t choice = bytes[0];
  ImportFile::Options options;
  options.kind = static_cast<BulkKind>(choice % 3);
  options.syntax = (choice & 4) != 0 ? ImportFile::Syntax::kJsonLines : ImportFile::Syntax::kCsv;
  options.delimiter = ",;\t|"[choice >> 3 & 3];
  options.replace = (choice & 32) != 0;
  inventory::cli::CheckFile(std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1), options);
  return 0;
}
