#include "client/cli/call.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "client/cli/columns.h"
#include "client/cli/output.h"
#include "client/cli/report.h"
#include "client/cli/request_builder.h"
#include "client/cli/values.h"
#include "google/protobuf/message.h"
#include "inventory/client/connection.h"
#include "inventory/client/internal/request_id.h"
#include "inventory/client/method.h"
#include "inventory/v1/ledger.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// The most that lists answer at once.
constexpr int kLargestPage = 1000;

using MessagePtr = std::unique_ptr<Message>;

MessagePtr Make(const Descriptor& type) {
  return MessagePtr(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

void SetText(Message& message, const char* field, const std::string& text) {
  message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName(field), text);
}

// One run of a command.
class CallRun {
 public:
  CallRun(const MethodDescriptor& method, const std::string& command, const std::vector<RequestField>& fields,
          Session& session)
      : method_(method),
        facts_{command, fields, ""},
        session_(session),
        request_(Make(*method.input_type())),
        answer_(Make(*method.output_type())) {}

  ExitCode Go(const Arguments& arguments) {
    absl::Status built = BuildRequest(method_, facts_.fields, arguments, session_.in, *request_);
    if (built.ok()) built = ReadLimit(arguments);
    if (!built.ok()) return ReportUsage(built, facts_.command, session_.err);
    absl::StatusOr<std::shared_ptr<client::Connection>> connection = session_.connect();
    if (!connection.ok()) return ReportUsage(connection.status(), facts_.command, session_.err);
    connection_ = *connection;
    NameRequest();
    return IsPaged(method_) ? CallPages() : CallOnce();
  }

 private:
  absl::Status ReadLimit(const Arguments& arguments) {
    const absl::StatusOr<int64_t> limit = LimitOf(arguments, kDefaultLimit);
    if (limit.ok()) limit_ = TakesLimit(method_) ? *limit : std::numeric_limits<int64_t>::max();
    return limit.status();
  }

  // The command names a write, so that it can say how to repeat it.
  void NameRequest() {
    const FieldDescriptor* field = method_.input_type()->FindFieldByName("request_id");
    if (field == nullptr) return;
    facts_.request_id = request_->GetReflection()->GetString(*request_, field);  // Of --json.
    if (!session_.request_id.empty()) facts_.request_id = session_.request_id;
    if (facts_.request_id.empty()) facts_.request_id = client::internal::NewRequestId(absl::Now());
    SetText(*request_, "request_id", facts_.request_id);
  }

  absl::Status Ask() {
    answer_->Clear();
    return connection_->Call(client::MethodOf(method_), *request_, *answer_, {.timeout = session_.timeout});
  }

  ExitCode CallOnce() {
    const absl::Status status = Ask();
    if (!status.ok()) return ReportError(status, facts_, session_.err);
    const FieldDescriptor* rows = RowsOf(*method_.output_type());
    if (rows == nullptr || session_.format == OutputFormat::kJson) {
      WriteMessage(session_.format, *answer_, session_.out);
    } else {
      WriterOf(*rows)->Write(RowsIn(*rows));
      answer_->GetReflection()->ClearField(answer_.get(), rows);
      if (session_.format == OutputFormat::kTable) WriteMessage(session_.format, *answer_, session_.out);
    }
    const FieldDescriptor* failed = method_.output_type()->FindFieldByName("failed_count");
    const bool some_failed = failed != nullptr && answer_->GetReflection()->GetInt32(*answer_, failed) > 0;
    return some_failed ? ExitCode::kRefused : ExitCode::kOk;
  }

  ExitCode CallPages() {
    const FieldDescriptor& rows = *RowsOf(*method_.output_type());
    std::unique_ptr<RowWriter> writer = WriterOf(rows);
    for (int page = 1;; ++page) {
      const int64_t size = std::min<int64_t>(limit_ - shown_, kLargestPage);
      if (TakesLimit(method_)) {
        request_->GetReflection()->SetInt32(request_.get(), method_.input_type()->FindFieldByName("page_size"),
                                            static_cast<int32_t>(size));
      }
      // Each page of a write is one of its own.
      if (page > 1 && !facts_.request_id.empty()) {
        SetText(*request_, "request_id", absl::StrCat(facts_.request_id, ".", page));
      }
      const absl::Status status = Ask();
      if (!status.ok()) return ReportError(status, facts_, session_.err);
      Note(rows);
      writer->Write(RowsIn(rows));
      shown_ += answer_->GetReflection()->FieldSize(*answer_, &rows);
      const std::string next = ShowValue(*answer_, *method_.output_type()->FindFieldByName("next_page_token"));
      if (next.empty() || shown_ >= limit_) return Summarise(!next.empty());
      SetText(*request_, "page_token", next);
    }
  }

  // Adds up what an answer counts besides its rows.
  void Note(const FieldDescriptor& rows) {
    if (TakesLimit(method_)) return;
    for (int i = 0; i < method_.output_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method_.output_type()->field(i);
      if (field.type() != FieldDescriptor::TYPE_INT64 || field.is_repeated()) continue;
      sums_[field.name()] += answer_->GetReflection()->GetInt64(*answer_, &field);
    }
    for (const Message* row : RowsIn(rows)) {
      const auto* mismatch = dynamic_cast<const v1::Mismatch*>(row);
      if (mismatch != nullptr && !mismatch->repaired()) mismatch_ = true;
    }
  }

  ExitCode Summarise(bool more) {
    for (const auto& [name, sum] : sums_)
      session_.err << absl::StrReplaceAll(name, {{"_", " "}}) << ": " << sum << '\n';
    if (shown_ == 0 && TakesLimit(method_) && session_.format == OutputFormat::kTable) session_.err << "None found.\n";
    if (more) {
      session_.err << "There are more than these " << shown_ << ": --limit 0 shows all, a larger --limit more.\n";
    }
    return mismatch_ ? ExitCode::kMismatch : ExitCode::kOk;
  }

  std::unique_ptr<RowWriter> WriterOf(const FieldDescriptor& rows) {
    return MakeRowWriter(session_.format, *rows.message_type(), session_.out);
  }

  Rows RowsIn(const FieldDescriptor& field) const {
    Rows rows;
    for (int i = 0; i < answer_->GetReflection()->FieldSize(*answer_, &field); ++i) {
      rows.push_back(&answer_->GetReflection()->GetRepeatedMessage(*answer_, &field, i));
    }
    return rows;
  }

  const MethodDescriptor& method_;
  CallFacts facts_;
  Session& session_;
  const MessagePtr request_;
  const MessagePtr answer_;
  std::shared_ptr<client::Connection> connection_;
  int64_t limit_ = 0;
  int64_t shown_ = 0;
  std::map<std::string, int64_t> sums_;
  bool mismatch_ = false;
};

}  // namespace

absl::StatusOr<int64_t> LimitOf(const Arguments& arguments, int64_t otherwise) {
  const std::optional<std::string> text = arguments.Get(kLimitFlag);
  if (!text.has_value()) return otherwise;
  int64_t limit = 0;
  if (!absl::SimpleAtoi(*text, &limit) || limit < 0) {
    return absl::InvalidArgumentError(absl::StrCat("--limit: expected a number, 0 for all, not \"", *text, "\""));
  }
  return limit == 0 ? std::numeric_limits<int64_t>::max() : limit;
}

bool IsPaged(const MethodDescriptor& method) {
  return method.input_type()->FindFieldByName("page_token") != nullptr &&
         method.output_type()->FindFieldByName("next_page_token") != nullptr;
}

bool TakesLimit(const MethodDescriptor& method) { return IsPaged(method) && absl::StartsWith(method.name(), "List"); }

ExitCode Call(const MethodDescriptor& method, const std::string& command, const std::vector<RequestField>& fields,
              const Arguments& arguments, Session& session) {
  return CallRun(method, command, fields, session).Go(arguments);
}

}  // namespace inventory::cli
