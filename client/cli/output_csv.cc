#include "client/cli/output_csv.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/columns.h"
#include "client/cli/values.h"
#include "nlohmann/json.hpp"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class CsvWriter final : public RowWriter {
 public:
  CsvWriter(const Descriptor& row, std::ostream& out) : columns_(AllColumns(row)), out_(out) {
    for (const Column& column : columns_) Put(column, column.name);
  }

  void Write(const Rows& page) override {
    for (const Message* row : page) {
      for (const Column& column : columns_) Put(column, Cell(*row, column));
    }
  }

 private:
  void Put(const Column& column, const std::string& text) {
    out_ << CsvCell(text) << (&column == &columns_.back() ? "\r\n" : ",");
  }

  static std::string Cell(const Message& row, const Column& column) {
    const Message* holder = HolderOf(row, column);
    const FieldDescriptor& field = *column.path.back();
    if (holder == nullptr || !HasValue(*holder, field)) return "";
    if (!field.is_repeated()) return ShowValue(*holder, field);
    return nlohmann::json::parse(ToJson(*holder)).at(field.name()).dump();
  }

  const std::vector<Column> columns_;
  std::ostream& out_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeCsvWriter(const Descriptor& row, std::ostream& out) {
  return std::make_unique<CsvWriter>(row, out);
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace inventory::cli
