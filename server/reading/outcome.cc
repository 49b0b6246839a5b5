#include "server/reading/outcome.h"

#include "server/errors.h"
#include "server/logging.h"
#include "storage/connection.h"

namespace inventory::reading {

absl::Status Outcome(absl::Status status) {
  switch (storage::FaultOf(status)) {
    case storage::SqlFault::kNone:
      return status;
    case storage::SqlFault::kConnectionLost:
    case storage::SqlFault::kReadOnly:
      return Unavailable("DATABASE_UNAVAILABLE", "the database can't be reached; call again");
    case storage::SqlFault::kDeadlock:
    case storage::SqlFault::kLockTimeout:
      return Unavailable("CONTENTION", "writes to the same rows kept getting in the way; call again");
    case storage::SqlFault::kDuplicateKey:
    case storage::SqlFault::kOther:
      break;
  }
  server::Log(server::LogLevel::kError, "read failed",
              {{"error", std::string(status.message())}, {"detail", storage::DetailOf(status)}});
  return absl::InternalError("the read could not be carried out; this is a fault of the service");
}

}  // namespace inventory::reading
