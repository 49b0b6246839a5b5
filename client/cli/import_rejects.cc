#include "client/cli/import_rejects.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/output_file.h"
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
  // One row may have made two for the server.
  if (row.line != last_line_) ++count_;
  last_line_ = row.line;
  if (file_ == nullptr) {
    if (count_ <= kMostTold) err_ << "line " << row.line << ": " << reason << '\n';
    if (count_ == kMostTold + 1) err_ << "more rows are rejected; --rejects FILE keeps all of them\n";
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

std::string ReasonOfRow(const google::rpc::Status& error) {
  const absl::Status status = client::FromProto(error);
  const std::string reason = client::ReasonOf(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), reason.empty() ? "" : " ", reason, ": ",
                      status.message());
}

}  // namespace inventory::cli
