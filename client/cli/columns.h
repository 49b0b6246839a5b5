// Which fields of a message a table shows, and which CSV does.
#ifndef INVENTORY_CLIENT_CLI_COLUMNS_H_
#define INVENTORY_CLIENT_CLI_COLUMNS_H_

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// A field of a message or of a message in it: "delta.on_hand".
struct Column {
  std::string name;
  std::vector<const google::protobuf::FieldDescriptor*> path;
};

// What a table of such messages shows: a choice for those that the API lists, all that fits into a cell for others.
std::vector<Column> TableColumns(const google::protobuf::Descriptor& row);
// The messages that have a choice of their own, with the names chosen.
std::vector<std::pair<std::string, std::vector<std::string>>> ChosenColumns();

// Everything: one column for each value, map or list.
std::vector<Column> AllColumns(const google::protobuf::Descriptor& row);

// The message that has the column's field, or nullptr if one on the way to it is not set.
const google::protobuf::Message* HolderOf(const google::protobuf::Message& row, const Column& column);

// Whether the field has a value to show: zero and empty values have, but for fields that know that they are not set.
bool HasValue(const google::protobuf::Message& holder, const google::protobuf::FieldDescriptor& field);

// The list that makes an answer a list: `items` of ListItemsResponse. Nullptr for an answer that has a message besides.
const google::protobuf::FieldDescriptor* RowsOf(const google::protobuf::Descriptor& response);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_COLUMNS_H_
