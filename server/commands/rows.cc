#include "server/commands/rows.h"

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "server/errors.h"

namespace inventory::commands {

absl::Status RowsCommand::Apply(pipeline::Work& work) {
  Begin();
  for (int index = 0; index < row_count(); ++index) {
    const absl::Status done = work.Attempt([&] { return ApplyRow(index, work); });
    // A fault is no refusal of a row: as one it would be the first answer for good, also after its repair.
    const bool fault = done.code() == absl::StatusCode::kInternal;
    if (!done.ok() && (atomic_ || fault)) return OfRow(done, index);
    Report(index, done);
  }
  return absl::OkStatus();
}

absl::Status RowsCommand::OfRow(const absl::Status& status, int index) const {
  google::rpc::Status refusal = ToProto(status);
  refusal.set_message(absl::StrCat(NameOf(index), ": ", refusal.message()));
  for (google::protobuf::Any& detail : *refusal.mutable_details()) {
    google::rpc::ErrorInfo info;
    if (!detail.Is<google::rpc::ErrorInfo>() || !detail.UnpackTo(&info)) continue;
    (*info.mutable_metadata())["row"] = absl::StrCat(NumberOf(index));
    detail.set_value(info.SerializeAsString());
  }
  return FromProto(refusal);
}

}  // namespace inventory::commands
