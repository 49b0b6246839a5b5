#include "client/cli/import.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/import_file.h"
#include "client/cli/import_options.h"
#include "client/cli/import_rejects.h"
#include "client/cli/import_sender.h"
#include "client/cli/output_file.h"
#include "client/cli/output_table.h"
#include "client/cli/progress.h"
#include "client/cli/report.h"
#include "inventory/client/connection.h"
#include "inventory/client/errors.h"

namespace inventory::cli {
namespace {

constexpr char kOnReusedId[] =
    "the file, its header or the options differ from what this import began with: restore them; under a new id what is "
    "done would be done again";

// Whether both are the same file. False if one can't be found.
bool IsSameFile(const struct stat& one, const std::string& path) {
  struct stat other {};
  return S_ISREG(one.st_mode) && stat(path.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

// A refusal of one of the server's rows, without its number, which is not of the file.
absl::Status WithoutRow(const absl::Status& refusal, const std::string& message) {
  std::map<std::string, std::string> metadata = client::MetadataOf(refusal);
  metadata.erase("row");
  return client::MakeError(refusal.code(), message,
                           {.reason = client::ReasonOf(refusal),
                            .metadata = std::move(metadata),
                            .field_violations = client::FieldViolationsOf(refusal),
                            .retry_delay = client::RetryDelayOf(refusal)});
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
    if (options_.dry_run) {
      opened = OpenRejects();
      return opened.ok() ? Check() : Unopened(opened);
    }
    absl::StatusOr<std::shared_ptr<client::Connection>> connection = session_.connect();
    if (!connection.ok()) return ReportUsage(connection.status(), options_.command, session_.err);
    opened = OpenRejects();
    return opened.ok() ? Send(*std::move(connection)) : Unopened(opened);
  }

 private:
  ExitCode Unopened(const absl::Status& why) {
    return absl::IsDataLoss(why) ? Fail(why) : ReportUsage(why, options_.command, session_.err);
  }

  // Opens the file and reads the header.
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
    progress_.emplace(session_.err, session_.err_is_terminal, size, *clock_);
    struct stat input {};
    const bool found =
        options_.path == "-" ? fstat(STDIN_FILENO, &input) == 0 : stat(options_.path.c_str(), &input) == 0;
    if (found && IsSameFile(input, options_.rejects)) {
      return absl::InvalidArgumentError("--rejects: is the file that is imported; name another");
    }
    return absl::OkStatus();
  }

  absl::Status OpenRejects() {
    if (options_.rejects.empty()) {
      rejects_ = std::make_unique<ImportRejects>(session_.err);
      return absl::OkStatus();
    }
    auto file = OutputFile::Create(options_.rejects);
    if (!file.ok()) return file.status();
    rejects_file_ = *std::move(file);
    rejects_ = std::make_unique<ImportRejects>(session_.err, rejects_file_->stream(), options_.rejects,
                                               options_.file.delimiter, file_->header());
    return rejects_->status();
  }

  // Lets the rejects take the place of a file that was there. A run that came to nothing leaves that.
  absl::Status KeepRejects(bool complete) {
    if (rejects_file_ == nullptr || (!complete && rejects_->count() == 0)) return rejects_->status();
    return rejects_file_->Commit();
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
    if (read.ok()) read = KeepRejects(true);
    if (!read.ok()) return Fail(read);
    const int64_t broken = rejects_->count();
    session_.err << Grouped(rows_ - broken) << " rows could be sent, " << Grouped(broken) << " are broken\n";
    return rejects_->count() == 0 ? ExitCode::kOk : ExitCode::kRefused;
  }

  ExitCode Send(std::shared_ptr<client::Connection> connection) {
    session_.err << "import " << Printable(options_.import_id) << '\n';
    if (IsForgotten(options_.import_id)) {
      session_.err << "warning: this import was begun more than " << kDaysImportIdsAreKept
                   << " days ago; what servers have forgotten by now is done again\n";
    }
    const auto client = client::MakeInventoryClient(std::move(connection));
    ImportSender::Options options;
    options.start.set_import_id(options_.import_id);
    options.start.set_error_policy(options_.atomic ? v1::ERROR_POLICY_ATOMIC : v1::ERROR_POLICY_PER_ROW);
    options.patience = session_.patience.value_or(kStreamPatience);
    file_->format().Prepare(options.start);
    options.on_retry = [this](const absl::Status& status, absl::Duration pause) {
      progress_->Clear();
      session_.err << "broken off (" << Printable(std::string(status.message())) << "), going on in "
                   << absl::FormatDuration(pause) << '\n';
    };
    ImportSender sender(*client, *clock_, std::move(options),
                        [this](const FileChunk& chunk, const v1::ImportChunkResult& result) { Take(chunk, result); });
    absl::Status read;
    const absl::Status sent = SendAll(sender, read);
    progress_->Clear();
    return sent.ok() ? Conclude(read) : Unsent(sender, sent);
  }

  // `read` is why the file could not be read to its end, or the rejects not be written; what was read before is then
  // still carried out.
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
      read = rejects_->status();
      if (!read.ok()) return absl::OkStatus();
      progress_->Show(rows_, rejects_->count(), file_->position());
    }
  }

