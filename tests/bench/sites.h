// The sites of a run.
#ifndef INVENTORY_TESTS_BENCH_SITES_H_
#define INVENTORY_TESTS_BENCH_SITES_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/results.h"
#include "tests/bench/site.h"

namespace inventory::bench {

// The memory for pages of a database without a history, in MiB.
inline constexpr int kUsualPoolMib = 1024;

// How many SKUs with a history there are at a place: 0 for those that have none.
int64_t HistorySkus(Place place);

// Removes what sites of an earlier run have left in such a `logs_dir`.
void RemoveLogs(const std::string& logs_dir);

// Sets sites up when they are needed and tears them down when they are not.
class Sites {
 public:
  struct Options {
    std::string parent_dir;                     // Where the databases' folders are made.
    std::string server_binary;                  // Path of inventory-server.
    std::vector<std::string> server_options;    // More options for `serve`.
    std::string own_binary;                     // Path of this program.
    int peer_connections = peer::kConnections;  // Of the peer to each database.
    std::string mysql_binary;                   // Path of mysqld. Empty: there is none.
    std::optional<int> buffer_pool_mib;         // Of each database. Default: kUsualPoolMib, or what history needs.
    int64_t most_history_skus = 0;              // Of any place in this run: all that have a history get as much memory.
    int redo_log_mib = 1024;                    // Of each, too.
    std::string logs_dir;                       // Site::Options::logs_dir is a folder in it. Empty: none.
    std::function<void(const std::string&)> report;
  };

  explicit Sites(Options options) : options_(std::move(options)) {}

  // Why there is no such site here; empty if there is.
  std::string WhyMissing(Place place) const;

  // The site, which is set up if it is not there.
  absl::StatusOr<Site*> Get(Place place);

  // Verifies the stock of all sites where that doesn't take long.
  absl::Status VerifyQuickOnes();

  // Checks the site's stock and tears it down.
  absl::Status Close(Place place);

  // What is known of the sites by their names: the database's settings, and whether the stock was verified.
  std::vector<std::pair<std::string, std::string>> facts() const;

 private:
  Site::Options OptionsOf(Place place) const;

  const Options options_;
  std::map<Place, std::unique_ptr<Site>> sites_;
  std::vector<std::pair<std::string, std::string>> facts_;  // Of those that were closed.
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_SITES_H_
