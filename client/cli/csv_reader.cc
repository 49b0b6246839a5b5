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
  for (;;) {
    absl::Status read = ReadCell(record);
    if (read.ok() && !record.is_parted) read = SkipLine(record);
    if (!read.ok()) return read;
    if (!record.is_parted || source_.Peek() != delimiter_) break;
    if (absl::Status got = Get(record).status(); !got.ok()) return got;
  }
  if (!source_.status().ok()) return source_.status();
  return std::optional<Record>(std::move(record));
}

absl::Status CsvReader::ReadCell(Record& record) {
  std::string cell;
  std::string error;
  if (source_.Peek() == '"') {
    absl::Status read = ReadQuoted(record, cell);
    if (!read.ok()) return read;
    if (!AtCellEnd()) error = "text follows a closing quote";
  } else {
    while (!AtCellEnd() && error.empty()) {
      if (source_.Peek() == '"') {
        error = "a quote stands within a cell that is not in quotes";
      } else {
        const absl::StatusOr<int> byte = Get(record);
        if (!byte.ok()) return byte.status();
        cell.push_back(static_cast<char>(*byte));
      }
    }
  }
  if (!error.empty()) {
    record.is_parted = false;
    record.error = error;
  } else if (record.error.empty() && !IsUtf8Text(cell)) {
    record.error = "is not UTF-8";
  }
  record.cells.push_back(std::move(cell));
  return absl::OkStatus();
}

absl::Status CsvReader::ReadQuoted(Record& record, std::string& cell) {
  absl::StatusOr<int> byte = Get(record);
  for (;;) {
    byte = Get(record);
    if (!byte.ok()) return byte.status();
    if (*byte == TextSource::kEnd) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", record.line, ": a quote is opened in this record and never closed"));
    }
    if (*byte == '"') {
      if (source_.Peek() != '"') return absl::OkStatus();
      byte = Get(record);
      if (!byte.ok()) return byte.status();
    }
    cell.push_back(static_cast<char>(*byte));
  }
}

absl::StatusOr<int> CsvReader::Get(Record& record) {
  const int byte = source_.Get();
  if (byte == TextSource::kEnd) return byte;
  if (record.text.size() == kMaxRecordBytes) {
    return absl::InvalidArgumentError(absl::StrCat("line ", record.line, ": the record is longer than ",
                                                   kMaxRecordBytes, " bytes; is a quote never closed?"));
  }
  record.text.push_back(static_cast<char>(byte));
  return byte;
}

bool CsvReader::AtLineEnd() {
  const int byte = source_.Peek();
  return byte == '\n' || byte == '\r' || byte == TextSource::kEnd;
}

bool CsvReader::AtCellEnd() { return source_.Peek() == delimiter_ || AtLineEnd(); }

absl::Status CsvReader::SkipLine(Record& record) {
  while (!AtLineEnd()) {
    if (absl::Status got = Get(record).status(); !got.ok()) return got;
  }
  return absl::OkStatus();
}

}  // namespace inventory::cli
