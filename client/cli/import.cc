#include "client/cli/import.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "client/cli/import_file.h"
#include "client/cli/import_rejects.h"
#include "client/cli/import_sender.h"
#include "client/cli/output_file.h"
#include "client/cli/progress.h"
#include "client/cli/report.h"
#include "inventory/client/connection.h"

namespace inventory::cli {
namespace {

struct ImportOptions {
  BulkKind kind = BulkKind::kStockLevels;
  std::string command;
  std::string path;  // "-" is standard input.
  ImportFile::Options file;
  std::string rejects;  // Path; empty: none.
  bool atomic = false;
  bool dry_run = false;
  std::string import_id;
};

// Tells imports apart, and for people when it was.
std::string NewImportId() {
  absl::BitGen random;
  return absl::StrCat("import-", absl::FormatTime("%Y%m%dT%H%M%S", absl::Now(), absl::UTCTimeZone()), "-",
                      absl::StrFormat("%016x", absl::Uniform<uint64_t>(random)));
}

// Reads the arguments; all that is wrong with them, a line each.
absl::StatusOr<ImportOptions> ReadOptions(BulkKind kind, const Arguments& arguments, const Session& session) {
  ImportOptions options{.kind = kind,
                        .command = absl::StrCat("import ", BulkKindNames()[static_cast<std::size_t>(kind)]),
                        .path = arguments.Get("file").value_or("-"),
                        .rejects = arguments.Get("rejects").value_or(""),
                        .atomic = arguments.IsOn("atomic"),
                        .dry_run = arguments.IsOn("dry-run"),
                        .import_id = arguments.Get("import-id").value_or(session.request_id)};
  std::vector<std::string> problems;
  const bool json_name = absl::EndsWith(options.path, ".jsonl") || absl::EndsWith(options.path, ".ndjson");
  const std::string format = arguments.Get("format").value_or(json_name ? "jsonl" : "csv");
  if (format != "csv" && format != "jsonl") problems.push_back("--format: expected csv or jsonl");
  const std::string delimiter = arguments.Get("delimiter").value_or(",");
  if (delimiter != "\\t" && delimiter != "tab" && (delimiter.size() != 1 || delimiter == "\"")) {
    problems.push_back("--delimiter: expected one character, or tab");
  }
  if (arguments.IsOn("replace") && format == "csv") {
    problems.push_back("--replace is for JSON lines: of CSV the header says which fields are set");
  }
  if (arguments.IsOn("replace") && kind == BulkKind::kStockLevels) {
    problems.push_back("--replace is for items and warehouses");
  }
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  options.file = {.kind = kind,
                  .syntax = format == "csv" ? ImportFile::Syntax::kCsv : ImportFile::Syntax::kJsonLines,
                  .delimiter = delimiter.size() > 1 ? '\t' : delimiter[0],
                  .replace = arguments.IsOn("replace")};
  if (options.import_id.empty()) options.import_id = NewImportId();
  return options;
}

// One run of a command.
class ImportRun {
 public:
  ImportRun(ImportOptions options, Session& session)
      : options_(std::move(options)), session_(session), clock_(client::SystemClock()) {}

  ExitCode Go() {
    absl::Status opened = Open();
    if (absl::IsDataLoss(opened)) return Fail(opened);
    if (!opened.ok()) return ReportUsage(opened, options_.command, session_.err);
    if (options_.dry_run) return Check();
    absl::StatusOr<std::shared_ptr<client::Connection>> connection = session_.connect();
    if (!connection.ok()) return ReportUsage(connection.status(), options_.command, session_.err);
    return Send(*std::move(connection));
  }

 private:
  // Opens the files and reads the header.
  absl::Status Open() {
    std::istream* in = &session_.in;
    int64_t size = 0;
    if (options_.path != "-") {
      input_.open(options_.path, std::ios::binary);
      std::error_code unknown;
      if (!input_ || std::filesystem::is_directory(options_.path, unknown)) {
        return absl::InvalidArgumentError(absl::StrCat("can't read ", options_.path));
      }
      const auto bytes = std::filesystem::file_size(options_.path, unknown);
      if (!unknown) size = static_cast<int64_t>(bytes);
      in = &input_;
    }
    auto file = ImportFile::Open(*in, options_.file);
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
    if (const auto& passed_over = file_->format().passed_over(); !passed_over.empty()) {
      session_.err << "not imported, because only the server sets them: " << absl::StrJoin(passed_over, ", ") << '\n';
    }
    absl::Status opened = OpenRejects();
    progress_.emplace(session_.err, session_.err_is_terminal, size, *clock_);
    return opened;
  }

