#include "storage/columns.h"

#include <cstdlib>

#include "absl/strings/str_format.h"

namespace inventory::storage::column {

void DoubleCodec::Append(Sql& sql, double value) { sql.Raw(absl::StrFormat("%.17g", value)); }

double DoubleCodec::Parse(const Row& row, int column) {
  return std::strtod(std::string(row.Text(column)).c_str(), nullptr);
}

Quantities ParseQuantities(const Row& row, int first) {
  Quantities quantities;
  for (const QuantityField& field : kQuantities) quantities.*field.value = row.Int(first++);
  return quantities;
}

}  // namespace inventory::storage::column
