// Shows answers: as tables for people, as JSON and CSV for programs.
//
//   table  lists in columns, see columns.h, other answers as "name: value" with what is in them indented
//   json   the API's own form with its field names; of lists one row a line
//   csv    RFC 4180 with a header of field paths; of answers that are no lists one row
#ifndef INVENTORY_CLIENT_CLI_OUTPUT_H_
#define INVENTORY_CLIENT_CLI_OUTPUT_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "client/cli/session.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// "table", "json" or "csv".
std::optional<OutputFormat> FormatNamed(const std::string& name);
const std::vector<std::string>& FormatNames();

using Rows = std::vector<const google::protobuf::Message*>;

// Writes the rows of a list, page by page and all of one type. Keeps no row.
class RowWriter {
 public:
  virtual ~RowWriter() = default;

  virtual void Write(const Rows& page) = 0;
};

// `out` outlives it.
std::unique_ptr<RowWriter> MakeRowWriter(OutputFormat format, const google::protobuf::Descriptor& row,
                                         std::ostream& out);

// Writes one answer that is no list.
void WriteMessage(OutputFormat format, const google::protobuf::Message& message, std::ostream& out);

// A message in one line of JSON with the API's field names.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_OUTPUT_H_
