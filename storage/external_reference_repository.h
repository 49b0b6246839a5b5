// Codes that callers give their resources. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_EXTERNAL_REFERENCE_REPOSITORY_H_
#define INVENTORY_STORAGE_EXTERNAL_REFERENCE_REPOSITORY_H_

#include <span>
#include <string>
#include <tuple>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<ExternalReferenceRecord> {
  using R = ExternalReferenceRecord;
  static constexpr const char* kName = "external_reference";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Value("kind", &R::kind), column::Bytes("code", &R::code), column::Bytes("id", &R::id));
};

// Selects those of the references that exist.
bool AppendSelectExternalReferences(Sql& sql, std::span<const ExternalReferenceRecord::Key> keys);

// Appends " AND column = the id of the resource of the kind that has the code"; nothing for an empty code.
void AppendHasCode(Sql& sql, const std::string& column, ResourceKind kind, const std::string& code);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_EXTERNAL_REFERENCE_REPOSITORY_H_
