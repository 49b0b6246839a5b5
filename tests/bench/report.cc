#include "tests/bench/report.h"

#include <filesystem>
#include <map>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tests/bench/bars.h"
#include "tests/bench/figures.h"
#include "tests/bench/report_json.h"
#include "tests/bench/table.h"
#include "tests/bench/write_file.h"

namespace inventory::bench {

std::string Table(const RunFacts& run, const std::vector<Result>& results) {
  return absl::StrCat(ResultsTable(run, results), "\n", BarsTable(Bars(results)));
}

std::string Json(const RunFacts& run, const std::vector<Result>& results) { return Json(run, results, Bars(results)); }

absl::Status WriteReport(const std::string& folder, const RunFacts& run, const std::vector<Result>& results) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("can't make ", folder, ": ", error.message()));
  std::map<std::string, std::string> files = Figures(run, results);
  for (const std::string& name : FigureNames()) {
    if (!files.contains(name)) std::filesystem::remove(std::filesystem::path(folder) / name, error);
  }
  files["table.txt"] = Table(run, results);
  files["result.json"] = Json(run, results);
  for (const auto& [name, text] : files) {
    absl::Status written = WriteFile(absl::StrCat(folder, "/", name), text);
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

}  // namespace inventory::bench