  absl::Status OpenRejects() {
    if (options_.rejects.empty()) {
      rejects_ = std::make_unique<ImportRejects>(session_.err);
      return absl::OkStatus();
    }
    rejects_file_.open(options_.rejects, std::ios::binary);
    if (!rejects_file_) return absl::InvalidArgumentError(absl::StrCat("can't write ", options_.rejects));
    rejects_ = std::make_unique<ImportRejects>(session_.err, rejects_file_, options_.rejects, options_.file.delimiter,
                                               file_->header());
    return rejects_->status();
  }

  void Reject(const FileRow& row, const std::string& reason) {
    progress_->Clear();
    rejects_->Add(row, reason);
  }

  // The next chunk of the file; its rows that can't be sent are rejected.
  absl::StatusOr<std::optional<FileChunk>> NextChunk() {
    return file_->Next([this](const FileRow& row, const std::string& reason) {
      ++rows_;
      Reject(row, reason);
    });
  }

  // Reads and judges all rows as far as that is possible here.
  ExitCode Check() {
    absl::Status read;
    for (;;) {
      auto chunk = NextChunk();
      read = chunk.status();
      if (!read.ok() || !chunk->has_value()) break;
      rows_ += static_cast<int64_t>((*chunk)->rows.size());
      progress_->Show(rows_, rejects_->count(), file_->position());
    }
    progress_->Clear();
    if (read.ok()) read = rejects_->status();
    if (!read.ok()) return Fail(read);
    const int64_t broken = rejects_->count();
    session_.err << Grouped(rows_ - broken) << " rows could be sent, " << Grouped(broken) << " are broken\n";
    return rejects_->count() == 0 ? ExitCode::kOk : ExitCode::kRefused;
  }

  ExitCode Send(std::shared_ptr<client::Connection> connection) {
    session_.err << "import " << options_.import_id << '\n';
    const auto client = client::MakeInventoryClient(std::move(connection));
    ImportSender::Options options;
    options.start.set_import_id(options_.import_id);
    options.start.set_error_policy(options_.atomic ? v1::ERROR_POLICY_ATOMIC : v1::ERROR_POLICY_PER_ROW);
    file_->format().Prepare(options.start);
    options.on_retry = [this](const absl::Status& status, absl::Duration pause) {
      progress_->Clear();
      session_.err << "broken off (" << status.message() << "), going on in " << absl::FormatDuration(pause) << '\n';
    };
    ImportSender sender(*client, *clock_, std::move(options),
                        [this](const FileChunk& chunk, const v1::ImportChunkResult& result) { Take(chunk, result); });
    absl::Status read;
    const absl::Status sent = SendAll(sender, read);
    progress_->Clear();
    return Conclude(sent, read);
  }

  // `read` is why the file could not be read to its end; what was read before is then still carried out.
  absl::Status SendAll(ImportSender& sender, absl::Status& read) {
    for (;;) {
      auto chunk = NextChunk();
      if (!chunk.ok()) {
        read = chunk.status();
        return options_.atomic ? absl::OkStatus() : sender.Finish();
      }
      if (options_.atomic && rejects_->count() > 0) return absl::OkStatus();
      if (!chunk->has_value()) return sender.Finish();
      absl::Status sent = sender.Send(*std::move(*chunk));
      if (!sent.ok()) return sent;
      absl::Status written = rejects_->status();
      if (!written.ok()) return written;
      progress_->Show(rows_, rejects_->count(), file_->position());
    }
  }

  void Take(const FileChunk& chunk, const v1::ImportChunkResult& result) {
    // Of an ATOMIC import there are no rejects, and the numbers are of all.
    rows_ += options_.atomic ? result.applied_count() : static_cast<int64_t>(chunk.rows.size());
    for (const auto& reject : result.rejects()) {
      const auto index = static_cast<std::size_t>(reject.row() - chunk.chunk.first_row());
      if (index < chunk.row_of.size()) Reject(chunk.rows[chunk.row_of[index]], ReasonOfRow(reject.error()));
    }
  }

  ExitCode Conclude(const absl::Status& sent, const absl::Status& read) {
    const absl::Status written = rejects_->status();
    if (!written.ok()) return Fail(written);
    if (!sent.ok()) {
      const ExitCode code = ReportError(sent, {.command = options_.command}, session_.err);
      session_.err << (options_.atomic ? "nothing was imported" : Resume()) << '\n';
      return code;
    }
    if (!read.ok()) return Fail(read);
    if (options_.atomic && rejects_->count() > 0) {
      session_.err << "nothing was imported: rows of the file are broken\n";
      return ExitCode::kRefused;
    }
    session_.err << Grouped(rows_) << " rows, " << Grouped(rejects_->count()) << " rejected\n";
    return rejects_->count() == 0 ? ExitCode::kOk : ExitCode::kRefused;
  }

