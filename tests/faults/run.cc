#include "tests/faults/run.h"

#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/faults/episode.h"
#include "tests/faults/evidence.h"
#include "tests/faults/site.h"
#include "tests/faults/workload.h"

namespace inventory::faults {
namespace {

using history::Violation;

absl::StatusOr<std::unique_ptr<Site>> SetUpSite(Site::Options site_options) {
  auto site = Site::SetUp(std::move(site_options));
  if (!site.ok()) return site.status();
  Recorder nobody;
  auto caller = Caller::Connect({.addresses = (*site)->addresses(), .prefix = "world-"}, nobody);
  if (!caller.ok()) return caller.status();
  absl::Status made = MakeWorld(**caller);
  if (!made.ok()) return made;
  return site;
}

void Count(const Episode::Result& episode, KindResult& result) {
  ++result.faults;
  result.calls += episode.counts.calls;
  result.acknowledged += episode.counts.acknowledged;
  result.refused += episode.counts.refused;
  result.unknown += episode.counts.unknown;
  result.failed += episode.counts.failed;
  if (episode.recovery) result.recoveries.push_back(*episode.recovery);
}

std::string LineOf(const Fault& fault, const KindResult& result, int faults, const Episode::Result& episode) {
  std::string line = absl::StrCat(std::string(fault.name()), " ", result.faults, "/", faults);
  if (!episode.injected) return absl::StrCat(line, ": not done, ", episode.obstacle);
  absl::StrAppend(&line, ": ", episode.counts.calls, " calls, ", episode.counts.unknown, " unknown, ",
                  episode.counts.failed, " failed");
  if (episode.recovery) {
    absl::StrAppend(&line, ", recovered in ",
                    absl::FormatDuration(absl::Trunc(*episode.recovery, absl::Milliseconds(1))));
  }
  if (!episode.violations.empty()) absl::StrAppend(&line, ", ", episode.violations.size(), " VIOLATIONS");
  return line;
}

// Ends with the first site that is no longer fit for use: nothing that follows would say anything.
void RunEpisodes(Fault& fault, Site& site, const RunOptions& options, KindResult& result) {
  std::mt19937 random(options.seed);
  const int most_episodes = options.faults * 4 + 3;
  for (int number = 1; number <= most_episodes && result.faults < options.faults; ++number) {
    if (absl::Now() > options.deadline || (options.stop != nullptr && *options.stop)) {
      result.enough = true;
      return;
    }
    auto episode =
        Episode(site, options, absl::StrCat(std::string(fault.name()), "-", number, "-"), random()).Run(fault);
    const std::string evidence = absl::StrCat(options.output_folder, "/", std::string(fault.name()), "-", number);
    if (!episode.ok()) {
      result.violations.push_back({Violation::Kind::kNotRecovered, episode.status().ToString()});
      KeepEvidence(evidence, {}, result.violations, site.logs()).IgnoreError();
      options.report(absl::StrCat(std::string(fault.name()), ": the service is gone: ", episode.status().ToString()));
      return;
    }
    if (episode->injected) Count(*episode, result);
    options.report(LineOf(fault, result, options.faults, *episode));
    if (episode->violations.empty() && !options.keep_all) continue;
    const absl::Status kept = KeepEvidence(evidence, episode->history, episode->violations, site.logs());
    options.report(kept.ok() ? absl::StrCat("  kept in ", evidence) : std::string(kept.message()));
    result.violations.insert(result.violations.end(), std::make_move_iterator(episode->violations.begin()),
                             std::make_move_iterator(episode->violations.end()));
    if (options.until_found && !result.violations.empty()) return;
  }
  result.enough = result.faults == options.faults;
}

}  // namespace

KindResult RunKind(Fault& fault, const RunOptions& options) {
  KindResult result = {.name = std::string(fault.name()), .about = std::string(fault.about())};
  Site::Options site_options;
  site_options.server_binary = options.server_binary;
  site_options.folder = absl::StrCat(options.work_folder, "/", result.name);
  site_options.packet_hook = options.packet_hook;
  const std::string folder = site_options.folder;
  const absl::Status prepared = fault.Prepare(site_options);
  if (!prepared.ok()) {
    result.skipped = std::string(prepared.message());
    return result;
  }
  {
    auto site = SetUpSite(std::move(site_options));
    if (site.ok()) {
      RunEpisodes(fault, **site, options, result);
    } else {
      result.violations.push_back({Violation::Kind::kNotRecovered, site.status().ToString()});
      options.report(absl::StrCat(result.name, ": no site: ", site.status().ToString()));
    }
  }
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  return result;
}

}  // namespace inventory::faults
