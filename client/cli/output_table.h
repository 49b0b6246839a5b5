// Messages as text for people.
#ifndef INVENTORY_CLIENT_CLI_OUTPUT_TABLE_H_
#define INVENTORY_CLIENT_CLI_OUTPUT_TABLE_H_

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "client/cli/output.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// Columns are as wide as their widest cell so far. Numbers stand to the right. Without rows nothing is written.
std::unique_ptr<RowWriter> MakeTableWriter(const google::protobuf::Descriptor& row, std::ostream& out);

// "name: value" lines of all that is set; messages and lists of them indented below their name.
void WriteRecord(const google::protobuf::Message& message, std::ostream& out);

// What a table has where there is nothing.
inline constexpr char kNothing[] = "-";

// The value of a field that is set, as tables show it; of element `index` if it is a list, otherwise -1. Times are to
// the second: fine enough to read, and JSON and CSV have all of it.
std::string TableText(const google::protobuf::Message& holder, const google::protobuf::FieldDescriptor& field,
                      int index = -1);

// Lines of cells in columns that are as wide as their widest cell so far.
class TextColumns {
 public:
  struct Style {
    bool to_the_right = false;  // Default: cells stand to the left.
    std::size_t width = 0;      // At least so many characters. Default 0.
  };

  // `out` outlives it.
  TextColumns(std::vector<Style> styles, int indent, std::ostream& out);

  // Each line has a cell for each column.
  void Write(const std::vector<std::vector<std::string>>& lines);

 private:
  void Put(const std::vector<std::string>& line);

  std::vector<Style> styles_;
  const std::string indent_;
  std::ostream& out_;
};

// The text without control characters, which could move a terminal's cursor: "\n" and "\x1b" are spelled out.
std::string Printable(const std::string& text);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_OUTPUT_TABLE_H_
