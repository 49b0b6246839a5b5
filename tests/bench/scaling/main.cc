// How throughput grows with the database's nodes, simulated from measured costs: see server/SCALING.md.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/scaling/measured.h"
#include "tests/bench/scaling/report.h"
#include "tests/bench/scaling/study.h"
#include "tests/bench/write_file.h"

namespace inventory::bench::scaling {
namespace {

absl::Status Write(const std::string& folder, const Findings& findings) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("can't make ", folder, ": ", error.message()));
  for (const auto& [name, text] : {std::pair("scaling.txt", Table(findings)), std::pair("scaling.json", Json(findings)),
                                   std::pair("scaling.svg", NodesChart(findings))}) {
    absl::Status written = WriteFile(absl::StrCat(folder, "/", name), text);
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

absl::Status Run(const std::string& figures, const std::string& folder, uint64_t seed) {
  const absl::StatusOr<std::vector<Measured>> measured = ReadMeasured(figures);
  if (!measured.ok()) return measured.status();
  const Findings findings = {.seed = seed,
                             .checks = CheckAgainst(*measured, seed),
                             .nodes = AgainstNodes(seed),
                             .batches = AgainstBatches(seed),
                             .parts = AgainstParts(seed)};
  std::printf("%s", Table(findings).c_str());
  return folder.empty() ? absl::OkStatus() : Write(folder, findings);
}

}  // namespace
}  // namespace inventory::bench::scaling

// What is thrown ends the program and is shown.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  CLI::App app("Simulates how throughput grows with the nodes of the database.");
  std::string figures = INVENTORY_BENCH_FIGURES "/table.txt";
  std::string folder;
  uint64_t seed = 1;
  app.add_option("--figures", figures, "What `make bench` has printed, to check the simulation against")
      ->capture_default_str();
  app.add_option("--output", folder, "Folder for the table, the JSON and the chart");
  app.add_option("--seed", seed, "Of all that is drawn; the same seed gives the same figures")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = inventory::bench::scaling::Run(figures, folder, seed);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
