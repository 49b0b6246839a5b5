#include "server/commands/transfers.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"

namespace inventory::commands {

using pipeline::Work;
using storage::TransferRecord;
using storage::TransferState;

absl::StatusOr<const TransferRecord*> FindTransfer(Work& work, const std::string& transfer_id,
                                                   const std::string& etag) {
  const TransferRecord* transfer = work.rows().transfers.Find(transfer_id);
  if (transfer == nullptr) {
    return NotFound("TRANSFER_NOT_FOUND", absl::StrCat("there is no transfer ", transfer_id),
                    {{"transfer_id", transfer_id}});
  }
  for (const storage::TransferLineRecord* line : work.TransferLinesOf(transfer_id)) {
    if (!work.Require(line->sku)) return absl::AbortedError("a SKU of the transfer is not locked yet");
  }
  absl::Status matches = CheckEtag(etag, transfer->version, "the transfer");
  if (!matches.ok()) return matches;
  return transfer;
}

TransferRecord& EditTransfer(Work& work, const std::string& transfer_id) {
  TransferRecord& transfer = work.rows().transfers.Edit(transfer_id);
  transfer.version += 1;
  transfer.update_time = work.now();
  return transfer;
}

absl::Status WrongState(TransferState state) {
  std::string name = v1::TransferState_Name(static_cast<v1::TransferState>(state));
  name = name.substr(std::string("TRANSFER_STATE_").size());
  return Precondition("TRANSFER_STATE", absl::StrCat("the transfer is ", name), {{"state", name}});
}

void ShowTransfer(const Work& work, const std::string& transfer_id, v1::Transfer& out) {
  ToProto(*work.rows().transfers.Find(transfer_id), work.TransferLinesOf(transfer_id), out);
}

}  // namespace inventory::commands
