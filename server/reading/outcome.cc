#include "server/reading/outcome.h"

#include <optional>

#include "server/errors.h"
#include "server/logging.h"
#include "storage/connection.h"

namespace inventory::reading {
namespace {

// What the caller hears of trouble that may pass; nothing if the fault is the service's own.
std::optional<absl::Status> Passing(storage::SqlFault fault) {
  switch (fault) {
    case storage::SqlFault::kConnectionLost:
    case storage::SqlFault::kReadOnly:
      return Unavailable("DATABASE_UNAVAILABLE", "the database can't be reached; call again");
    case storage::SqlFault::kDeadlock:
    case storage::SqlFault::kLockTimeout:
      return Unavailable("CONTENTION", "writes to the same rows kept getting in the way; call again");
    case storage::SqlFault::kTooSlow:
      return absl::DeadlineExceededError("the database takes too long for this; ask for less, or by another filter");
    case storage::SqlFault::kNone:
    case storage::SqlFault::kDuplicateKey:
    case storage::SqlFault::kOther:
      break;
  }
  return std::nullopt;
}

}  // namespace

absl::Status Outcome(absl::Status status) {
  const storage::SqlFault fault = storage::FaultOf(status);
  if (fault == storage::SqlFault::kNone) return status;
  return Passing(fault).value_or(
      absl::InternalError("the read could not be carried out; this is a fault of the service"));
}

void LogFault(const absl::Status& status, const tracing::Trace* trace) {
  const storage::SqlFault fault = storage::FaultOf(status);
  if (fault == storage::SqlFault::kNone || Passing(fault).has_value()) return;
  server::LogFields fields = {{"error", std::string(status.message())}, {"detail", storage::DetailOf(status)}};
  tracing::AppendTo(fields, trace);
  server::Log(server::LogLevel::kError, "read failed", fields);
}

}  // namespace inventory::reading
