// inventory_faults: breaks a real service in every way that it must stand, and checks what its callers were told.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "storage/mutex.h"
#include "tests/faults/fault.h"
#include "tests/faults/mutants.h"
#include "tests/faults/run.h"
#include "tests/faults/table.h"

namespace inventory::faults {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string server = INVENTORY_SERVER;
  std::vector<std::string> kinds;
  int faults = 50;
  int seconds = 0;
  uint32_t seed = 0;
  int jobs = 2;
  std::string dir = fs::temp_directory_path();
  std::string output = "faults";
  bool keep = false;
  bool list = false;
  bool mutants = false;
};

std::atomic<bool> interrupted = false;

void CatchInterrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    // As under nohup.
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    action.sa_handler = [](int) { interrupted = true; };
    // A second one ends it at once.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
  ::signal(SIGPIPE, SIG_IGN);
}

// What is mounted from now on is seen by this process and its children only, and is gone with them. Needs root, as
// mounting does.
void KeepMountsPrivate() {
  if (unshare(CLONE_NEWNS) == 0) mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
}

void Say(const std::string& line) {
  static auto& mutex = *new storage::Mutex();
  storage::MutexLock lock(mutex);
  std::fprintf(stderr, "%s %s\n", absl::FormatTime("%H:%M:%S", absl::Now(), absl::LocalTimeZone()).c_str(),
               line.c_str());
}

// A folder that is removed with this.
class WorkFolder {
 public:
  static absl::StatusOr<std::unique_ptr<WorkFolder>> Make(const std::string& parent) {
    std::string path = parent + "/inventory-faults-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) return absl::InternalError(absl::StrCat("can't make a folder in ", parent));
    return std::unique_ptr<WorkFolder>(new WorkFolder(path));
  }
  ~WorkFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }

 private:
  explicit WorkFolder(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

RunOptions OptionsOf(const Options& options, const std::string& work_folder) {
  return {.server_binary = options.server,
          .work_folder = work_folder,
          .output_folder = options.output,
          .faults = options.faults,
          .seed = options.seed,
          .deadline = options.seconds > 0 ? absl::Now() + absl::Seconds(options.seconds) : absl::InfiniteFuture(),
          .report = Say,
          .keep_all = options.keep,
          .stop = &interrupted};
}

// Does `act` for 0 up to, but not, `count`, some at a time.
void ForEach(std::size_t count, int jobs, const std::function<void(std::size_t)>& act) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < jobs; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < count; at = next++) act(at);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Results in the order of the faults.
std::vector<KindResult> RunAll(const std::vector<std::unique_ptr<Fault>>& faults, const RunOptions& options, int jobs) {
  std::vector<KindResult> results(faults.size());
  ForEach(faults.size(), jobs, [&](std::size_t at) { results[at] = RunKind(*faults[at], options); });
  return results;
}

absl::StatusOr<std::vector<std::unique_ptr<Fault>>> Chosen(const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<Fault>> chosen;
  std::set<std::string> wanted(names.begin(), names.end());
  for (auto& fault : AllFaults()) {
    if (names.empty() || wanted.erase(std::string(fault->name())) > 0) chosen.push_back(std::move(fault));
  }
  if (names.empty() || wanted.empty()) return chosen;
  return absl::InvalidArgumentError(absl::StrCat("there is no fault ", absl::StrJoin(wanted, ", "), "; see --list"));
}

// As the other tests do: a file for the report, or an error where nothing may be skipped.
bool MaySkip(const std::vector<KindResult>& results) {
  const char* reports = std::getenv("SKIP_REPORTS");
  std::string skipped;
  for (const KindResult& result : results) {
    if (!result.skipped.empty()) absl::StrAppend(&skipped, "faults.", result.name, ": ", result.skipped, "\n");
  }
  if (reports != nullptr && !skipped.empty()) std::ofstream(absl::StrCat(reports, "/faults.skipped")) << skipped;
  return skipped.empty() || std::getenv("INVENTORY_NO_SKIPS") == nullptr;
}

int Finish(const Options& options, const std::vector<KindResult>& results) {
  const std::string table = ResultsTable(results);
  std::printf("%s", table.c_str());
  std::error_code error;
  fs::create_directories(options.output, error);
  std::ofstream(options.output + "/table.txt") << table;
  std::size_t violations = 0;
  int faults = 0;
  for (const KindResult& result : results) {
    violations += result.violations.size();
    faults += result.faults;
  }
  if (interrupted) {
    std::printf("interrupted\n");
    return 130;
  }
  if (violations > 0) std::printf("%zu violations: see %s\n", violations, options.output.c_str());
  if (faults == 0) std::printf("nothing was done\n");
  bool enough = faults > 0;
  for (const KindResult& result : results) {
    if (result.enough || !result.skipped.empty() || !result.violations.empty()) continue;
    std::printf("%s: only %d faults could be done\n", result.name.c_str(), result.faults);
    enough = false;
  }
  if (!MaySkip(results)) {
    std::printf("nothing may be skipped here\n");
    return 1;
  }
  return violations > 0 || !enough ? 1 : 0;
}

