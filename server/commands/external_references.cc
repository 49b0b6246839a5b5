#include "server/commands/external_references.h"

#include "absl/strings/str_cat.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

constexpr std::size_t kMaxCodeBytes = 128;

}  // namespace

void CheckCode(const std::string& code, const std::string& field, Violations& violations) {
  rpc::CheckText(code, kMaxCodeBytes, field, violations);
}

void CheckNamed(const std::string& id, const std::string& code, const std::string& field, const std::string& id_name,
                Violations& violations) {
  rpc::CheckOptionalId(id, absl::StrCat(field, ".", id_name), violations);
  if (id.empty() && code.empty()) {
    violations.Add(absl::StrCat(field, ".", id_name), "is required, or external_reference_code is");
  }
}

void NeedCode(storage::ResourceKind kind, const std::string& code, pipeline::Needs& needs) {
  if (!code.empty()) needs.external_references.emplace_back(kind, code);
}

std::string OwnerOf(const pipeline::Work& work, storage::ResourceKind kind, const std::string& code) {
  const storage::ExternalReferenceRecord* reference = work.rows().external_references.Find({kind, code});
  return reference == nullptr ? "" : reference->id;
}

absl::Status GiveCode(pipeline::Work& work, storage::ResourceKind kind, const std::string& old_code,
                      const std::string& code, const std::string& id) {
  if (code == old_code) return absl::OkStatus();
  auto& references = work.rows().external_references;
  if (const std::string owner = OwnerOf(work, kind, code); !owner.empty()) {
    return Refusal(absl::StatusCode::kAlreadyExists, "EXTERNAL_REFERENCE_EXISTS",
                   absl::StrCat(owner, " has the external reference code ", code, " already"),
                   {{"external_reference_code", code}, {"id", owner}});
  }
  if (!old_code.empty()) {
    // Nobody asked for it, but it is there: the resource has it.
    references.Load({.kind = kind, .code = old_code, .id = id});
    references.Remove({kind, old_code});
  }
  if (!code.empty()) references.Add({.kind = kind, .code = code, .id = id});
  return absl::OkStatus();
}

}  // namespace inventory::commands
