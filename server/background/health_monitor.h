// Whether the database can be reached.
#ifndef INVENTORY_SERVER_BACKGROUND_HEALTH_MONITOR_H_
#define INVENTORY_SERVER_BACKGROUND_HEALTH_MONITOR_H_

#include <functional>
#include <memory>
#include <optional>

#include "server/periodic.h"
#include "storage/connection.h"

namespace inventory::background {

// Asks the database once a second whether it answers and takes writes, and reports every change.
class HealthMonitor {
 public:
  // `changed` hears the first finding and each that differs from the one before, on the monitor's thread.
  HealthMonitor(storage::DatabaseOptions database, std::function<void(bool healthy)> changed);

  // No report comes after this.
  void Stop() { periodic_.Stop(); }

 private:
  absl::Duration Look();
  bool Answers();

  const storage::DatabaseOptions database_;
  const std::function<void(bool)> changed_;
  std::unique_ptr<storage::Connection> connection_;
  std::optional<bool> healthy_;
  server::Periodic periodic_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_HEALTH_MONITOR_H_