int RunFaults(const Options& options, const std::string& work_folder) {
  auto faults = Chosen(options.kinds);
  if (!faults.ok()) {
    std::fprintf(stderr, "inventory_faults: %s\n", std::string(faults.status().message()).c_str());
    return 2;
  }
  return Finish(options, RunAll(*faults, OptionsOf(options, work_folder), options.jobs));
}

// Whether it is caught, by what it does.
bool RunMutant(const Mutant& mutant, const Options& options, const std::string& work_folder) {
  RunOptions run = OptionsOf(options, absl::StrCat(work_folder, "/", mutant.name));
  run.output_folder = absl::StrCat(options.output, "/", mutant.name);
  // Some break what comes back by itself, and nothing is gained by waiting for that.
  run.patience = absl::Seconds(10);
  run.mutant = mutant.caller;
  run.packet_hook = mutant.packet_hook;
  run.until_found = true;
  const auto fault = mutant.fault();
  const KindResult result = RunKind(*fault, run);
  const auto caught =
      std::find_if(result.violations.begin(), result.violations.end(),
                   [&](const history::Violation& violation) { return mutant.expected.contains(violation.kind); });
  const bool found = caught != result.violations.end();
  std::printf("%-24s %-8s %s\n", mutant.name.c_str(), found ? "caught" : "MISSED",
              found
                  ? absl::StrCat(std::string(history::NameOf(caught->kind)), ": ", caught->what.substr(0, 100)).c_str()
                  : mutant.about.c_str());
  std::fflush(stdout);
  return found;
}

// Whether all are, some at a time.
bool RunMutants(const Options& options, const std::string& work_folder) {
  const std::vector<Mutant> mutants = AllMutants();
  std::atomic<bool> all_caught = true;
  ForEach(mutants.size(), options.jobs, [&](std::size_t at) {
    if (!RunMutant(mutants[at], options, work_folder)) all_caught = false;
  });
  return all_caught;
}

void Declare(CLI::App& app, Options& options) {
  app.add_option("--server", options.server, "The program inventory-server")->check(CLI::ExistingFile);
  app.add_option("--kinds", options.kinds, "Only these kinds of faults, separated by commas")->delimiter(',');
  app.add_option("--faults", options.faults, "Faults of each kind")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "No fault begins after so many seconds; 0: no limit")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of all chance but the machine's own; 0: a new one")->capture_default_str();
  app.add_option("--jobs", options.jobs, "Kinds, or mutants, at once, each with a server and a database")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--dir", options.dir, "Folder on a disk in which databases work")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_option("--output", options.output, "Folder for the table, and for histories and logs of what is found")
      ->capture_default_str();
  app.add_flag("--keep", options.keep, "Keep histories and logs of all faults");
  app.add_flag("--list", options.list, "List the kinds of faults");
  app.add_flag("--mutants", options.mutants, "Check that faults made on purpose are found");
}

int Main(Options options) {
  if (options.list) {
    for (const auto& fault : AllFaults()) {
      std::printf("%-24s %s\n", std::string(fault->name()).c_str(), std::string(fault->about()).c_str());
    }
    return 0;
  }
  CatchInterrupts();
  KeepMountsPrivate();
  if (options.seed == 0) options.seed = std::random_device()();
  Say(absl::StrCat("the seed is ", options.seed));
  const auto folder = WorkFolder::Make(options.dir);
  if (!folder.ok()) {
    std::fprintf(stderr, "inventory_faults: %s\n", std::string(folder.status().message()).c_str());
    return 2;
  }
  if (options.mutants) return RunMutants(options, (*folder)->path()) ? 0 : 1;
  return RunFaults(options, (*folder)->path());
}

}  // namespace
}  // namespace inventory::faults

// What is thrown ends the program and is shown.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  inventory::faults::Options options;
  CLI::App app(
      "Breaks inventory-server, its database and the networks between them under load, again and again, and checks "
      "that nothing that was acknowledged is lost, nothing is done twice, nothing oversold, and that the service comes "
      "back by itself. Ends with 0 if all is well, 1 if not, 2 if it can't run.");
  inventory::faults::Declare(app, options);
  CLI11_PARSE(app, argc, argv);
  return inventory::faults::Main(std::move(options));
}
