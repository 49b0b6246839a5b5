// What the commands on transfers share.
#ifndef INVENTORY_SERVER_COMMANDS_TRANSFERS_H_
#define INVENTORY_SERVER_COMMANDS_TRANSFERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/transfer.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// A transfer, and one request about it, has no more.
inline constexpr int kMaxTransferLines = 200;

// The loaded transfer with all of its SKUs locked. TRANSFER_NOT_FOUND, ETAG_MISMATCH; if a SKU is not locked yet the
// command runs again and any status will do.
absl::StatusOr<const storage::TransferRecord*> FindTransfer(pipeline::Work& work, const std::string& transfer_id,
                                                            const std::string& etag);

// The transfer for changing, with its version and update time moved on.
storage::TransferRecord& EditTransfer(pipeline::Work& work, const std::string& transfer_id);

// FAILED_PRECONDITION, reason TRANSFER_STATE {state}.
absl::Status WrongState(storage::TransferState state);

// The transfer as it is now.
void ShowTransfer(const pipeline::Work& work, const std::string& transfer_id, v1::Transfer& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_TRANSFERS_H_
