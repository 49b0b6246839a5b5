// Messages as CSV.
#ifndef INVENTORY_CLIENT_CLI_OUTPUT_CSV_H_
#define INVENTORY_CLIENT_CLI_OUTPUT_CSV_H_

#include <memory>
#include <ostream>
#include <string>

#include "client/cli/output.h"
#include "google/protobuf/descriptor.h"

namespace inventory::cli {

// Writes the header first, also if there is no row. Lists and maps are JSON within their cell.
std::unique_ptr<RowWriter> MakeCsvWriter(const google::protobuf::Descriptor& row, std::ostream& out);

// A cell as RFC 4180 has it: in quotes if it must be.
std::string CsvCell(const std::string& text);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_OUTPUT_CSV_H_
