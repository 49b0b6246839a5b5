#include "client/cli/watch.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/call.h"
#include "client/cli/event_table.h"
#include "client/cli/output.h"
#include "client/cli/output_file.h"
#include "client/cli/output_table.h"
#include "client/cli/report.h"
#include "client/cli/request_builder.h"
#include "client/cli/request_fields.h"
#include "client/cli/streaming.h"
#include "client/cli/watch_place.h"
#include "inventory/client/clock.h"
#include "inventory/client/connection.h"
#include "inventory/client/errors.h"
#include "inventory/v1/inventory_service.client.h"

namespace inventory::cli {
namespace {

using google::protobuf::MethodDescriptor;

constexpr char kWatch[] = "watch";
constexpr char kMethod[] = "inventory.v1.InventoryService.Watch";
constexpr char kSinceFlag[] = "since";
constexpr char kFromBeginningFlag[] = "from-beginning";
constexpr char kResumeTokenFlag[] = "resume-token";
constexpr char kResumeFileFlag[] = "resume-file";

// How often the server is asked for a sign of life: with less patience more often, with which the place to go on from
// moves on, too. Seconds are the least that servers take, so that a shorter patience would end for no reason.
constexpr absl::Duration kHeartbeat = absl::Seconds(5);
constexpr absl::Duration kLeastPatience = absl::Seconds(3);

const MethodDescriptor& WatchMethod() {
  return *google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(kMethod);
}

// The arguments that set fields of the request.
std::vector<RequestField> WatchFields() {
  std::vector<RequestField> fields = FieldsOf(WatchMethod());
  std::erase_if(fields, [](const RequestField& field) { return field.path.front()->name() == "heartbeat_interval"; });
  for (RequestField& field : fields) {
    if (field.path.front()->name() == "start_time") {
      field.argument.name = kSinceFlag;
      field.argument.help = "Begin with what is of this time or later.";
    } else if (field.path.front()->name() == "resume_token") {
      field.argument.help = "Begin after the message that had this token.";
    }
  }
  return fields;
}

std::unique_ptr<RowWriter> MakeEventWriter(OutputFormat format, std::ostream& out) {
  if (format == OutputFormat::kTable) return MakeEventTableWriter(out);
  return MakeRowWriter(format, *v1::Event::descriptor(), out);
}

// One run of the command.
class WatchRun {
 public:
  explicit WatchRun(Session& session)
      : session_(session),
        fields_(WatchFields()),
        clock_(client::SystemClock()),
        patience_(session.patience.value_or(kStreamPatience)),
        watchdog_(patience_),
        persistence_(patience_, *clock_, session.err) {}

  ExitCode Go(const Arguments& arguments) {
    const absl::Status read = ReadArguments(arguments);
    if (!read.ok()) return ReportUsage(read, kWatch, session_.err);
    const absl::StatusOr<std::shared_ptr<client::Connection>> connection = session_.connect();
    if (!connection.ok()) return ReportUsage(connection.status(), kWatch, session_.err);
    writer_ = MakeEventWriter(session_.format, session_.out);
    return Follow(*client::MakeInventoryClient(*connection));
  }

 private:
  // INVALID_ARGUMENT has a line for all that is wrong with them.
  absl::Status ReadArguments(const Arguments& arguments) {
    std::vector<std::string> problems;
    const auto note = [&problems](const absl::Status& status) {
      if (!status.ok()) problems.emplace_back(status.message());
    };
    note(BuildRequest(WatchMethod(), fields_, arguments, session_.in, request_));
    const absl::StatusOr<int64_t> limit = LimitOf(arguments, limit_);
    note(limit.status());
    if (limit.ok()) limit_ = *limit;
    if (patience_ < kLeastPatience) {
      problems.push_back(absl::StrCat("--timeout: a watch can't do with less than ",
                                      absl::FormatDuration(kLeastPatience), " without a sign of life"));
    }
    request_.mutable_heartbeat_interval()->set_seconds(
        absl::ToInt64Seconds(std::clamp(patience_ / 3, absl::Seconds(1), kHeartbeat)));
    note(ReadStart(arguments));
    return problems.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  }

  absl::Status ReadStart(const Arguments& arguments) {
    if (arguments.IsOn(kFromBeginningFlag)) request_.mutable_beginning();
    const int starts = static_cast<int>(arguments.Has(kSinceFlag)) +
                       static_cast<int>(arguments.IsOn(kFromBeginningFlag)) +
                       static_cast<int>(arguments.Has(kResumeTokenFlag));
    if (starts > 1) return absl::InvalidArgumentError("give one of --since, --from-beginning and --resume-token");
    if (!arguments.Has(kResumeFileFlag)) return absl::OkStatus();
    if (arguments.Has(kResumeTokenFlag)) {
      return absl::InvalidArgumentError("give one of --resume-token and --resume-file");
    }
    return ReadResumeFile(*arguments.Get(kResumeFileFlag));
  }

  absl::Status ReadResumeFile(const std::string& path) {
    const absl::StatusOr<std::optional<WatchPlace>> place = ReadWatchPlace(path);
    if (!place.ok()) return place.status();
    resume_file_ = path;
    if (place->has_value()) {
      place_ = **place;
      request_.set_resume_token(place_.token);
      for (RequestField& field : fields_) {
        if (field.argument.name == kResumeTokenFlag) field.argument.name = kResumeFileFlag;
      }
    }
    // Whether it can be written is better known now than after what was told.
    return OutputFile::Create(path).status();
  }

