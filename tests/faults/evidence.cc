#include "tests/faults/evidence.h"

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"

namespace inventory::faults {
namespace {

namespace fs = std::filesystem;

std::string Moment(absl::Time time) { return absl::FormatTime("%H:%M:%E6S", time, absl::UTCTimeZone()); }

std::string_view NameOf(history::Write::End end) {
  switch (end) {
    case history::Write::End::kAcknowledged:
      return "acknowledged";
    case history::Write::End::kRefused:
      return "refused";
    case history::Write::End::kUnknown:
      return "unknown";
  }
  return "";
}

std::string LineOf(const history::Write& write) {
  std::string line = absl::StrCat(Moment(write.start), " ", Moment(write.finish), " ", write.method, " ",
                                  write.request_id, " ", std::string(NameOf(write.end)));
  if (write.tries > 1) absl::StrAppend(&line, " after ", write.tries, " tries");
  for (const v1::LevelVersion& movement : write.movements) {
    absl::StrAppend(&line, " ", movement.sku(), "@", movement.warehouse_id(), ":", movement.version(), "/",
                    movement.sequence());
  }
  if (!write.reserves.empty()) absl::StrAppend(&line, " reserves ", write.reserves);
  return write.error.empty() ? line : absl::StrCat(line, " ", write.error);
}

std::string LineOf(const history::Read& read) {
  const std::string when = absl::StrCat(Moment(read.start), " ", Moment(read.finish), " ");
  if (read.level) return absl::StrCat(when, "GetStockLevel ", read.level->ShortDebugString());
  return absl::StrCat(when, "GetAvailability ", read.sku, " in ", read.channel_id, ": ", read.available);
}

}  // namespace

absl::Status KeepEvidence(const std::string& folder, const history::History& history,
                          const history::Violations& violations, const std::vector<std::string>& logs) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("can't make ", folder, ": ", error.message()));
  std::ofstream what(folder + "/violations.txt");
  for (const history::Violation& violation : violations) {
    what << history::NameOf(violation.kind) << ": " << violation.what << "\n";
  }
  std::multimap<absl::Time, std::string> lines;
  for (const history::Write& write : history.writes) lines.emplace(write.start, LineOf(write));
  for (const history::Read& read : history.reads) lines.emplace(read.start, LineOf(read));
  std::ofstream calls(folder + "/history.txt");
  for (const auto& [start, line] : lines) calls << line << "\n";
  std::ofstream ledgers(folder + "/ledgers.txt");
  for (const auto& [sku, movements] : history.ledgers) {
    for (const v1::Movement& movement : movements) ledgers << movement.ShortDebugString() << "\n";
  }
  for (const std::string& log : logs) {
    fs::copy_file(log, folder / fs::path(log).filename(), fs::copy_options::overwrite_existing, error);
  }
  return what.flush() && calls.flush() && ledgers.flush() ? absl::OkStatus()
                                                          : absl::InternalError("can't write to " + folder);
}

}  // namespace inventory::faults
