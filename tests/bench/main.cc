// Compares the server with what it is made of: see README.md.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "tests/bench/commit.h"
#include "tests/bench/cores.h"
#include "tests/bench/echo_server.h"
#include "tests/bench/file_system.h"
#include "tests/bench/peer/server.h"
#include "tests/bench/plan.h"
#include "tests/bench/report.h"
#include "tests/bench/server_process.h"
#include "tests/bench/sites.h"
#include "tests/bench/write_file.h"
#include "tests/read_file.h"

namespace inventory::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool quick = false;
  bool full = false;
  std::vector<std::string> cases;
  std::optional<int> rounds;
  std::optional<double> seconds;
  std::optional<double> warmup;
  uint32_t seed = 0;  // 0: a random one.
  std::string output;
  std::string json;
  std::string parent_dir = fs::temp_directory_path();
  bool allow_memory = false;
  std::string mysql;
  std::optional<int> buffer_pool_mib;
  int redo_log_mib = 1024;
  std::string server = INVENTORY_SERVER;
  std::vector<std::string> server_options;
  std::string echo_server;
  peer::Options peer;
};

void Declare(CLI::App& app, Options& options) {
  const auto quick =
      app.add_flag("--quick", options.quick, "One round of half a second: does everything work? Measures little");
  app.add_flag("--full", options.full, "More rounds, and tables of 10 million movements: up to 40 minutes")
      ->excludes(quick);
  app.add_option("--cases", options.cases,
                 "Only cases with these ids, or whose ids begin so, for example a,b-hot,d-hot-256")
      ->delimiter(',');
  app.add_option("--rounds", options.rounds, "How often each case runs")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "How long each case is measured, each time")->check(CLI::PositiveNumber);
  app.add_option("--warmup", options.warmup, "Seconds before that which don't count")->check(CLI::NonNegativeNumber);
  app.add_option("--seed", options.seed,
                 "Of the order of cases in each round, as an earlier run has printed it; 0 for a random one")
      ->capture_default_str();
  app.add_option("--output", options.output, "Folder for the table, the JSON and the charts");
  app.add_option("--json", options.json, "Also write everything that was measured to this file");
  app.add_option("--dir", options.parent_dir, "Where the databases' folders are made; should be a real disk")
      ->capture_default_str();
  app.add_flag("--allow-memory", options.allow_memory, "Let --dir be in memory, where flushing costs nothing");
  app.add_option("--mysql", options.mysql, "The mysqld to measure as well")->envname("INVENTORY_BENCH_MYSQL");
  app.add_option("--buffer-pool", options.buffer_pool_mib,
                 "MiB of memory that each database has for pages. Default: 1024, and for growth what all tables need")
      ->check(CLI::Range(16, 1 << 20));
  app.add_option("--redo-log", options.redo_log_mib, "MiB of redo log that each database has")
      ->capture_default_str()
      ->check(CLI::Range(16, 1 << 20));
  app.add_option("--server", options.server, "The inventory-server to measure")->capture_default_str();
  app.add_option("--server-option", options.server_options, "An option for it, for example --server-option=--lanes=2");
  app.add_option("--peer-connections", options.peer.connections, "Connections that the peer of (p) has to the database")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--echo-server", options.echo_server, "Serve the echo of case (a) on this address, nothing else")
      ->group("");
  app.add_option("--peer-server", options.peer.address, "Serve the peer of case (p) on this address, nothing else")
      ->group("");
  app.add_option("--peer-database", options.peer.database_url, "Its database")->group("");
}

// Never 0, so that the same can be asked for again.
uint32_t RandomSeed() { return std::max<uint32_t>(1, std::random_device()()); }

std::optional<absl::Duration> Seconds(std::optional<double> seconds) {
  return seconds ? std::optional(absl::Seconds(*seconds)) : std::nullopt;
}

std::vector<Stage> PlanOf(const Options& options) {
  return MakePlan({.size = options.quick  ? Size::kQuick
                           : options.full ? Size::kFull
                                          : Size::kNormal,
                   .ids = options.cases,
                   .rounds = options.rounds,
                   .warmup = Seconds(options.warmup),
                   .measured = Seconds(options.seconds)});
}

void Say(const std::string& text) {
  static const absl::Time start = absl::Now();
  const int64_t seconds = absl::ToInt64Seconds(absl::Now() - start);
  std::fprintf(stderr, "%2d:%02d  %s\n", static_cast<int>(seconds / 60), static_cast<int>(seconds % 60), text.c_str());
}

// The value of the first line of a file that begins with `name`, as in /proc/cpuinfo.
std::string LineOf(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, name)) return line.substr(std::min(line.find(": ") + 2, line.size()));
  }
  return "unknown";
}

std::vector<std::pair<std::string, std::string>> FactsBefore(const Options& options) {
  return {
      {"machine", absl::StrCat(std::thread::hardware_concurrency(), " cores, ", LineOf("/proc/cpuinfo", "model name"))},
      {"open loops", absl::StrCat(Describe(SplitCores(UsableCores())), "; all other cases share all cores")},
      {"load before", ReadFile("/proc/loadavg").substr(0, 4)},
      {"build", absl::StrCat(INVENTORY_BUILD_TYPE, " of commit ", kCommit)},
      {"file system", FileSystemOf(options.parent_dir)},
      {"server options", absl::StrCat(absl::StrJoin(kServerOptions, " "), options.server_options.empty() ? "" : " ",
                                      absl::StrJoin(options.server_options, " "))}};
}

