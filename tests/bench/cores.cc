#include "tests/bench/cores.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace inventory::bench {
namespace {

namespace fs = std::filesystem;

std::string Listed(const std::vector<int>& cores) {
  if (cores.size() == 1) return absl::StrCat("core ", cores.front());
  const std::string most = absl::StrJoin(cores.begin(), cores.end() - 1, ", ");
  return absl::StrCat("cores ", most, " and ", cores.back());
}

std::set<int> ThreadsOf(int process) {
  std::set<int> threads;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(absl::StrCat("/proc/", process, "/task"), error)) {
    int thread = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &thread)) threads.insert(thread);
  }
  return threads;
}

absl::Status KeepThread(int thread, const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  // A thread that has ended meanwhile needs no core.
  if (sched_setaffinity(thread, sizeof(set), &set) == 0 || errno == ESRCH) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("can't keep thread ", thread, " on ", Listed(cores), ": ", std::strerror(errno)));
}

// New threads have the cores of those that start them, so that the last look finds none that is not kept.
absl::Status Keep(int process, const std::vector<int>& cores) {
  std::set<int> kept;
  for (;;) {
    const std::set<int> threads = ThreadsOf(process);
    if (std::includes(kept.begin(), kept.end(), threads.begin(), threads.end())) break;
    for (const int thread : threads) {
      absl::Status status = KeepThread(thread, cores);
      if (!status.ok()) return status;
    }
    kept.insert(threads.begin(), threads.end());
  }
  return kept.empty() ? absl::InternalError(absl::StrCat("there is no process ", process)) : absl::OkStatus();
}

}  // namespace

std::vector<int> UsableCores(int thread) {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (sched_getaffinity(thread, sizeof(set), &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

std::optional<CoreSplit> SplitCores(const std::vector<int>& cores) {
  if (cores.size() < 2) return std::nullopt;
  const auto first_of_load = cores.end() - std::max<std::ptrdiff_t>(1, std::ssize(cores) / 4);
  return CoreSplit{.load = {first_of_load, cores.end()}, .server = {cores.begin(), first_of_load}};
}

std::string Describe(const std::optional<CoreSplit>& split) {
  if (!split) return "load, server and database share one core";
  return absl::StrCat("load on ", Listed(split->load), ", server and database on ", Listed(split->server));
}

LoadApart::LoadApart(std::vector<int> serving)
    : serving_(std::move(serving)), all_(UsableCores()), split_(SplitCores(all_)) {
  if (!split_) return;
  status_ = Keep(getpid(), split_->load);
  for (const int process : serving_) {
    if (status_.ok()) status_ = Keep(process, split_->server);
  }
}

LoadApart::~LoadApart() {
  if (!split_) return;
  // What has ended by itself is found out by others.
  Keep(getpid(), all_).IgnoreError();
  for (const int process : serving_) Keep(process, all_).IgnoreError();
}

}  // namespace inventory::bench