  void Take(const FileChunk& chunk, const v1::ImportChunkResult& result) {
    // Of an ATOMIC import there are no rejects, and the numbers are of all.
    rows_ += options_.atomic ? result.applied_count() : static_cast<int64_t>(chunk.rows.size());
    for (const auto& [row, reason] : RejectedRows(chunk, result, file_->format())) Reject(row, reason);
  }

  // What an ATOMIC import was refused for, by the line of the file, which is kept with the rejects.
  absl::Status NameLine(const ImportSender& sender, const absl::Status& refusal) {
    const auto metadata = client::MetadataOf(refusal);
    const auto number = metadata.find("row");
    int64_t row_number = 0;
    if (number == metadata.end() || !absl::SimpleAtoi(number->second, &row_number)) return refusal;
    const FileRow* row = sender.Unanswered(row_number);
    if (row == nullptr) return refusal;
    absl::string_view message = refusal.message();
    absl::ConsumePrefix(&message, absl::StrCat("row ", number->second, ": "));
    if (rejects_file_ != nullptr) Reject(*row, ReasonOfRow(WithoutRow(refusal, std::string(message))));
    return WithoutRow(refusal, absl::StrCat("line ", row->line, ": ", message));
  }

  // The service has refused the import, or could not be reached.
  ExitCode Unsent(const ImportSender& sender, const absl::Status& sent) {
    ExitCode code =
        ReportError(NameLine(sender, sent), {.command = options_.command, .on_reused_id = kOnReusedId}, session_.err);
    const bool reused = client::ReasonOf(sent) == "REQUEST_ID_REUSED";
    // Before a stream broke off all may have been done; only what a row is refused for says that it was not.
    const bool is_certain = client::MetadataOf(sent).count("row") > 0 || !sender.has_broken_off();
    if (options_.atomic && code == ExitCode::kRefused && is_certain && !reused) {
      session_.err << "nothing was imported\n";
    } else if (options_.atomic && !reused) {
      session_.err << "it may have been imported; repeat the command with --import-id " << options_.import_id
                   << " to find out\n";
      code = ExitCode::kUnreachable;
    } else if (!options_.atomic) {
      // Who may not call now may with another token; other refusals come again.
      const bool final =
          code == ExitCode::kRefused && !absl::IsUnauthenticated(sent) && !absl::IsPermissionDenied(sent);
      session_.err << (final ? absl::StrCat(Grouped(rows_), " rows are done") : Resume()) << '\n';
    }
    const absl::Status kept = KeepRejects(false);
    if (kept.ok()) return code;
    session_.err << "error: " << Printable(std::string(kept.message())) << '\n';
    return ExitCode::kFault;
  }

  ExitCode Conclude(const absl::Status& read) {
    const absl::Status written = KeepRejects(read.ok());
    if (!written.ok()) return Fail(written);
    if (!read.ok()) {
      const ExitCode code = Fail(read);
      if (options_.atomic) session_.err << "nothing was imported\n";
      return code;
    }
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
    session_.err << "error: " << Printable(std::string(status.message())) << '\n';
    if (rows_ > 0 && !options_.dry_run && !options_.atomic) session_.err << Resume() << '\n';
    return absl::IsDataLoss(status) ? ExitCode::kFault : ExitCode::kRefused;
  }

  const ImportOptions options_;
  Session& session_;
  const std::shared_ptr<client::Clock> clock_;
  std::ifstream input_;
  std::unique_ptr<OutputFile> rejects_file_;  // Null: none is asked for.
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
    "on with by its import id, and nothing is done twice. Ends with 1 if rows were rejected. --timeout is how long to "
    "wait for an answer, and to go on trying without any; default 2m.";

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
                             "imported. A file that is there is replaced at the end. Default: the first 20 are "
                             "shown."},
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
                     .help = "Goes on with the import of this id, which is of the same file. Servers keep ids for a "
                             "week, unless --request-id-retention says otherwise: later everything would be done "
                             "again. Default: a new one, which is shown."}},
      .run = [kind](const Arguments& arguments, Session& session) {
        absl::StatusOr<ImportOptions> options = ReadImportOptions(kind, arguments, session);
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
