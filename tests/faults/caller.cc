#include "tests/faults/caller.h"

#include "absl/strings/str_cat.h"

namespace inventory::faults {
namespace {

using End = history::Write::End;

// How long a caller insists on an answer; longer than any service may need to come back.
constexpr absl::Duration kCallPatience = absl::Minutes(5);
constexpr absl::Duration kOnce = absl::Seconds(1);
constexpr absl::Duration kPause = absl::Milliseconds(20);

// Whether no caller should ever be told that.
bool IsFault(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Caller>> Caller::Connect(Options options, Recorder& recorder) {
  client::ConnectionOptions connect;
  connect.addresses = options.addresses;
  connect.plaintext = true;
  // Callers of one process with equal options would share one connection to the server.
  connect.user_agent = absl::StrCat("caller-", options.prefix, options.number);
  connect.connect_timeout = absl::Seconds(1);
  connect.retry.max_backoff = absl::Milliseconds(500);
  auto connection = client::Connect(connect);
  if (!connection.ok()) return connection.status();
  return std::unique_ptr<Caller>(new Caller(std::move(options), *std::move(connection), recorder));
}

Caller::Caller(Options options, std::shared_ptr<client::Connection> connection, Recorder& recorder)
    : options_(std::move(options)),
      connection_(std::move(connection)),
      inventory_(client::MakeInventoryClient(connection_)),
      warehouses_(client::MakeWarehouseClient(connection_)),
      recorder_(recorder),
      random_(options_.seed) {}

client::CallOptions Caller::call_options() const {
  client::CallOptions options;
  const bool once = options_.style == Style::kTriesOnce || options_.mutant == Mutant::kForgetsRequestIds;
  if (!once) return options;
  options.timeout = kOnce;
  options.retry = client::RetryOptions{.max_attempts = 1};
  return options;
}

void Caller::Record(history::Write write, const std::function<absl::Status(history::Write&, int)>& attempt) {
  const bool insists = options_.style == Style::kInsists;
  write.start = absl::Now();
  for (int number = 1;; ++number) {
    const absl::Status status = attempt(write, number);
    write.finish = absl::Now();
    write.end = EndOf(status);
    write.tries = number;
    write.error = status.ok() ? "" : status.ToString();
    if (IsFault(status)) {
      recorder_.Complain({history::Violation::Kind::kUnanswered,
                          absl::StrCat(write.method, " ", write.request_id, " was told ", write.error)});
    }
    // A service that is wrong gets no better by being asked again.
    if (write.end != End::kUnknown || !insists || IsFault(status)) break;
    if (number == 1) recorder_.AddFailure(absl::StrCat(write.method, " ", write.request_id, ": ", write.error));
    if (write.finish - write.start > kCallPatience) {
      recorder_.Complain({history::Violation::Kind::kUnanswered,
                          absl::StrCat(write.method, " ", write.request_id, " had no answer for ",
                                       absl::FormatDuration(kCallPatience), ", at last ", write.error)});
      break;
    }
    absl::SleepFor(kPause);
  }
  // Nobody hammers a server that is away.
  if (write.end == End::kUnknown) absl::SleepFor(kPause);
  recorder_.Add(options_.number, std::move(write));
}

void Caller::FailedRead(const absl::Status& status) {
  recorder_.AddFailedRead(options_.number);
  if (options_.style == Style::kInsists) recorder_.AddFailure(absl::StrCat("a read: ", status.ToString()));
  if (IsFault(status)) {
    recorder_.Complain({history::Violation::Kind::kUnanswered, absl::StrCat("a read was told ", status.ToString())});
  }
  absl::SleepFor(kPause);
}

absl::StatusOr<v1::StockLevel> Caller::ReadLevel(const std::string& sku, const std::string& warehouse_id) {
  v1::GetStockLevelRequest request;
  request.set_sku(sku);
  request.set_warehouse_id(warehouse_id);
  history::Read read = {.start = absl::Now(), .finish = absl::Now()};
  absl::StatusOr<v1::StockLevel> level = inventory_->GetStockLevel(request, call_options());
  read.finish = absl::Now();
  if (!level.ok()) {
    FailedRead(level.status());
    return level;
  }
  if (options_.mutant == Mutant::kAnswersFromCache) {
    v1::StockLevel& cached = cache_.try_emplace({sku, warehouse_id}, *level).first->second;
    if (Pick(4) == 0) cached = *level;
    *level = cached;
  }
  read.level = *level;
  recorder_.Add(options_.number, std::move(read));
  return level;
}

void Caller::ReadAvailability(const std::string& sku, const std::string& channel_id) {
  v1::GetAvailabilityRequest request;
  request.set_channel_id(channel_id);
  request.add_skus(sku);
  // For few SKUs a server reads anew; for so many it uses what it has kept.
  constexpr int kEnough = 8;
  for (int i = 1; i < kEnough; ++i) request.add_skus(absl::StrCat("never stocked ", i));
  request.set_view(v1::AVAILABILITY_VIEW_OPERATOR);
  history::Read read = {.start = absl::Now(), .finish = absl::Now()};
  const absl::StatusOr<v1::GetAvailabilityResponse> answer = inventory_->GetAvailability(request, call_options());
  read.finish = absl::Now();
  if (!answer.ok()) {
    FailedRead(answer.status());
    return;
  }
  if (answer->availabilities_size() != kEnough || !answer->availabilities(0).has_quantity()) {
    recorder_.Complain({history::Violation::Kind::kAnswer, answer->ShortDebugString()});
    return;
  }
  read.sku = sku;
  read.channel_id = channel_id;
  read.available = answer->availabilities(0).quantity();
  recorder_.Add(options_.number, std::move(read));
}

}  // namespace inventory::faults
