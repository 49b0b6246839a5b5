#include "tests/bench/sites.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/bench/history.h"

namespace inventory::bench {
namespace {

constexpr Place kPlaces[] = {Place::kMain,  Place::kMySql,  Place::kReplicas, Place::kImport,
                             Place::kSmall, Place::kMiddle, Place::kLarge};

std::string NameOf(Place place) {
  switch (place) {
    case Place::kMain:
      return "MariaDB";
    case Place::kMySql:
      return "MySQL";
    case Place::kReplicas:
      return "two servers";
    case Place::kImport:
      return "imports";
    case Place::kSmall:
    case Place::kMiddle:
    case Place::kLarge:
      break;
  }
  return ShortCount(HistorySkus(place)) + " SKUs";
}

std::string LogsOf(const std::string& logs_dir, Place place) {
  return absl::StrCat(logs_dir, "/", absl::StrReplaceAll(NameOf(place), {{" ", "-"}}));
}

}  // namespace

int64_t HistorySkus(Place place) {
  switch (place) {
    case Place::kSmall:
      return 10'000;
    case Place::kMiddle:
      return 200'000;
    case Place::kLarge:
      return 1'000'000;
    default:
      return 0;
  }
}

void RemoveLogs(const std::string& logs_dir) {
  std::error_code error;
  for (const Place place : kPlaces) std::filesystem::remove_all(LogsOf(logs_dir, place), error);
  // Unless there is something else in it.
  std::filesystem::remove(logs_dir, error);
}

std::string Sites::WhyMissing(Place place) const {
  if (place != Place::kMySql || !options_.mysql_binary.empty()) return "";
  return "no mysqld: name one with --mysql or INVENTORY_BENCH_MYSQL; server/dev/mysql9.sh gets one";
}

Site::Options Sites::OptionsOf(Place place) const {
  const int usual_pool_mib = HistorySkus(place) == 0 ? kUsualPoolMib : BufferPoolMib(options_.most_history_skus);
  return {.name = NameOf(place),
          .parent_dir = options_.parent_dir,
          .database_binary = place == Place::kMySql ? options_.mysql_binary : "",
          // As each server does by default.
          .binary_log = place == Place::kMySql,
          .buffer_pool_mib = options_.buffer_pool_mib.value_or(usual_pool_mib),
          .redo_log_mib = options_.redo_log_mib,
          .servers = place == Place::kReplicas ? 2 : 1,
          .history_skus = HistorySkus(place),
          .server_binary = options_.server_binary,
          .server_options = options_.server_options,
          .own_binary = options_.own_binary,
          .peer_connections = options_.peer_connections,
          .logs_dir = options_.logs_dir.empty() ? "" : LogsOf(options_.logs_dir, place),
          .report = options_.report};
}

absl::StatusOr<Site*> Sites::Get(Place place) {
  const auto found = sites_.find(place);
  if (found != sites_.end()) return found->second.get();
  options_.report(absl::StrCat(NameOf(place), ": starting a database and its servers, and loading stock"));
  absl::StatusOr<std::unique_ptr<Site>> site = Site::SetUp(OptionsOf(place));
  if (!site.ok()) return site.status();
  options_.report(absl::StrCat(NameOf(place), ": verified ", absl::StrJoin((*site)->database_facts(), ", ")));
  return (sites_[place] = *std::move(site)).get();
}

absl::Status Sites::VerifyQuickOnes() {
  for (const auto& [place, site] : sites_) {
    absl::Status right = site->CheckConsistentIfQuick();
    if (!right.ok()) return absl::Status(right.code(), absl::StrCat(site->name(), ": ", right.message()));
  }
  return absl::OkStatus();
}

absl::Status Sites::Close(Place place) {
  const auto found = sites_.find(place);
  if (found == sites_.end()) return absl::OkStatus();
  Site& site = *found->second;
  options_.report(absl::StrCat(site.name(), ": verifying the stock"));
  const absl::Status exact = site.CheckAllReserved();
  if (!exact.ok()) return absl::Status(exact.code(), absl::StrCat(site.name(), ": ", exact.message()));
  const absl::StatusOr<int64_t> checked = site.CheckConsistent();
  if (!checked.ok()) {
    return absl::Status(checked.status().code(), absl::StrCat(site.name(), ": ", checked.status().message()));
  }
  facts_.emplace_back(site.name(),
                      absl::StrCat(absl::StrJoin(site.database_facts(), ", "), "; all ", *checked, " SKUs verified"));
  site.DropLogs();
  sites_.erase(found);
  return absl::OkStatus();
}

std::vector<std::pair<std::string, std::string>> Sites::facts() const {
  std::vector<std::pair<std::string, std::string>> all = facts_;
  for (const auto& [place, site] : sites_) {
    all.emplace_back(site->name(), absl::StrCat(absl::StrJoin(site->database_facts(), ", "), "; not verified"));
  }
  return all;
}

}  // namespace inventory::bench