  // A stream that breaks off is gone on with after its last message.
  ExitCode Follow(client::InventoryClient& client) {
    for (;;) {
      const absl::Status ended = FollowOnce(client);
      if (!written_.ok()) {
        session_.err << "error: " << Printable(std::string(written_.message())) << '\n';
        return ExitCode::kFault;
      }
      if (ended.ok()) return ExitCode::kOk;
      if (!persistence_.GoOn(ended)) return Report(ended);
    }
  }

  // Until the stream ends; OK if there is nothing more to tell.
  absl::Status FollowOnce(client::InventoryClient& client) {
    const auto stream = client.Watch(request_);
    if (!stream.ok()) return stream.status();
    for (bool heard = false;; heard = true) {
      absl::StatusOr<std::optional<v1::WatchResponse>> message = absl::UnknownError("");
      const bool in_time = watchdog_.Watch([&] { (*stream)->Cancel(); }, [&] { message = (*stream)->Read(); });
      if (!in_time && !message.ok()) return heard ? FallenSilent() : watchdog_.TooLate();
      if (!message.ok()) return message.status();
      if (!message->has_value()) return absl::UnavailableError("the server has ended the watch");
      persistence_.Heard();
      written_ = Tell(**message);
      if (!written_.ok() || told_ >= limit_) return absl::OkStatus();
    }
  }

  // Another stream gets as much time for its first message.
  absl::Status FallenSilent() {
    persistence_.Heard();
    return absl::UnavailableError(watchdog_.TooLate().message());
  }

  // What was told is out before the place moves on: it may come twice, but it is never left out.
  absl::Status Tell(const v1::WatchResponse& message) {
    Rows rows;
    int taken = 0;
    for (; taken < message.events_size() && told_ < limit_; ++taken) {
      if (place_.told.contains(message.events(taken).event_id())) continue;
      rows.push_back(&message.events(taken));
      ++told_;
    }
    writer_->Write(rows);
    absl::Status written = CheckWritten(session_.out, "the events");
    return written.ok() ? MoveOn(message, taken) : written;
  }

  // So many of the message's events are told.
  absl::Status MoveOn(const v1::WatchResponse& message, int taken) {
    const WatchPlace before = place_;
    const bool whole = taken == message.events_size();
    for (int i = 0; i < taken; ++i) {
      const std::string& id = message.events(i).event_id();
      if (whole) {
        place_.told.erase(id);
      } else {
        place_.told.insert(id);
      }
    }
    if (whole) place_.token = message.resume_token();
    request_.set_resume_token(place_.token);
    if (resume_file_.empty() || place_.token.empty() || place_ == before) return absl::OkStatus();
    return WriteWatchPlace(resume_file_, place_);
  }

  ExitCode Report(const absl::Status& ended) {
    const ExitCode code = ReportError(ended, {.command = kWatch, .fields = fields_}, session_.err);
    if (resume_file_.empty() && !place_.token.empty() && client::ReasonOf(ended) != "EVENTS_GONE") {
      session_.err << "  --resume-token " << Printable(place_.token) << " goes on after what was told\n";
    }
    return code;
  }

  Session& session_;
  std::vector<RequestField> fields_;
  const std::shared_ptr<client::Clock> clock_;
  const absl::Duration patience_;  // Without any message.
  Watchdog watchdog_;
  Persistence persistence_;
  v1::WatchRequest request_;
  int64_t limit_ = std::numeric_limits<int64_t>::max();
  int64_t told_ = 0;
  std::string resume_file_;  // Empty: none.
  WatchPlace place_;
  std::unique_ptr<RowWriter> writer_;
  absl::Status written_;  // Why not, of the events or the file.
};

}  // namespace

Command WatchCommand() {
  using Kind = Argument::Kind;
  Command command = {
      .words = {kWatch},
      .group = Group::kEveryday,
      .summary = "Tells what changes, as it happens.",
      .description =
          "Until it is interrupted: movements of stock, states of reservations and shipments, low stock, and levels "
          "that run out or have units again. Each event is told at least once, those of a SKU in the order in which "
          "they were committed; what comes twice has the same event_id. A table has a line for each, -o json and -o "
          "csv have all of it. Each line is out at once, through a pipe too.\n\n"
          "It begins now, unless told otherwise. A stream that breaks off, as of a server that stops, is gone on with "
          "where it was, and nothing is left out. --timeout is how long to wait for a sign of life, and to go on "
          "trying without any; default 2m.",
      .example = "inventoryctl watch --warehouse-id ber-1 --type low-stock --type out-of-stock",
      .method = kMethod,
      .run = [](const Arguments& arguments, Session& session) { return WatchRun(session).Go(arguments); }};
  for (RequestField& field : WatchFields()) command.arguments.push_back(std::move(field.argument));
  command.arguments.insert(
      command.arguments.end(),
      {{.name = kFromBeginningFlag, .kind = Kind::kSwitch, .help = "Begin with the first event that is still kept."},
       {.name = kResumeFileFlag,
        .value = "FILE",
        .help = "Begin where the watch has ended that had this file; if it is not there yet, as the other arguments "
                "say. What was told is noted there after each message."},
       {.name = kLimitFlag, .value = "NUMBER", .help = "End after so many events; 0 never ends. Default 0."}});
  return command;
}

}  // namespace inventory::cli
