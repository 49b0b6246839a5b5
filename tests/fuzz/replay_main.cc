// Runs a fuzz target without libFuzzer, which only clang has: every input of its corpus and then inputs that are made
// from those by small changes, or the files that are named. See README.md.
//
// All but named files are run in a process of their own: whatever ends it, a broken promise, a signal, a sanitizer or a
// hang, somebody is left to say which input it was.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "tests/fuzz/changed_input.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);
// Not every target has it.
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace inventory::fuzz {
namespace {

// As server/dev/fuzz.sh has it for libFuzzer: an input takes far less, on a slow machine too.
constexpr unsigned kMostSecondsOfOne = 25;

struct Options {
  std::string program;
  std::string corpus;
  uint64_t seed = 1;
  uint64_t runs = 20'000;
  uint64_t seconds = 1;
  std::vector<std::string> files = {};
};

struct Corpus {
  std::vector<std::string> paths = {};
  std::vector<Bytes> inputs = {};
};

Bytes ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  Check(file.is_open() && !file.bad(), path + " can be read");
  return bytes;
}

// In the order of their names, on which changed inputs depend.
Corpus ReadCorpus(const std::string& folder) {
  Corpus corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) corpus.paths.push_back(entry.path());
  std::sort(corpus.paths.begin(), corpus.paths.end());
  for (const std::string& path : corpus.paths) corpus.inputs.push_back(ReadFile(path));
  return corpus;
}

// The input is alone in its memory, so that AddressSanitizer sees who reads behind its end.
void RunOne(const Bytes& bytes) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  LLVMFuzzerTestOneInput(exact.get(), bytes.size());
}

// How far the process with the inputs has come, in memory that another one sees.
struct Progress {
  std::size_t inputs = 0;  // Of the corpus, that were run.
  uint64_t changed = 0;    // Others that were.
  bool done = false;
  // The changed input that is run now.
  std::size_t size = 0;
  uint8_t bytes[kMostInputBytes] = {};
};

void RunAll(const Options& options, const Corpus& corpus, Progress& progress) {
  for (const Bytes& input : corpus.inputs) {
    alarm(kMostSecondsOfOne);
    RunOne(input);
    ++progress.inputs;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
  while (progress.changed < options.runs && std::chrono::steady_clock::now() < end) {
    alarm(kMostSecondsOfOne);
    progress.size = 0;
    const Bytes bytes = ChangedInput(corpus.inputs, options.seed + progress.changed);
    std::copy(bytes.begin(), bytes.end(), progress.bytes);
    progress.size = bytes.size();
    RunOne(bytes);
    ++progress.changed;
  }
  alarm(0);
  progress.done = true;
}

std::string HowItEnded(int status) {
  if (WIFEXITED(status)) return absl::StrCat("the program ended with status ", WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGALRM) return absl::StrCat("an input took more than ", kMostSecondsOfOne, " s");
  return absl::StrCat("the program was ended by a signal: ", strsignal(WTERMSIG(status)));
}

// Which input it was, and how to run it again alone.
std::string WhereItEnded(const Options& options, const Corpus& corpus, const Progress& progress) {
  if (progress.done) return "after the last input, where leaks are found";
  if (progress.inputs < corpus.paths.size()) {
    return absl::StrCat("repeat it: ", options.program, " ", corpus.paths[progress.inputs]);
  }
  const uint64_t seed = options.seed + progress.changed;
  const std::string kept = std::filesystem::absolute(absl::StrCat(options.program, "-finding-", seed));
  std::ofstream(kept, std::ios::binary)
      .write(reinterpret_cast<const char*>(progress.bytes), static_cast<std::streamsize>(progress.size));
  return absl::StrCat("repeat it: ", options.program, " ", kept, "\n       or: ", options.program, " --seed=", seed,
                      " --runs=1");
}

// True without a finding.
bool RunApart(const Options& options, const Corpus& corpus) {
  void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Check(shared != MAP_FAILED, "memory can be shared");
  auto& progress = *new (shared) Progress;
  const pid_t child = fork();
  Check(child >= 0, "there can be another process");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    RunAll(options, corpus, progress);
    std::exit(0);
  }
  int status = 0;
  Check(waitpid(child, &status, 0) == child, "the other process is waited for");
  if (status != 0 || !progress.done) {
    std::fprintf(stderr, "%s: FINDING, %s\n%s\n", options.program.c_str(), HowItEnded(status).c_str(),
                 WhereItEnded(options, corpus, progress).c_str());
    return false;
  }
  std::printf("%-20s no findings in %4zu inputs of the corpus and %6llu changed ones\n", options.program.c_str(),
              progress.inputs, static_cast<unsigned long long>(progress.changed));
  return true;
}

int Run(const Options& options) {
  for (const std::string& file : options.files) {
    RunOne(ReadFile(file));
    std::printf("%s: no finding in %s\n", options.program.c_str(), file.c_str());
  }
  if (!options.files.empty()) return 0;
  const Corpus corpus = ReadCorpus(options.corpus);
  if (corpus.inputs.empty()) {
    std::fprintf(stderr, "%s: no inputs in %s\n", options.program.c_str(), options.corpus.c_str());
    return 2;
  }
  return RunApart(options, corpus) ? 0 : 1;
}

}  // namespace
}  // namespace inventory::fuzz

// What is thrown ends the program and is shown.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  inventory::fuzz::Options options;
  // replay_TARGET.
  options.program = std::filesystem::path(argv[0]).filename();
  options.corpus = absl::StrCat(INVENTORY_FUZZ_CORPUS, "/", options.program.substr(options.program.find('_') + 1));
  CLI::App app("Runs a fuzz target on its corpus and on changed inputs, or on some files alone: tests/fuzz/README.md.");
  app.add_option("FILE", options.files, "Inputs to run, and nothing else")->check(CLI::ExistingFile);
  app.add_option("--corpus", options.corpus, "The folder with the inputs to begin with")->check(CLI::ExistingDirectory);
  app.add_option("--seed", options.seed, "Of the first changed input; each has the next")->capture_default_str();
  app.add_option("--runs", options.runs, "Changed inputs at most")->capture_default_str();
  app.add_option("--seconds", options.seconds, "When to make no more of them")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  return inventory::fuzz::Run(options);
}
