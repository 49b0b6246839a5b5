#include "client/cli/output_table.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "client/cli/columns.h"
#include "client/cli/values.h"
#include "google/protobuf/timestamp.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kIndent = 2;

// An element of a list in a cell: "JEANS-M=12" of messages that begin with a name and a number.
std::string Element(const Message& holder, const FieldDescriptor& field, int index) {
  if (IsValue(field)) return TableText(holder, field, index);
  const Message& element = holder.GetReflection()->GetRepeatedMessage(holder, &field, index);
  const Descriptor& type = *element.GetDescriptor();
  std::string text = TableText(element, *type.field(0));
  if (type.field_count() > 1 && IsValue(*type.field(1)) && !type.field(1)->is_repeated()) {
    absl::StrAppend(&text, "=", TableText(element, *type.field(1)));
  }
  return text;
}

std::string Cell(const Message& row, const Column& column) {
  const Message* holder = HolderOf(row, column);
  const FieldDescriptor& field = *column.path.back();
  if (holder == nullptr || !HasValue(*holder, field)) return kNothing;
  std::string text;
  if (field.is_repeated()) {
    for (int i = 0; i < holder->GetReflection()->FieldSize(*holder, &field); ++i) {
      absl::StrAppend(&text, i > 0 ? ", " : "", Element(*holder, field, i));
    }
  } else {
    text = TableText(*holder, field);
  }
  return text.empty() ? kNothing : text;
}

bool IsNumber(const Column& column) {
  const FieldDescriptor& field = *column.path.back();
  return !field.is_repeated() && field.cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_BOOL;
}

// Characters, not bytes. Scripts of double width are wider on terminals.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Short: "RESERVED" of reserved_quantity, "WAREHOUSE" of warehouse_id.
std::string Heading(absl::string_view name) {
  if (!absl::ConsumeSuffix(&name, "_quantity")) absl::ConsumeSuffix(&name, "_id");
  return absl::StrReplaceAll(absl::AsciiStrToUpper(name), {{"_", " "}, {".", " "}});
}

std::vector<TextColumns::Style> StylesOf(const std::vector<Column>& columns) {
  std::vector<TextColumns::Style> styles;
  for (const Column& column : columns) styles.push_back({.to_the_right = IsNumber(column)});
  return styles;
}

class TableWriter final : public RowWriter {
 public:
  TableWriter(std::vector<Column> columns, std::ostream& out, int indent)
      : columns_(std::move(columns)), text_(StylesOf(columns_), indent, out) {}

  void Write(const Rows& page) override {
    std::vector<std::vector<std::string>> lines;
    if (!has_heading_ && !page.empty()) {
      for (const Column& column : columns_) {
        (lines.empty() ? lines.emplace_back() : lines.back()).push_back(Heading(column.name));
      }
      has_heading_ = true;
    }
    for (const Message* row : page) {
      std::vector<std::string>& line = lines.emplace_back();
      for (const Column& column : columns_) line.push_back(Cell(*row, column));
    }
    text_.Write(lines);
  }

 private:
  const std::vector<Column> columns_;
  TextColumns text_;
  bool has_heading_ = false;
};

// Without the columns in which no row has anything.
void WriteTable(const Rows& rows, const Descriptor& type, int indent, std::ostream& out) {
  std::vector<Column> columns = TableColumns(type);
  std::erase_if(columns, [&](const Column& column) {
    return std::all_of(rows.begin(), rows.end(), [&](const Message* row) { return Cell(*row, column) == kNothing; });
  });
  TableWriter(std::move(columns), out, indent).Write(rows);
}

void WriteFields(const Message& message, int indent, std::ostream& out);

void WriteField(const Message& message, const FieldDescriptor& field, int indent, std::ostream& out) {
  const Reflection& reflection = *message.GetReflection();
  const std::string start = absl::StrCat(std::string(static_cast<std::size_t>(indent), ' '),
                                         absl::StrReplaceAll(field.name(), {{"_", " "}}), ":");
  if (IsValue(field) || field.is_map()) {
    const std::string text = Cell(message, {field.name(), {&field}});
    if (text != kNothing) out << start << ' ' << text << '\n';
  } else if (field.is_repeated()) {
    Rows rows;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      rows.push_back(&reflection.GetRepeatedMessage(message, &field, i));
    }
    out << start << '\n';
    WriteTable(rows, *field.message_type(), indent + kIndent, out);
  } else {
    out << start << '\n';
    WriteFields(reflection.GetMessage(message, &field), indent + kIndent, out);
  }
}

void WriteFields(const Message& message, int indent, std::ostream& out) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (HasValue(message, *type.field(i))) WriteField(message, *type.field(i), indent, out);
  }
}

}  // namespace

std::unique_ptr<RowWriter> MakeTableWriter(const Descriptor& row, std::ostream& out) {
  return std::make_unique<TableWriter>(TableColumns(row), out, 0);
}

void WriteRecord(const Message& message, std::ostream& out) { WriteFields(message, 0, out); }

std::string TableText(const Message& holder, const FieldDescriptor& field, int index) {
  if (index < 0 && field.message_type() == google::protobuf::Timestamp::descriptor()) {
    const auto& time =
        dynamic_cast<const google::protobuf::Timestamp&>(holder.GetReflection()->GetMessage(holder, &field));
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
  }
  return Printable(ShowValue(holder, field, index));
}

TextColumns::TextColumns(std::vector<Style> styles, int indent, std::ostream& out)
    : styles_(std::move(styles)), indent_(static_cast<std::size_t>(indent), ' '), out_(out) {}

void TextColumns::Write(const std::vector<std::vector<std::string>>& lines) {
  for (const std::vector<std::string>& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) styles_[i].width = std::max(styles_[i].width, Width(line[i]));
  }
  for (const std::vector<std::string>& line : lines) Put(line);
}

void TextColumns::Put(const std::vector<std::string>& line) {
  std::string text = indent_;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string padding(styles_[i].width - Width(line[i]), ' ');
    absl::StrAppend(&text, i > 0 ? "  " : "",
                    styles_[i].to_the_right ? absl::StrCat(padding, line[i]) : absl::StrCat(line[i], padding));
  }
  out_ << absl::StripTrailingAsciiWhitespace(text) << '\n';
}

std::string Printable(const std::string& text) {
  std::string printable;
  for (const char c : text) {
    if (c == '\n') {
      printable += "\\n";
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&printable, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      printable += c;
    }
  }
  return printable;
}

}  // namespace inventory::cli
