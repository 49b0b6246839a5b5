#include "client/cli/import_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::cli {
namespace {

int RowCount(const v1::ImportChunk& chunk) {
  return chunk.stock_updates_size() + chunk.items_size() + chunk.warehouses_size();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ImportFile>> ImportFile::Open(std::istream& in, const Options& options) {
  std::unique_ptr<ImportFile> file(new ImportFile(in, options));
  absl::Status opened = file->source_.Open();
  if (opened.ok() && options.syntax == Syntax::kCsv) opened = file->ReadHeader();
  if (!opened.ok()) return opened;
  auto format = MakeImportFormat(options.kind, file->header_, options.replace);
  if (!format.ok()) return format.status();
  file->format_ = *std::move(format);
  return file;
}

absl::Status ImportFile::ReadHeader() {
  auto header = csv_.Next();
  if (!header.ok()) return header.status();
  if (!header->has_value())
    return absl::InvalidArgumentError("the file is empty: its first line must name the columns");
  if (!(*header)->error.empty()) return absl::InvalidArgumentError(absl::StrCat("the header ", (*header)->error));
  header_ = std::move((*header)->cells);
  if (header_.size() > 1) return absl::OkStatus();
  for (const auto& [delimiter, name] :
       {std::pair(',', "commas"), std::pair(';', "semicolons"), std::pair('\t', "tabs")}) {
    if (delimiter == options_.delimiter || header_[0].find(delimiter) == std::string::npos) continue;
    return absl::InvalidArgumentError(absl::StrCat("the header is one column, \"", header_[0].substr(0, 100),
                                                   "\", but has ", name, ": name the delimiter with --delimiter"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<FileChunk>> ImportFile::Next(const OnBroken& on_broken) {
  FileChunk made;
  made.chunk.set_first_row(next_row_);
  std::size_t bytes = 0;
  // A row may make two.
  while (RowCount(made.chunk) + 2 <= kChunkRows && bytes < kChunkBytes) {
    auto read = options_.syntax == Syntax::kCsv ? ReadRow() : ReadLine();
    if (!read.ok()) return read.status();
    if (!read->has_value()) break;
    auto& [row, error] = **read;
    const int before = RowCount(made.chunk);
    if (error.empty()) {
      const absl::Status added = options_.syntax == Syntax::kCsv ? format_->AddCells(row.cells, made.chunk)
                                                                 : format_->AddJson(row.cells[0], made.chunk);
      error = std::string(added.message());
    }
    if (!error.empty()) {
      on_broken(row, error);
      continue;
    }
    for (const std::string& cell : row.cells) bytes += cell.size();
    made.row_of.resize(static_cast<std::size_t>(RowCount(made.chunk)), made.rows.size());
    if (RowCount(made.chunk) > before) made.rows.push_back(std::move(row));
  }
  next_row_ += RowCount(made.chunk);
  if (made.rows.empty()) return std::optional<FileChunk>();
  return std::optional<FileChunk>(std::move(made));
}

absl::StatusOr<std::optional<ImportFile::Read>> ImportFile::ReadRow() {
  auto record = csv_.Next();
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::optional<Read>();
  Read read{.row = {.line = (*record)->line, .cells = std::move((*record)->cells)}, .error = (*record)->error};
  if (read.row.cells.size() == header_.size() && (*record)->is_parted) {
    CheckCorrected(read);
    return std::optional<Read>(std::move(read));
  }
  read.row.unparted = std::move((*record)->text);
  if (read.error.empty()) {
    read.error = absl::StrCat("has ", read.row.cells.size(), " cells where the header has ", header_.size());
  }
  return std::optional<Read>(std::move(read));
}

void ImportFile::CheckCorrected(Read& read) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i] != kRejectReasonColumn || !absl::StartsWith(read.row.cells[i], kUnpartedMark)) continue;
    const auto own = std::find_if(header_.begin(), header_.end(), [](const std::string& name) {
      return name != kRejectLineColumn && name != kRejectReasonColumn;
    });
    read.row.unparted = own == header_.end() ? "" : read.row.cells[static_cast<std::size_t>(own - header_.begin())];
    read.error = absl::StrCat("is not corrected: part its text into cells and empty ", kRejectReasonColumn);
  }
}

absl::StatusOr<std::optional<ImportFile::Read>> ImportFile::ReadLine() {
  for (;;) {
    Read read{.row = {.line = source_.line(), .cells = {""}}};
    std::string& line = read.row.cells[0];
    if (source_.Peek() == TextSource::kEnd) {
      if (!source_.status().ok()) return source_.status();
      return std::optional<Read>();
    }
    for (int byte = source_.Get(); byte != TextSource::kEnd && byte != '\n' && byte != '\r'; byte = source_.Get()) {
      if (line.size() < CsvReader::kMaxRecordBytes) {
        line.push_back(static_cast<char>(byte));
      } else {
        read.error = absl::StrCat("is longer than ", CsvReader::kMaxRecordBytes, " bytes");
      }
    }
    if (!IsUtf8Text(line)) read.error = "is not UTF-8";
    if (line.find_first_not_of(" \t\r") != std::string::npos) return std::optional<Read>(std::move(read));
  }
}

}  // namespace inventory::cli
