#include "server/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "storage/mutex.h"

// There only where the program is linked with jemalloc: http://jemalloc.net/jemalloc.3.html
extern "C" int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value, std::size_t new_size)
    __attribute__((weak));

namespace inventory::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

class Families {
 public:
  void Add(std::string name, std::string help, MetricType type, double value, prometheus::ClientMetric::Label label) {
    if (all_.empty() || all_.back().name != name) {
      all_.push_back({.name = std::move(name), .help = std::move(help), .type = type, .metric = {}});
    }
    prometheus::ClientMetric& metric = all_.back().metric.emplace_back();
    if (!label.name.empty()) metric.label.push_back(std::move(label));
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  }
  void Gauge(std::string name, std::string help, double value) {
    Add(std::move(name), std::move(help), MetricType::Gauge, value, {});
  }
  std::vector<MetricFamily> Take() { return std::move(all_); }

 private:
  std::vector<MetricFamily> all_;
};

// The fields of /proc/self/stat from the third on, "state", by their numbers in proc(5) less three. The name before
// them may hold anything.
std::vector<std::string> Stat() {
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return {};
  return absl::StrSplit(absl::string_view(text).substr(name_end + 2), ' ');
}

double Field(const std::vector<std::string>& stat, std::size_t number) {
  double value = 0;
  return number - 3 < stat.size() && absl::SimpleAtod(stat[number - 3], &value) ? value : 0;
}

std::optional<double> BootTime() {
  std::ifstream file("/proc/stat");
  double seconds = 0;
  for (std::string line; std::getline(file, line);) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    if (words.size() == 2 && words[0] == "btime" && absl::SimpleAtod(words[1], &seconds)) return seconds;
  }
  return std::nullopt;
}

void AddProcess(Families& families) {
  const std::vector<std::string> stat = Stat();
  if (stat.empty()) return;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  families.Add("process_cpu_seconds_total", "Time on CPUs, of the program and of the system for it.",
               MetricType::Counter, (Field(stat, 14) + Field(stat, 15)) / ticks, {});
  families.Gauge("process_resident_memory_bytes", "Memory in use.", Field(stat, 24) * page);
  families.Gauge("process_virtual_memory_bytes", "Address space in use.", Field(stat, 23));
  families.Gauge("process_threads", "Threads.", Field(stat, 20));
  if (const std::optional<double> boot = BootTime()) {
    families.Gauge("process_start_time_seconds", "When the process was started, in Unix seconds.",
                   *boot + Field(stat, 22) / ticks);
  }
}

void AddDescriptors(Families& families) {
  // Opened once, so that it can still be read when there are no descriptors left.
  static DIR* const open = opendir("/proc/self/fd");
  static storage::Mutex reading;
  storage::MutexLock lock(reading);
  if (open == nullptr) return;
  rewinddir(open);
  int count = 0;
  for (const dirent* entry = readdir(open); entry != nullptr; entry = readdir(open)) count += entry->d_name[0] != '.';
  families.Gauge("process_open_fds", "Open descriptors.", count);
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  families.Gauge("process_max_fds", "Most descriptors that may be open.", static_cast<double>(limit.rlim_cur));
}

void AddAllocator(Families& families) {
  if (mallctl == nullptr) return;
  // Figures are of the last epoch.
  uint64_t epoch = 1;
  std::size_t size = sizeof(epoch);
  mallctl("epoch", &epoch, &size, &epoch, sizeof(epoch));
  for (const char* state : {"allocated", "active", "resident", "mapped", "retained"}) {
    std::size_t bytes = 0;
    size = sizeof(bytes);
    if (mallctl((std::string("stats.") + state).c_str(), &bytes, &size, nullptr, 0) != 0) continue;
    families.Add("inventory_allocator_bytes", "What the allocator, jemalloc, has of memory in each state.",
                 MetricType::Gauge, static_cast<double>(bytes), {"state", state});
  }
}

}  // namespace

std::vector<MetricFamily> CollectProcess() {
  Families families;
  AddProcess(families);
  AddDescriptors(families);
  AddAllocator(families);
  return families.Take();
}

}  // namespace inventory::server
