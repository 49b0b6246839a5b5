#include "client/cli/import_rejects.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/output_file.h"
#include "client/cli/output_table.h"
#include "inventory/client/errors.h"
#include "nlohmann/json.hpp"

namespace inventory::cli {
namespace {

std::string Cell(const std::string& text, char delimiter) {
  const std::string special = absl::StrCat("\"\r\n", std::string(1, delimiter));
  if (text.find_first_of(special) == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace

ImportRejects::ImportRejects(std::ostream& err, std::ostream& file, std::string file_name, char delimiter,
                             const std::vector<std::string>& header)
    : err_(err), file_(&file), file_name_(std::move(file_name)), delimiter_(delimiter), csv_(!header.empty()) {
  for (const std::string& name : header) kept_.push_back(name != kRejectLineColumn && name != kRejectReasonColumn);
  if (csv_) WriteCells(header, kRejectLineColumn, kRejectReasonColumn);
}

void ImportRejects::Add(const FileRow& row, const std::string& reason) {
  ++count_;
  if (file_ == nullptr) {
    if (count_ <= kMostTold) err_ << "line " << row.line << ": " << Printable(reason) << '\n';
    if (count_ == kMostTold + 1) err_ << "more rows are rejected; --rejects FILE keeps all of them\n";
  } else if (csv_ && !row.unparted.empty()) {
    std::vector<std::string> cells(kept_.size());
    const auto first = std::find(kept_.begin(), kept_.end(), true);
    if (first != kept_.end()) cells[static_cast<std::size_t>(first - kept_.begin())] = row.unparted;
    WriteCells(cells, absl::StrCat(row.line), absl::StrCat(kUnpartedMark, reason));
  } else if (csv_) {
    WriteCells(row.cells, absl::StrCat(row.line), reason);
  } else {
    nlohmann::ordered_json object;
    object[kRejectLineColumn] = row.line;
    object[kRejectReasonColumn] = reason;
    object["row"] = row.cells[0];
    *file_ << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }
}

void ImportRejects::WriteCells(const std::vector<std::string>& cells, const std::string& line,
                               const std::string& reason) {
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (kept_[i]) *file_ << Cell(i < cells.size() ? cells[i] : "", delimiter_) << delimiter_;
  }
  *file_ << line << delimiter_ << Cell(reason, delimiter_) << "\r\n";
}

absl::Status ImportRejects::status() const {
  return file_ == nullptr ? absl::OkStatus() : CheckWritten(*file_, file_name_);
}

std::string ReasonOfRow(const absl::Status& error) {
  const std::string reason = client::ReasonOf(error);
  return absl::StrCat(absl::StatusCodeToString(error.code()), reason.empty() ? "" : " ", reason, ": ", error.message());
}

std::vector<RejectedRow> RejectedRows(const FileChunk& chunk, const v1::ImportChunkResult& result,
                                      const ImportFormat& format) {
  // Reasons by the index in the chunk.
  std::map<std::size_t, std::string> refused;
  for (const auto& reject : result.rejects()) {
    const auto index = static_cast<std::size_t>(reject.row() - chunk.chunk.first_row());
    if (index < chunk.row_of.size()) refused[index] = ReasonOfRow(client::FromProto(reject.error()));
  }
  std::vector<RejectedRow> rejected;
  for (auto next = refused.begin(); next != refused.end(); ++next) {
    const std::size_t of = chunk.row_of[next->first];
    const auto begin = std::lower_bound(chunk.row_of.begin(), chunk.row_of.end(), of);
    const auto first = static_cast<std::size_t>(begin - chunk.row_of.begin());
    const bool made_two = std::upper_bound(begin, chunk.row_of.end(), of) - begin == 2;
    RejectedRow& row = rejected.emplace_back(RejectedRow{.row = chunk.rows[of], .reason = next->second});
    if (!made_two) continue;
    const auto other = std::next(next);
    if (other != refused.end() && other->first == first + 1) {
      if (other->second != row.reason) absl::StrAppend(&row.reason, "; ", other->second);
      next = other;
    } else {
      format.LeaveRefused(next->first - first, row.row.cells);
    }
  }
  return rejected;
}

}  // namespace inventory::cli
