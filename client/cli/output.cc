#include "client/cli/output.h"

#include "client/cli/output_csv.h"
#include "client/cli/output_table.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

class JsonLines final : public RowWriter {
 public:
  explicit JsonLines(std::ostream& out) : out_(out) {}

  void Write(const Rows& page) override {
    for (const Message* row : page) out_ << ToJson(*row) << '\n';
  }

 private:
  std::ostream& out_;
};

}  // namespace

std::optional<OutputFormat> FormatNamed(const std::string& name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  if (name == "csv") return OutputFormat::kCsv;
  return std::nullopt;
}

const std::vector<std::string>& FormatNames() {
  static const auto& names = *new std::vector<std::string>{"table", "json", "csv"};
  return names;
}

std::unique_ptr<RowWriter> MakeRowWriter(OutputFormat format, const Descriptor& row, std::ostream& out) {
  switch (format) {
    case OutputFormat::kTable:
      return MakeTableWriter(row, out);
    case OutputFormat::kCsv:
      return MakeCsvWriter(row, out);
    case OutputFormat::kJson:
      break;
  }
  return std::make_unique<JsonLines>(out);
}

void WriteMessage(OutputFormat format, const Message& message, std::ostream& out) {
  switch (format) {
    case OutputFormat::kTable:
      WriteRecord(message, out);
      return;
    case OutputFormat::kCsv:
      MakeCsvWriter(*message.GetDescriptor(), out)->Write({&message});
      return;
    case OutputFormat::kJson:
      out << ToJson(message) << '\n';
      return;
  }
}

std::string ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  // Fails only for what a newer server sends in an Any, of a type that is unknown here.
  const auto printed = google::protobuf::util::MessageToJsonString(message, &json, options);
  return printed.ok() ? json : nlohmann::json({{"error", std::string(printed.message())}}).dump();
}

}  // namespace inventory::cli
