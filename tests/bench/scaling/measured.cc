#include "tests/bench/scaling/measured.h"

#include <cstddef>
#include <cstdio>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/read_file.h"

namespace inventory::bench::scaling {
namespace {

// Names are in the first columns of a line, figures in the others; see tests/bench/table.cc.
constexpr std::size_t kNameWidth = 50;

// What the title of a group of cases says of them; nothing if they are others, or it is no title.
std::optional<Measured> ParseTitle(absl::string_view line) {
  for (const auto& [title, servers] :
       {std::pair("comparison: ", 1), std::pair("more and fewer in flight: ", 1), std::pair("two servers: ", 2)}) {
    if (absl::StartsWith(line, title)) return Measured{.hot = absl::StrContains(line, "hot SKU"), .servers = servers};
  }
  return std::nullopt;
}

// A case of the group.
std::optional<Measured> ParseCase(const std::string& line, Measured measured) {
  const char* const name = measured.servers == 1 ? " (d) ReserveStock, %d in flight"  //
                                                 : " half of the calls to each server, %d in flight";
  if (std::sscanf(line.c_str(), name, &measured.in_flight) != 1) return std::nullopt;
  std::vector<std::string> figures = absl::StrSplit(line.substr(kNameWidth), ' ', absl::SkipEmpty());
  std::erase(figures, "%");
  // Per second, range, three times, and CPU time of client, server and database.
  const bool whole = figures.size() >= 8 && absl::SimpleAtod(figures[0], &measured.per_second) &&
                     absl::SimpleAtod(figures[6], &measured.server_us) &&
                     absl::SimpleAtod(figures[7], &measured.database_us);
  return whole ? std::optional(measured) : std::nullopt;
}

}  // namespace

std::vector<Measured> ParseMeasured(const std::string& table) {
  std::vector<Measured> all;
  std::optional<Measured> group;
  bool in_case = false;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(table, '\n'))) {
    if (!line.empty() && line[0] != ' ') group = ParseTitle(line);
    if (!group || line.size() <= kNameWidth) continue;
    if (in_case) std::sscanf(line.c_str(), " in batches of %lf commands", &all.back().commands);
    const std::optional<Measured> measured = ParseCase(line, *group);
    in_case = measured.has_value();
    if (measured) all.push_back(*measured);
  }
  return all;
}

absl::StatusOr<std::vector<Measured>> ReadMeasured(const std::string& path) {
  std::vector<Measured> all = ParseMeasured(ReadFile(path));
  if (all.empty()) return absl::NotFoundError(absl::StrCat("no figures of ReserveStock in ", path));
  return all;
}

}  // namespace inventory::bench::scaling
