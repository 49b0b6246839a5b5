// Compares the server with what it is made of: see README.md.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "tests/bench/cases.h"
#include "tests/bench/echo_server.h"
#include "tests/bench/report.h"
#include "tests/bench/site.h"

namespace inventory::bench {
namespace {

struct Options {
  double seconds = 2.5;
  double warmup = 0.5;
  int rounds = 3;
  bool quick = false;
  std::vector<std::string> cases;  // Beginnings of ids; empty is all.
  std::string json;
  std::string parent_dir = std::filesystem::temp_directory_path();
  std::string server = INVENTORY_SERVER;
  std::vector<std::string> server_options;
  std::string echo_server;
};

void Declare(CLI::App& app, Options& options) {
  app.add_option("--seconds", options.seconds, "How long each case is measured, each time")->capture_default_str();
  app.add_option("--warmup", options.warmup, "Seconds before that which don't count")->capture_default_str();
  app.add_option("--rounds", options.rounds, "How often each case runs")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_flag("--quick", options.quick, "One round of half a second: shows that everything works, measures little");
  app.add_option("--cases", options.cases, "Only cases whose ids begin so, for example a,b-hot,d-hot-256")
      ->delimiter(',');
  app.add_option("--json", options.json, "Also write everything that was measured to this file");
  app.add_option("--dir", options.parent_dir, "Where the database's folder is made; should be a real disk")
      ->capture_default_str();
  app.add_option("--server", options.server, "The inventory-server to measure")->capture_default_str();
  app.add_option("--server-option", options.server_options, "An option for it, for example --server-option=--lanes=2");
  app.add_option("--echo-server", options.echo_server, "Serve the echo of case (a) on this address, nothing else")
      ->group("");
}

std::vector<Case> Chosen(const Options& options) {
  std::vector<Case> chosen;
  for (Case& what : AllCases()) {
    const bool wanted = options.cases.empty() ||
                        std::any_of(options.cases.begin(), options.cases.end(),
                                    [&](const std::string& start) { return absl::StartsWith(what.id, start); });
    if (wanted) chosen.push_back(std::move(what));
  }
  return chosen;
}

// The value of the first line of a file that begins with `name`, as in /proc/cpuinfo.
std::string LineOf(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, name)) return line.substr(std::min(line.find(": ") + 2, line.size()));
  }
  return "unknown";
}

std::vector<std::pair<std::string, std::string>> Facts(const Site& site, const Options& options,
                                                       const std::string& load) {
  return {
      {"machine", absl::StrCat(std::thread::hardware_concurrency(), " cores, ", LineOf("/proc/cpuinfo", "model name"))},
      {"load before", load},
      {"build", INVENTORY_BUILD_TYPE},
      {"server options", options.server_options.empty() ? "defaults" : absl::StrJoin(options.server_options, " ")},
      {"database", absl::StrJoin(site.database_facts(), ", ")},
      {"server memory", absl::StrCat(site.server_peak_bytes() >> 20, " MiB at its peak")},
      {"consistency", "verified over all SKUs"}};
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  return file ? absl::OkStatus() : absl::InternalError(absl::StrCat("can't write ", path));
}

absl::Status Run(const Options& options) {
  RunFacts run{.facts = {},
               .rounds = options.quick ? 1 : options.rounds,
               .timing = {.warmup = absl::Seconds(options.quick ? 0.1 : options.warmup),
                          .measured = absl::Seconds(options.quick ? 0.5 : options.seconds)}};
  const std::vector<Case> cases = Chosen(options);
  if (cases.empty()) return absl::InvalidArgumentError("no case has such an id");
  const std::string load = ReadFile("/proc/loadavg").substr(0, 4);
  const auto say = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
  say("starting a database, the server and the echo server, and loading stock");
  auto site = Site::SetUp({.parent_dir = options.parent_dir,
                           .server_binary = options.server,
                           .server_options = options.server_options,
                           .own_binary = std::filesystem::read_symlink("/proc/self/exe")});
  if (!site.ok()) return site.status();
  absl::StatusOr<std::vector<Result>> results = RunCases(**site, cases, run.rounds, run.timing, say);
  if (!results.ok()) return results.status();
  absl::Status consistent = (*site)->CheckConsistent();
  if (!consistent.ok()) return consistent;
  run.facts = Facts(**site, options, load);
  std::printf("%s", Table(run, *results).c_str());
  return options.json.empty() ? absl::OkStatus() : WriteFile(options.json, Json(run, *results));
}

}  // namespace
}  // namespace inventory::bench

int main(int argc, char** argv) {
  // As inventory-server does.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  inventory::bench::Options options;
  CLI::App app("Compares ReserveStock with raw SQL and with an empty gRPC call, in turn, on one machine and database.");
  inventory::bench::Declare(app, options);
  CLI11_PARSE(app, argc, argv);
  if (!options.echo_server.empty()) return inventory::bench::RunEchoServer(options.echo_server);
  inventory::bench::CatchInterrupts();
  const absl::Status status = inventory::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "inventory_bench: %s\n", std::string(status.message()).c_str());
  return absl::IsCancelled(status) ? 130 : 1;
}
