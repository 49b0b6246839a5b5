#include "server/background/health_monitor.h"

#include <utility>

#include "storage/server_facts.h"

namespace inventory::background {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);
// A database that needs longer for this is of no use to callers either.
constexpr absl::Duration kPatience = absl::Seconds(2);

storage::DatabaseOptions Impatient(storage::DatabaseOptions options) {
  options.connect_timeout = options.read_timeout = options.write_timeout = kPatience;
  return options;
}

}  // namespace

HealthMonitor::HealthMonitor(storage::DatabaseOptions database, std::function<void(bool)> changed)
    : database_(Impatient(std::move(database))), changed_(std::move(changed)), periodic_([this] { return Look(); }) {}

absl::Duration HealthMonitor::Look() {
  bool healthy = Answers();
  if (!healthy && connection_ != nullptr) {
    // It takes no writes. A new connection may find a server that does, and takes all others there.
    connection_.reset();
    healthy = Answers();
  }
  if (healthy_ != healthy) {
    healthy_ = healthy;
    changed_(healthy);
  }
  return kInterval;
}

bool HealthMonitor::Answers() {
  if (connection_ == nullptr || connection_->broken()) {
    connection_.reset();
    absl::StatusOr<std::unique_ptr<storage::Connection>> opened = storage::Connection::Open(database_);
    if (!opened.ok()) return false;
    connection_ = *std::move(opened);
  }
  storage::Sql sql;
  sql.Raw("SELECT @@GLOBAL.read_only");
  absl::StatusOr<std::vector<storage::Rows>> results = connection_->Execute(sql);
  if (!results.ok()) {
    connection_.reset();
    return false;
  }
  return !storage::IsReadOnly(results->front()[0].Text(0));
}

}  // namespace inventory::background
