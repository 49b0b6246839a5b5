#include "client/cli/import_options.h"

#include <cstdint>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace inventory::cli {
namespace {

// Tells imports apart, and for people when it was.
std::string NewImportId() {
  absl::BitGen random;
  return absl::StrCat("import-", absl::FormatTime("%Y%m%dT%H%M%S", absl::Now(), absl::UTCTimeZone()), "-",
                      absl::StrFormat("%016x", absl::Uniform<uint64_t>(random)));
}

bool IsDelimiter(const std::string& text) {
  if (text == "\\t" || text == "tab" || text == "\t") return true;
  return text.size() == 1 && text != "\"" && absl::ascii_isprint(static_cast<unsigned char>(text[0]));
}

}  // namespace

absl::StatusOr<ImportOptions> ReadImportOptions(BulkKind kind, const Arguments& arguments, const Session& session) {
  ImportOptions options{.kind = kind,
                        .command = absl::StrCat("import ", BulkKindNames()[static_cast<std::size_t>(kind)]),
                        .path = arguments.Get("file").value_or("-"),
                        .rejects = arguments.Get("rejects").value_or(""),
                        .atomic = arguments.IsOn("atomic"),
                        .dry_run = arguments.IsOn("dry-run"),
                        .import_id = arguments.Get("import-id").value_or(session.request_id)};
  std::vector<std::string> problems;
  const bool json_name = absl::EndsWith(options.path, ".jsonl") || absl::EndsWith(options.path, ".ndjson");
  const std::string format = arguments.Get("format").value_or(json_name ? "jsonl" : "csv");
  if (format != "csv" && format != "jsonl") problems.push_back("--format: expected csv or jsonl");
  const std::string delimiter = arguments.Get("delimiter").value_or(",");
  if (!IsDelimiter(delimiter)) {
    problems.push_back("--delimiter: expected tab, or one character of ASCII that is no quote or control character");
  }
  if (arguments.IsOn("replace") && format == "csv") {
    problems.push_back("--replace is for JSON lines: of CSV the header says which fields are set");
  }
  if (arguments.IsOn("replace") && kind == BulkKind::kStockLevels) {
    problems.push_back("--replace is for items and warehouses");
  }
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  options.file = {.kind = kind,
                  .syntax = format == "csv" ? ImportFile::Syntax::kCsv : ImportFile::Syntax::kJsonLines,
                  .delimiter = delimiter.size() > 1 ? '\t' : delimiter[0],
                  .replace = arguments.IsOn("replace")};
  if (options.import_id.empty()) options.import_id = NewImportId();
  return options;
}

bool IsForgotten(const std::string& import_id) {
  absl::string_view time = import_id;
  absl::Time begun;
  return absl::ConsumePrefix(&time, "import-") &&
         absl::ParseTime("%E4Y%m%dT%H%M%S", time.substr(0, time.find('-')), absl::UTCTimeZone(), &begun, nullptr) &&
         absl::Now() - begun > kDaysImportIdsAreKept * absl::Hours(24);
}

}  // namespace inventory::cli
