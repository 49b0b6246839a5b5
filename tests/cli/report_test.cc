// What people are told of errors.
#include "client/cli/report.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "client/cli/request_fields.h"
#include "google/protobuf/descriptor.h"
#include "inventory/client/errors.h"
#include "inventory/v1/inventory_service.pb.h"

namespace inventory::cli {
namespace {

using absl::StatusCode;
using client::MakeError;

CallFacts Reserve() {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "inventory.v1.InventoryService.ReserveStock");
  return {.command = "reserve stock", .fields = FieldsOf(*method), .request_id = "id-1"};
}

std::string Reported(const absl::Status& status, const CallFacts& call, ExitCode expected) {
  std::ostringstream err;
  EXPECT_EQ(ReportError(status, call, err), expected) << status;
  return err.str();
}

TEST(ReportTest, ARefusalHasItsFacts) {
  EXPECT_EQ(Reported(MakeError(StatusCode::kFailedPrecondition, "only 1 of the 2 units of A are available",
                               {.reason = "INSUFFICIENT_STOCK", .metadata = {{"sku", "A"}, {"available", "1"}}}),
                     Reserve(), ExitCode::kRefused),
            "error: FAILED_PRECONDITION INSUFFICIENT_STOCK: only 1 of the 2 units of A are available\n"
            "  available: 1\n"
            "  sku: A\n");
}

TEST(ReportTest, AWrongFieldIsNamedAsItsArgument) {
  EXPECT_EQ(Reported(MakeError(StatusCode::kInvalidArgument, "the request breaks these rules: ...",
                               {.reason = "INVALID_FIELDS",
                                .field_violations = {{"ttl", "is too long"},
                                                     {"lines[0].quantity", "is 0"},
                                                     {"something.new", "is odd"}}}),
                     Reserve(), ExitCode::kRefused),
            "error: INVALID_ARGUMENT INVALID_FIELDS: these values can't be\n"
            "  --ttl (ttl): is too long\n"
            "  SKU=QUANTITY (lines[0].quantity): is 0\n"
            "  something.new: is odd\n"
            "  see inventoryctl reserve stock --help\n");
}

TEST(ReportTest, AWriteWithoutAnswerSaysHowToRepeatIt) {
  EXPECT_EQ(Reported(MakeError(StatusCode::kResourceExhausted, "too much waits",
                               {.reason = "QUEUE_FULL", .retry_delay = absl::Seconds(2)}),
                     Reserve(), ExitCode::kUnreachable),
            "error: RESOURCE_EXHAUSTED QUEUE_FULL: too much waits\n"
            "  it may have been carried out: repeat it in 2s with --request-id id-1, and it happens once\n");
  EXPECT_EQ(Reported(absl::DeadlineExceededError("late"), {.command = "get item"}, ExitCode::kUnreachable),
            "error: DEADLINE_EXCEEDED: late\n"
            "  try again; check --address, or give it more time by --timeout\n");
}

TEST(ReportTest, AnIdThatIsReusedHasTheAdviceOfItsCommand) {
  const absl::Status reused = MakeError(StatusCode::kAlreadyExists, "is another", {.reason = "REQUEST_ID_REUSED"});
  EXPECT_EQ(Reported(reused, {.command = "import items", .on_reused_id = "restore the file"}, ExitCode::kRefused),
            "error: ALREADY_EXISTS REQUEST_ID_REUSED: is another\n  restore the file\n");
  EXPECT_EQ(Reported(reused, Reserve(), ExitCode::kRefused),
            "error: ALREADY_EXISTS REQUEST_ID_REUSED: is another\n"
            "  this --request-id belongs to another request: take a new one, or leave it out\n");
}

TEST(ReportTest, NothingMovesTheCursor) {
  EXPECT_EQ(Reported(MakeError(StatusCode::kNotFound, "no \x1b[2J", {.reason = "X", .metadata = {{"sku", "a\nb"}}}),
                     {.command = "get item"}, ExitCode::kRefused),
            "error: NOT_FOUND X: no \\x1b[2J\n  sku: a\\nb\n");
}

TEST(ReportTest, EveryCodeHasAnExitCode) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kOk);
  EXPECT_EQ(ExitCodeOf(absl::AbortedError("")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), ExitCode::kFault);
}

}  // namespace
}  // namespace inventory::cli