// What is left out for want of a database. Said at the start, and once more in the report.
void AddMissing(const std::vector<Stage>& plan, const Sites& sites, RunFacts& run) {
  for (const Stage& stage : plan) {
    const std::string why = sites.WhyMissing(stage.cases.front().place);
    if (why.empty()) continue;
    Say(absl::StrCat(stage.name, " is left out: ", why));
    run.facts.emplace_back(stage.name, absl::StrCat("left out: ", why));
  }
}

absl::Status Write(const Options& options, const RunFacts& run, const std::vector<Result>& results) {
  std::printf("%s", Table(run, results).c_str());
  absl::Status status;
  if (!options.json.empty()) status = WriteFile(options.json, Json(run, results));
  if (!status.ok() || options.output.empty()) return status;
  status = WriteReport(options.output, run, results);
  if (status.ok()) std::printf("\nTable, JSON and charts are in %s.\n", options.output.c_str());
  return status;
}

// The report of what was measured before the run failed, so that neither it is lost nor that of an earlier run taken
// for it. Returns why the run failed.
absl::Status WriteUnfinished(const Options& options, const absl::Status& why, RunFacts run,
                             const std::vector<Result>& results) {
  const std::string reason(why.message());
  // Further lines are what a server said.
  run.facts.emplace(run.facts.begin(), kNotFinished, reason.substr(0, reason.find('\n')));
  if (results.empty() && options.output.empty() && options.json.empty()) return why;
  const absl::Status written = Write(options, run, results);
  if (!written.ok()) Say(std::string(written.message()));
  return why;
}

// Where in the output folder the logs of what failed go.
std::string LogsDir(const std::string& output) { return output.empty() ? "" : absl::StrCat(output, "/logs"); }

// Before anything is measured, as what can't be written later is lost.
absl::Status MakeOutputFolder(const std::string& folder) {
  if (folder.empty()) return absl::OkStatus();
  RemoveLogs(LogsDir(folder));
  std::error_code error;
  fs::create_directories(folder, error);
  return error ? absl::InternalError(absl::StrCat("can't make ", folder, ": ", error.message())) : absl::OkStatus();
}

// Whether databases in that folder are written to a disk, or need not be.
absl::Status CheckParentDir(const Options& options) {
  const std::string file_system = FileSystemOf(options.parent_dir);
  if (options.allow_memory || !InMemory(file_system)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      options.parent_dir, " is in memory (", file_system, "), where flushing a commit costs nothing: name a ",
      "folder on a disk with --dir, or measure that with --allow-memory"));
}

absl::Status Run(const Options& options) {
  const std::vector<Stage> plan = PlanOf(options);
  if (plan.empty()) return absl::InvalidArgumentError("no case has such an id");
  absl::Status status = CheckParentDir(options);
  if (status.ok()) status = MakeOutputFolder(options.output);
  if (!status.ok()) return status;
  Sites sites({.parent_dir = options.parent_dir,
               .server_binary = options.server,
               .server_options = options.server_options,
               .own_binary = fs::read_symlink("/proc/self/exe"),
               .peer_connections = options.peer.connections,
               .mysql_binary = options.mysql,
               .buffer_pool_mib = options.buffer_pool_mib,
               .most_history_skus = MostHistorySkus(plan),
               .redo_log_mib = options.redo_log_mib,
               .logs_dir = LogsDir(options.output),
               .report = Say});
  RunFacts run{.facts = FactsBefore(options), .rounds = plan.front().rounds, .timing = plan.front().timing};
  AddMissing(plan, sites, run);
  const uint32_t seed = options.seed != 0 ? options.seed : RandomSeed();
  run.facts.emplace_back("seed of the order", absl::StrCat(seed));
  Say(absl::StrCat("the seed of the order in which cases run is ", seed));
  const absl::Time start = absl::Now();
  std::vector<Result> results;
  status = RunPlan(plan, sites, seed, Say, results);
  for (auto& fact : sites.facts()) run.facts.push_back(std::move(fact));
  run.facts.emplace_back("took", absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Seconds(1))));
  if (!status.ok()) return WriteUnfinished(options, status, std::move(run), results);
  return Write(options, run, results);
}

}  // namespace
}  // namespace inventory::bench

// What is thrown ends the program and is shown.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  // As inventory-server does.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  inventory::bench::Options options;
  CLI::App app(
      "Measures inventory-server in turn with what else the same machine and database can do: an empty gRPC call, raw "
      "SQL and a conventional service. Reservations, orders and reads, loads beyond the peak, two servers, imports and "
      "tables that grow.");
  inventory::bench::Declare(app, options);
  CLI11_PARSE(app, argc, argv);
  if (!options.echo_server.empty()) return inventory::bench::RunEchoServer(options.echo_server);
  if (!options.peer.address.empty()) return inventory::bench::peer::RunServer(options.peer);
  inventory::bench::CatchInterrupts();
  const absl::Status status = inventory::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "inventory_bench: %s\n", std::string(status.message()).c_str());
  return absl::IsCancelled(status) ? 130 : 1;
}
