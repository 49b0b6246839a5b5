#include "client/cli/export.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/import_format.h"
#include "client/cli/output.h"
#include "client/cli/output_file.h"
#include "client/cli/output_table.h"
#include "client/cli/progress.h"
#include "client/cli/report.h"
#include "client/cli/request_builder.h"
#include "client/cli/request_fields.h"
#include "client/cli/streaming.h"
#include "google/protobuf/util/json_util.h"
#include "inventory/client/clock.h"
#include "inventory/client/connection.h"
#include "inventory/v1/inventory_service.client.h"

namespace inventory::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Stock levels as JSON lines in which 0 is there: an import takes a row without on_hand for one that leaves it.
class LevelWriter final : public RowWriter {
 public:
  explicit LevelWriter(std::ostream& out) : out_(out) {}

  void Write(const Rows& page) override {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    for (const Message* row : page) {
      std::string line;
      if (!google::protobuf::util::MessageToJsonString(*row, &line, options).ok()) out_.setstate(std::ios::failbit);
      out_ << line << '\n';
    }
  }

 private:
  std::ostream& out_;
};

// The list whose filter the export takes.
const MethodDescriptor& ListOf(BulkKind kind) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  switch (kind) {
    case BulkKind::kItems:
      return *pool->FindMethodByName("inventory.v1.InventoryService.ListItems");
    case BulkKind::kWarehouses:
      return *pool->FindMethodByName("inventory.v1.WarehouseService.ListWarehouses");
    case BulkKind::kStockLevels:
      break;
  }
  return *pool->FindMethodByName("inventory.v1.InventoryService.ListStockLevels");
}

// The arguments that set its filter.
std::vector<RequestField> FilterFields(BulkKind kind) {
  std::vector<RequestField> fields = FieldsOf(ListOf(kind));
  std::erase_if(fields, [](const RequestField& field) { return field.path.front()->name() != "filter"; });
  return fields;
}

const FieldDescriptor& KindField(BulkKind kind) {
  return *v1::ExportInventoryRequest::descriptor()->FindFieldByNumber(static_cast<int>(kind) + 1);
}

// One run of a command.
class ExportRun {
 public:
  ExportRun(BulkKind kind, Session& session)
      : kind_(kind),
        session_(session),
        clock_(client::SystemClock()),
        patience_(session.patience.value_or(kStreamPatience)),
        watchdog_(patience_),
        persistence_(patience_, *clock_, session.err),
        progress_(session.err, session.err_is_terminal, 0, *clock_) {}

  ExitCode Go(const Arguments& arguments) {
    absl::Status made = MakeRequest(arguments);
    if (made.ok() && session_.format_asked == OutputFormat::kTable) {
      made = absl::InvalidArgumentError("--output: an export is csv or json, not a table");
    }
    if (!made.ok()) return ReportUsage(made, command(), session_.err);
    const std::string path = arguments.Get("file").value_or("-");
    if (path == "-") {
      const ExitCode code = Export(session_.out);
      return code == ExitCode::kOk ? Conclude(absl::OkStatus()) : code;
    }
    absl::StatusOr<std::unique_ptr<OutputFile>> file = OutputFile::Create(path);
    if (!file.ok()) return ReportUsage(file.status(), command(), session_.err);
    const ExitCode code = Export((*file)->stream());
    return code == ExitCode::kOk ? Conclude((*file)->Commit()) : code;
  }

 private:
  std::string command() const { return absl::StrCat("export ", BulkKindNames()[static_cast<std::size_t>(kind_)]); }

  absl::Status MakeRequest(const Arguments& arguments) {
    const MethodDescriptor& list = ListOf(kind_);
    const std::unique_ptr<Message> asked(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(list.input_type())->New());
    absl::Status built = BuildRequest(list, FilterFields(kind_), arguments, session_.in, *asked);
    if (!built.ok()) return built;
    const auto& filter = asked->GetReflection()->GetMessage(*asked, asked->GetDescriptor()->FindFieldByName("filter"));
    v1::ExportInventoryRequest::GetReflection()->MutableMessage(&request_, &KindField(kind_))->CopyFrom(filter);
    return absl::OkStatus();
  }

