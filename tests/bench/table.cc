#include "tests/bench/table.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace inventory::bench {
namespace {

constexpr std::size_t kColumns = 110;
constexpr std::size_t kNameWidth = 50;
constexpr std::size_t kFactColumn = 21;  // Where the values of facts begin.

// What groups are about, in their order; SubjectOf gives one of them. Each has a group for every workload.
constexpr const char* kSubjects[] = {"comparison", "more and fewer in flight",
                                     "orders",     "reads",
                                     "open loop",  "two servers",
                                     "growth",     "import",
                                     "MySQL",      "others"};

// The subject of a case on the main database.
const char* SubjectOnMain(const Case& what) {
  const auto begins = [&what](const char* word) { return absl::StartsWith(what.id, word); };
  if (what.kind != Kind::kOther) {
    const bool usual = what.kind == Kind::kEcho || what.kind == Kind::kBatches || what.concurrency == 1 ||
                       what.concurrency == 256 || (what.kind == Kind::kTransactions && what.concurrency == 16);
    return usual ? "comparison" : "more and fewer in flight";
  }
  if (begins("zipf") || begins("mix-orders")) return "orders";
  if (begins("read") || begins("mix-reads")) return "reads";
  return begins("open") ? "open loop" : "others";
}

absl::string_view SubjectOf(const Case& what) {
  switch (what.place) {
    case Place::kMain:
      return SubjectOnMain(what);
    case Place::kMySql:
      return "MySQL";
    case Place::kReplicas:
      return "two servers";
    case Place::kImport:
      return "import";
    case Place::kSmall:
    case Place::kMiddle:
    case Place::kLarge:
      return "growth";
  }
  return "others";
}

// `first` and then the parts with `separator` between them, on as many lines as they take; all but the first line begin
// with `indent` spaces.
std::string Wrapped(std::string first, std::size_t indent, const std::vector<std::string>& parts,
                    absl::string_view separator) {
  std::string lines;
  std::string line = std::move(first);
  bool begun = false;
  for (const std::string& part : parts) {
    if (begun && line.size() + separator.size() + part.size() >= kColumns) {
      absl::StrAppend(&lines, absl::StripTrailingAsciiWhitespace(absl::StrCat(line, separator)), "\n");
      line = std::string(indent, ' ');
      begun = false;
    }
    absl::StrAppend(&line, begun ? separator : "", part);
    begun = true;
  }
  return absl::StrCat(lines, line, "\n");
}

std::string RoundedOrDash(std::optional<double> value) { return value ? Rounded(*value) : "-"; }

// The median, if all rounds have the figure: of those alone that were long enough for it, it could be below that of a
// lesser part of all calls.
std::optional<double> IfAllHave(const Result& result, std::optional<double> Sample::*figure) {
  const bool all = std::all_of(result.rounds.begin(), result.rounds.end(),
                               [figure](const Sample& sample) { return (sample.*figure).has_value(); });
  return all ? MedianOf(result, figure) : std::nullopt;
}

// A time that is 0 was not measured.
std::optional<double> IfAny(double time) { return time == 0 ? std::nullopt : std::optional(time); }

std::string ResultLine(const Result& result) {
  const Cpu cpu = MedianCpu(result);
  const std::optional<double> memory = ServerMemory(result);
  const char kind = static_cast<char>(result.what.kind);
  const std::string mark = result.what.kind == Kind::kOther ? "  " : absl::StrFormat("  (%c) ", kind);
  const std::string range = result.rounds.size() > 1 ? absl::StrFormat("%.0f %%", SpreadPercent(result)) : "-";
  const std::string name = absl::StrCat(mark, result.what.description);
  // Names that are too long have a line of their own.
  const std::string before = name.size() > kNameWidth ? absl::StrCat(name, "\n") : "";
  std::string line = absl::StrFormat(
      "%s%-*s %7.0f %5s %6s %6s %6s %5.0f %6.0f %5.0f %4s", before, static_cast<int>(kNameWidth),
      before.empty() ? name : "", MedianOf(result, &Sample::per_second), range,
      RoundedOrDash(IfAny(MedianOf(result, &Sample::p50_ms))), RoundedOrDash(IfAllHave(result, &Sample::p99_ms)),
      RoundedOrDash(IfAllHave(result, &Sample::p999_ms)), cpu.client, cpu.server, cpu.database,
      memory ? absl::StrFormat("%.0f", *memory) : "");
  absl::StripTrailingAsciiWhitespace(&line);
  return absl::StrCat(line, "\n");
}

std::string BatchLine(const Result& result) {
  const BatchFigures& batches = result.batches;
  if (batches.batches <= 0) return "";
  return absl::StrFormat("      in batches of %s commands and %s ms, of which %s ms for writing and committing\n",
                         Rounded(batches.commands / batches.batches), Rounded(1000 * batches.seconds / batches.batches),
                         Rounded(1000 * batches.commit_seconds / batches.batches));
}

// One of the further figures; empty if it is shown elsewhere. A step of a flow has its rate and times together, as
// "ship 1646/s in 28.3 and 46.9 ms".
std::string MoreText(const Result& result, const std::string& name) {
  const double value = *MedianOfMore(result, name);
  if (value == 0 || name == "server_memory_mib" || name == "skus" || name == "movements") return "";
  const auto of_step = [&](absl::string_view ending) -> std::optional<absl::string_view> {
    absl::string_view step = name;
    const bool whole = absl::ConsumeSuffix(&step, ending) && MedianOfMore(result, absl::StrCat(step, "_p50_ms")) &&
                       MedianOfMore(result, absl::StrCat(step, "_per_second"));
    return whole ? std::optional(step) : std::nullopt;
  };
  if (of_step("_p50_ms") || of_step("_p99_ms")) return "";
  std::string text = absl::StrCat(absl::StrReplaceAll(name, {{"_per_second", "/s"}, {"_", " "}}), " ", Rounded(value));
  if (const auto step = of_step("_per_second")) {
    text = absl::StrFormat("%s %s/s in %s and %s ms", absl::StrReplaceAll(*step, {{"_", " "}}), Rounded(value),
                           Rounded(*MedianOfMore(result, absl::StrCat(*step, "_p50_ms"))),
                           RoundedOrDash(MedianOfMore(result, absl::StrCat(*step, "_p99_ms"))));
  }
  return text;
}

// What a schedule offered, what was refused, and the further figures of the case.
std::string MoreLine(const Result& result) {
  std::vector<std::string> parts;
  const double offered = MedianOf(result, &Sample::offered_per_second);
  const double refused = MedianOf(result, &Sample::refused_per_second);
  if (offered > 0) parts.push_back(absl::StrFormat("offered %.0f/s", offered));
  if (refused > 0) {
    const std::optional<double> median = MedianOf(result, &Sample::refused_p50_ms);
    parts.push_back(absl::StrFormat("refused %.0f/s, in %s ms (median)", refused, RoundedOrDash(median)));
  }
  for (const std::string& name : NamesOfMore(result)) {
    if (const std::string text = MoreText(result, name); !text.empty()) parts.push_back(text);
  }
  return parts.empty() ? "" : Wrapped("      ", 6, parts, "; ");
}

// "1 round of 8s" if that is not what RunFacts say.
std::string OtherTiming(const RunFacts& run, const Group& group) {
  const Result& first = *group.results.front();
  const int rounds = static_cast<int>(first.rounds.size());
  if (rounds == run.rounds && first.timing.measured == run.timing.measured) return "";
  return absl::StrFormat(", %d x %s", rounds, absl::FormatDuration(first.timing.measured));
}

std::string GroupTable(const RunFacts& run, const Group& group) {
  std::string table = absl::StrFormat("\n%-*s %7s %5s %6s %6s %6s %5s %6s %5s %4s\n", static_cast<int>(kNameWidth),
                                      absl::StrCat(group.title, OtherTiming(run, group)), "per s", "range", "p50",
                                      "p99", "p99.9", "client", "server", "db", "MiB");
  for (const Result* result : group.results) {
    absl::StrAppend(&table, ResultLine(*result), BatchLine(*result), MoreLine(*result));
  }
  return table;
}

std::string FactLines(const std::string& name, const std::string& value) {
  return Wrapped(absl::StrFormat("  %-*s", static_cast<int>(kFactColumn) - 2, name), kFactColumn,
                 absl::StrSplit(value, ' '), " ");
}

}  // namespace

