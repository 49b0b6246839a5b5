#include "client/cli/report.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client/cli/output_table.h"
#include "client/cli/request_builder.h"
#include "inventory/client/errors.h"

namespace inventory::cli {
namespace {

using absl::StatusCode;

std::string HelpOf(const std::string& command) {
  return absl::StrCat("inventoryctl ", command, command.empty() ? "" : " ", "--help");
}

std::string AdviceOnNoAnswer(const absl::Status& status, const CallFacts& call) {
  const auto delay = client::RetryDelayOf(status);
  const std::string when = delay.has_value() ? absl::StrCat(" in ", absl::FormatDuration(*delay)) : "";
  if (!call.request_id.empty()) {
    return absl::StrCat("it may have been carried out: repeat it", when, " with --request-id ", call.request_id,
                        ", and it happens once");
  }
  return absl::StrCat("try again", when, "; check --address, or give it more time by --timeout");
}

// What can be done about it; empty if the message says all there is.
std::string Advice(const absl::Status& status, const CallFacts& call) {
  static const auto& by_reason = *new std::map<std::string, std::string>{
      {"EVENTS_GONE",
       "begin anew, without the token or its file: --from-beginning tells all that is kept, and `inventoryctl ledger "
       "SKU` has what moved before"},
      {"ETAG_MISMATCH", "it was changed meanwhile: read it again, then repeat with its new --etag"},
      {"REQUEST_ID_REUSED", "this --request-id belongs to another request: take a new one, or leave it out"},
      {"STOCK_MISMATCH", "see `inventoryctl verify SKU`, and repair by `inventoryctl verify SKU --repair`"},
  };
  const std::string reason = client::ReasonOf(status);
  if (reason == "REQUEST_ID_REUSED" && !call.on_reused_id.empty()) return call.on_reused_id;
  const auto advice = by_reason.find(reason);
  if (advice != by_reason.end()) return advice->second;
  if (ExitCodeOf(status) == ExitCode::kUnreachable) return AdviceOnNoAnswer(status, call);
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
      return absl::StrCat("see ", HelpOf(call.command));
    case StatusCode::kUnauthenticated:
      return "name a file with your token by --token-file";
    case StatusCode::kUnimplemented:
      return "the server does not know this call: is it older than this inventoryctl? Compare `inventoryctl version`";
    default:
      return "";
  }
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case StatusCode::kOk:
      return ExitCode::kOk;
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kResourceExhausted:
    case StatusCode::kCancelled:
      return ExitCode::kUnreachable;
    case StatusCode::kInternal:
    case StatusCode::kDataLoss:
    case StatusCode::kUnknown:
      return ExitCode::kFault;
    default:
      return ExitCode::kRefused;
  }
}

ExitCode ReportError(const absl::Status& status, const CallFacts& call, std::ostream& err) {
  const std::string reason = client::ReasonOf(status);
  const std::vector<client::FieldViolation> violations = client::FieldViolationsOf(status);
  // The message repeats the violations, with names of the API.
  const std::string message =
      reason == "INVALID_FIELDS" && !violations.empty() ? "these values can't be" : std::string(status.message());
  err << "error: " << absl::StatusCodeToString(status.code()) << (reason.empty() ? "" : " ") << reason << ": "
      << Printable(message) << '\n';
  for (const auto& [name, value] : client::MetadataOf(status)) {
    err << "  " << Printable(name) << ": " << Printable(value) << '\n';
  }
  for (const client::FieldViolation& violation : violations) {
    const std::string argument = ArgumentFor(call.fields, violation.field);
    err << "  " << (argument.empty() ? "" : argument + " (") << Printable(violation.field)
        << (argument.empty() ? "" : ")") << ": " << Printable(violation.description) << '\n';
  }
  if (const std::string advice = Advice(status, call); !advice.empty()) err << "  " << advice << '\n';
  return ExitCodeOf(status);
}

ExitCode ReportUsage(const absl::Status& status, const std::string& command, std::ostream& err) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    err << "error: " << Printable(std::string(line)) << '\n';
  }
  err << "  see " << HelpOf(command) << '\n';
  return ExitCode::kUsage;
}

}  // namespace inventory::cli
