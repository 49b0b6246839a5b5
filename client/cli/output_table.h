// Messages as text for people.
#ifndef INVENTORY_CLIENT_CLI_OUTPUT_TABLE_H_
#define INVENTORY_CLIENT_CLI_OUTPUT_TABLE_H_

#include <memory>
#include <ostream>
#include <string>

#include "client/cli/output.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// Columns are as wide as their widest cell so far. Numbers stand to the right. Without rows nothing is written.
std::unique_ptr<RowWriter> MakeTableWriter(const google::protobuf::Descriptor& row, std::ostream& out);

// "name: value" lines of all that is set; messages and lists of them indented below their name.
void WriteRecord(const google::protobuf::Message& message, std::ostream& out);

// The text without control characters, which could move a terminal's cursor: "\n" and "\x1b" are spelled out.
std::string Printable(const std::string& text);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_OUTPUT_TABLE_H_
