#include "client/cli/csv_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::cli {

absl::StatusOr<std::optional<CsvReader::Record>> CsvReader::Next() {
  while (source_.Peek() == '\n' || source_.Peek() == '\r') source_.Get();
  if (source_.Peek() == TextSource::kEnd) {
    if (!source_.status().ok()) return source_.status();
    return std::optional<Record>();
  }
  Record record{.line = source_.line()};
  bytes_ = 0;
  for (;;) {
    absl::Status read = ReadCell(record);
    if (!read.ok()) return read;
    if (!record.error.empty()) {
      SkipLine();
      break;
    }
    if (source_.Peek() != delimiter_) break;
    source_.Get();
  }
  if (!source_.status().ok()) return source_.status();
  return std::optional<Record>(std::move(record));
}

absl::Status CsvReader::ReadCell(Record& record) {
  std::string cell;
  absl::Status read;
  if (source_.Peek() == '"') {
    read = ReadQuoted(record, cell);
    if (read.ok() && !AtCellEnd()) record.error = "text follows a closing quote";
  } else {
    while (read.ok() && !AtCellEnd() && record.error.empty()) {
      if (source_.Peek() == '"') record.error = "a quote stands within a cell that is not in quotes";
      if (record.error.empty()) read = Append(source_.Get(), record, cell);
    }
  }
  if (!IsUtf8Text(cell)) record.error = "is not UTF-8";
  record.cells.push_back(std::move(cell));
  return read;
}

absl::Status CsvReader::ReadQuoted(Record& record, std::string& cell) {
  source_.Get();
  for (;;) {
    int byte = source_.Get();
    if (byte == TextSource::kEnd) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", record.line, ": a quote is opened in this record and never closed"));
    }
    if (byte == '"') {
      if (source_.Peek() != '"') return absl::OkStatus();
      source_.Get();
    }
    absl::Status appended = Append(byte, record, cell);
    if (!appended.ok()) return appended;
  }
}

absl::Status CsvReader::Append(int byte, const Record& record, std::string& cell) {
  if (++bytes_ > kMaxRecordBytes) {
    return absl::InvalidArgumentError(absl::StrCat("line ", record.line, ": the record is longer than ",
                                                   kMaxRecordBytes, " bytes; is a quote never closed?"));
  }
  cell.push_back(static_cast<char>(byte));
  return absl::OkStatus();
}

bool CsvReader::AtCellEnd() {
  const int byte = source_.Peek();
  return byte == delimiter_ || byte == '\n' || byte == '\r' || byte == TextSource::kEnd;
}

void CsvReader::SkipLine() {
  while (source_.Peek() != '\n' && source_.Peek() != TextSource::kEnd) source_.Get();
}

}  // namespace inventory::cli