  // A stream that breaks off is gone on with after its last page.
  ExitCode Export(std::ostream& out) {
    absl::StatusOr<std::shared_ptr<client::Connection>> connection = session_.connect();
    if (!connection.ok()) return ReportUsage(connection.status(), command(), session_.err);
    const auto client = client::MakeInventoryClient(*connection);
    const OutputFormat format = session_.format_asked.value_or(OutputFormat::kCsv);
    if (kind_ == BulkKind::kStockLevels && format == OutputFormat::kJson) {
      writer_ = std::make_unique<LevelWriter>(out);
    } else {
      writer_ = MakeRowWriter(format, *RowField().message_type(), out);
    }
    for (;;) {
      const absl::Status ended = ExportPages(*client, out);
      progress_.Clear();
      if (ended.ok()) return ExitCode::kOk;
      if (persistence_.GoOn(ended)) continue;
      return absl::IsDataLoss(ended) ? Conclude(ended) : ReportError(ended, {.command = command()}, session_.err);
    }
  }

  absl::Status ExportPages(client::InventoryClient& client, std::ostream& out) {
    auto stream = client.ExportInventory(request_);
    if (!stream.ok()) return stream.status();
    for (;;) {
      absl::StatusOr<std::optional<v1::ExportInventoryResponse>> page = absl::UnknownError("");
      const bool in_time = watchdog_.Watch([&] { (*stream)->Cancel(); }, [&] { page = (*stream)->Read(); });
      if (!in_time && !page.ok()) return watchdog_.TooLate();
      if (!page.ok()) return page.status();
      if (!page->has_value()) return absl::OkStatus();
      Write(**page);
      persistence_.Heard();
      request_.set_resume_token((*page)->resume_token());
      if (!out.good()) return CheckWritten(out, "the export");
      progress_.Show(rows_, 0, 0);
      // What follows the last page is the stream's end, whose loss loses nothing.
      if (request_.resume_token().empty()) return absl::OkStatus();
    }
  }

  const FieldDescriptor& RowField() const {
    return *v1::ExportInventoryResponse::GetDescriptor()->FindFieldByName(KindField(kind_).name());
  }

  // Without the etags: whoever imports the file somewhere else or later does not mean them.
  void Write(v1::ExportInventoryResponse page) {
    const auto& reflection = *v1::ExportInventoryResponse::GetReflection();
    const FieldDescriptor& field = RowField();
    Rows rows;
    for (int i = 0; i < reflection.FieldSize(page, &field); ++i) {
      Message* row = reflection.MutableRepeatedMessage(&page, &field, i);
      row->GetReflection()->ClearField(row, row->GetDescriptor()->FindFieldByName("etag"));
      rows.push_back(row);
    }
    rows_ += static_cast<int64_t>(rows.size());
    writer_->Write(rows);
  }

  ExitCode Conclude(const absl::Status& written) {
    if (!written.ok()) {
      session_.err << "error: " << Printable(std::string(written.message())) << '\n';
      return ExitCode::kFault;
    }
    session_.err << Grouped(rows_) << " rows exported\n";
    return ExitCode::kOk;
  }

  const BulkKind kind_;
  Session& session_;
  const std::shared_ptr<client::Clock> clock_;
  const absl::Duration patience_;  // Without any page.
  Watchdog watchdog_;
  Persistence persistence_;
  Progress progress_;
  v1::ExportInventoryRequest request_;
  std::unique_ptr<RowWriter> writer_;
  int64_t rows_ = 0;
};

Command ExportCommandFor(BulkKind kind) {
  const std::string& noun = BulkKindNames()[static_cast<std::size_t>(kind)];
  Command command = {
      .words = {"export", noun},
      .group = Group::kBulk,
      .summary = absl::StrCat("Exports ", noun == "stock-levels" ? "stock levels" : noun, "."),
      .description =
          "Writes CSV, or with -o json JSON lines, that `inventoryctl import` takes. A file is there as a "
          "whole or not at all. Every row is as it was committed when its page was read. --timeout is "
          "how long to go on without any page; default 2m.",
      .example = absl::StrCat("inventoryctl export ", noun, " ", noun, ".csv"),
      .method = "inventory.v1.InventoryService.ExportInventory",
      .arguments = {{.name = "file",
                     .kind = Argument::Kind::kPositional,
                     .value = "FILE",
                     .help = "What to write. Default: -, which is standard output."}},
      .run = [kind](const Arguments& arguments, Session& session) { return ExportRun(kind, session).Go(arguments); }};
  for (RequestField& field : FilterFields(kind)) command.arguments.push_back(std::move(field.argument));
  return command;
}

}  // namespace

std::vector<Command> ExportCommands() {
  std::vector<Command> commands;
  for (const BulkKind kind : {BulkKind::kStockLevels, BulkKind::kItems, BulkKind::kWarehouses}) {
    commands.push_back(ExportCommandFor(kind));
  }
  return commands;
}

}  // namespace inventory::cli