  std::string Resume() const {
    return absl::StrCat(Grouped(rows_), " rows are done; repeat the command with --import-id ", options_.import_id,
                        " to go on where it has ended");
  }

  // A file that can't be read on or written.
  ExitCode Fail(const absl::Status& status) {
    session_.err << "error: " << status.message() << '\n';
    if (rows_ > 0 && !options_.dry_run) session_.err << Resume() << '\n';
    return absl::IsDataLoss(status) ? ExitCode::kFault : ExitCode::kRefused;
  }

  const ImportOptions options_;
  Session& session_;
  const std::shared_ptr<client::Clock> clock_;
  std::ifstream input_;
  std::ofstream rejects_file_;
  std::unique_ptr<ImportFile> file_;
  std::unique_ptr<ImportRejects> rejects_;
  std::optional<Progress> progress_;
  int64_t rows_ = 0;  // Done with, the rejected ones included.
};

constexpr char kStockHelp[] =
    "Columns: sku and warehouse_id; on_hand (a count), adjust_on_hand (a difference) and safety_stock, of which an "
    "empty cell changes nothing; reason, unit, etag, condition and as_of_time as in SetStock and AdjustStock.";
constexpr char kResourceHelp[] =
    "Columns are the fields of the API, as `inventoryctl export` writes them; those in the header are set, an empty "
    "cell "
    "to the default. Of JSON lines the fields that a row has are set, and with --replace all others get their "
    "defaults.";
constexpr char kBulkHelp[] =
    "Reads CSV (RFC 4180 with a header) or JSON lines in UTF-8 and sends them in chunks, each one commit. Rows that "
    "are "
    "refused are reported, and the others go on. A lost connection is made again by itself; a run that was ended is "
    "gone "
    "on with by its import id, and nothing is done twice. Ends with 1 if rows were rejected.";

Command ImportCommandFor(BulkKind kind) {
  const std::string& noun = BulkKindNames()[static_cast<std::size_t>(kind)];
  using Kind = Argument::Kind;
  return {
      .words = {"import", noun},
      .group = Group::kBulk,
      .summary = kind == BulkKind::kStockLevels ? "Imports counts and other changes of stock levels."
                                                : absl::StrCat("Makes or changes ", noun, "."),
      .description = absl::StrCat(kBulkHelp, "\n\n", kind == BulkKind::kStockLevels ? kStockHelp : kResourceHelp),
      .example = absl::StrCat("inventoryctl import ", noun, " ", noun, ".csv --rejects rejects.csv"),
      .method = "inventory.v1.InventoryService.ImportInventory",
      .arguments = {{.name = "file",
                     .kind = Kind::kPositional,
                     .value = "FILE",
                     .help = "What to read; - is standard input.",
                     .required = true},
                    {.name = "format",
                     .value = "csv|jsonl",
                     .help = "Default: jsonl if the file's name ends with .jsonl or .ndjson, otherwise csv.",
                     .choices = {"csv", "jsonl"}},
                    {.name = "delimiter", .value = "CHARACTER", .help = "Between cells of CSV; tab is one. Default: ,"},
                    {.name = "rejects",
                     .value = "FILE",
                     .help = "Where to write rejected rows with line and reason; of CSV the file can be corrected and "
                             "imported. Default: the first 20 are shown."},
                    {.name = "atomic",
                     .kind = Kind::kSwitch,
                     .help = "All rows or none, at most 1,000: one that is refused fails the import."},
                    {.name = "dry-run", .kind = Kind::kSwitch, .help = "Only reads the file; nothing is sent."},
                    {.name = "replace",
                     .kind = Kind::kSwitch,
                     .help = "Fields that a row of JSON lines does not have, or has as 0, false or empty, get their "
                             "defaults."},
                    {.name = "import-id",
                     .value = "ID",
                     .help = "Goes on with the import of this id, which is of the same file. Default: a new one, which "
                             "is shown."}},
      .run = [kind](const Arguments& arguments, Session& session) {
        absl::StatusOr<ImportOptions> options = ReadOptions(kind, arguments, session);
        if (!options.ok()) {
          return ReportUsage(options.status(), absl::StrCat("import ", BulkKindNames()[static_cast<std::size_t>(kind)]),
                             session.err);
        }
        return ImportRun(*std::move(options), session).Go();
      }};
}

}  // namespace

std::vector<Command> ImportCommands() {
  std::vector<Command> commands;
  for (const BulkKind kind : {BulkKind::kStockLevels, BulkKind::kItems, BulkKind::kWarehouses}) {
    commands.push_back(ImportCommandFor(kind));
  }
  return commands;
}

}  // namespace inventory::cli