std::vector<Group> Groups(const std::vector<Result>& results) {
  std::vector<Group> groups;
  for (const char* subject : kSubjects) {
    for (const std::optional<Workload>& workload :
         {std::optional<Workload>(), std::optional(Workload::kHot), std::optional(Workload::kUniform)}) {
      Group group = {.title = workload ? absl::StrCat(subject, ": ", NameOf(*workload)) : subject, .results = {}};
      for (const Result& result : results) {
        const bool belongs = SubjectOf(result.what) == subject && result.what.workload == workload;
        if (belongs && !result.rounds.empty()) group.results.push_back(&result);
      }
      if (!group.results.empty()) groups.push_back(std::move(group));
    }
  }
  return groups;
}

std::string ResultsTable(const RunFacts& run, const std::vector<Result>& results) {
  std::string table = "\n";
  for (const auto& [name, value] : run.facts) absl::StrAppend(&table, FactLines(name, value));
  absl::StrAppend(&table, FactLines("measured", absl::StrFormat("%d %s of %s after %s of warm-up, all cases in turn; "
                                                                "medians; times in ms; range: best to worst round; "
                                                                "client, server, db: us of CPU time for one",
                                                                run.rounds, run.rounds == 1 ? "round" : "rounds",
                                                                absl::FormatDuration(run.timing.measured),
                                                                absl::FormatDuration(run.timing.warmup))));
  for (const Group& group : Groups(results)) absl::StrAppend(&table, GroupTable(run, group));
  return table;
}

}  // namespace inventory::bench
