#include "storage/external_reference_repository.h"

namespace inventory::storage {

bool AppendSelectExternalReferences(Sql& sql, std::span<const ExternalReferenceRecord::Key> keys) {
  if (keys.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<ExternalReferenceRecord>() + " FROM external_reference");
  bool first = true;
  for (const auto& [kind, code] : keys) {
    sql.Raw(first ? " WHERE (kind, code) IN ((" : ",(").Int(static_cast<int64_t>(kind)).Raw(",").Blob(code).Raw(")");
    first = false;
  }
  sql.Raw(")");
  return true;
}

void AppendHasCode(Sql& sql, const std::string& column, ResourceKind kind, const std::string& code) {
  if (code.empty()) return;
  sql.Raw(" AND " + column + " = (SELECT id FROM external_reference WHERE kind = ").Int(static_cast<int64_t>(kind));
  sql.Raw(" AND code = ").Blob(code).Raw(")");
}

}  // namespace inventory::storage
