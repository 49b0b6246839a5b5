#include "server/errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace inventory {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

// The detail of its type that the status carries to callers, or an empty one.
template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const google::rpc::Status proto = ToProto(status);
  for (const auto& any : proto.details()) any.UnpackTo(&detail);
  return detail;
}

TEST(RefusalTest, CarriesReasonDomainAndMetadata) {
  const absl::Status status = Refusal(absl::StatusCode::kFailedPrecondition, "INSUFFICIENT_STOCK", "only 3",
                                      {{"sku", "a"}, {"available", "3"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "only 3");
  EXPECT_EQ(ReasonOf(status), "INSUFFICIENT_STOCK");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info.domain(), "inventory.v1");
  EXPECT_THAT(info.metadata(), UnorderedElementsAre(Pair("sku", "a"), Pair("available", "3")));
}

TEST(RefusalTest, HasAShorthandForTheCommonestCodes) {
  EXPECT_EQ(Precondition("R", "m").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(NotFound("R", "m").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(NotFound("R", "m", {{"k", "v"}})), "R");
}

TEST(EtagMismatchTest, SaysWhatWasExpectedAndWhatIs) {
  const absl::Status status = EtagMismatch("the level", "1", "2");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "ETAG_MISMATCH");
  EXPECT_THAT(std::string(status.message()), HasSubstr("the level has changed"));
  EXPECT_THAT(DetailOf<google::rpc::ErrorInfo>(status).metadata(),
              UnorderedElementsAre(Pair("expected", "1"), Pair("actual", "2")));
}

TEST(StockMismatchTest, NamesTheSkuAndWhatToDo) {
  const absl::Status status = StockMismatch("sku", "reserved would fall below zero");
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(status), "STOCK_MISMATCH");
  EXPECT_THAT(std::string(status.message()), HasSubstr("reserved would fall below zero; VerifyStock"));
  EXPECT_THAT(DetailOf<google::rpc::ErrorInfo>(status).metadata(), UnorderedElementsAre(Pair("sku", "sku")));
}

TEST(ReasonOfTest, IsEmptyWithoutAnErrorInfo) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::InternalError("m")), "");
  absl::Status garbled = absl::InternalError("m");
  garbled.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\xFF\xFF"));
  EXPECT_EQ(ReasonOf(garbled), "");
}

// gRPC's clients take 8 KiB of metadata unless they say more; the list is sent in base64, the text beside it once more.
TEST(ViolationsTest, OfManyThoseThatCallersCanReceiveAreListedAndTheRestIsCounted) {
  Violations violations;
  for (int i = 0; i < 5000; ++i) violations.Add(absl::StrCat("lines[", i, "].quantity"), "must be 1 to 1000000");
  const absl::Status status = violations.ToStatus();
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  const int listed = bad.field_violations_size() - 1;
  EXPECT_GT(listed, 20);
  EXPECT_EQ(bad.field_violations(0).field(), "lines[0].quantity");
  EXPECT_EQ(bad.field_violations(listed).field(), "");
  const std::string rest = absl::StrCat(5000 - listed, " more rules are broken");
  EXPECT_EQ(bad.field_violations(listed).description(), rest);
  EXPECT_THAT(std::string(status.message()), HasSubstr(rest));
  EXPECT_LT(ToProto(status).ByteSizeLong() * 4 / 3 + status.message().size(), 7000u);
}

TEST(ViolationsTest, OneIsListedHoweverLongItIs) {
  Violations violations;
  violations.Add(std::string(5000, 'f'), "must be shorter");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(violations.ToStatus()).field_violations_size(), 1);
}

TEST(ViolationsTest, ThoseThatAreNotKeptAreCounted) {
  Violations part;
  for (int i = 0; i < 150; ++i) part.Add(absl::StrCat("f", i), "is wrong");
  Violations violations;
  violations.AddAll(part, [](const std::string& field) { return absl::StrCat("row.", field); });
  violations.KeepFirst(2);
  const auto bad = DetailOf<google::rpc::BadRequest>(violations.ToStatus());
  ASSERT_EQ(bad.field_violations_size(), 3);
  EXPECT_EQ(bad.field_violations(1).field(), "row.f1");
  EXPECT_EQ(bad.field_violations(2).description(), "148 more rules are broken");
}

TEST(WithRetryDelayTest, KeepsTheRefusalAndAddsTheDelay) {
  const absl::Status status =
      WithRetryDelay(Refusal(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "m"), absl::Milliseconds(1250));
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(WithRetryDelayTest, WritesWholeSecondsWithoutNanos) {
  const auto retry = DetailOf<google::rpc::RetryInfo>(WithRetryDelay(absl::UnavailableError("m"), absl::Seconds(2)));
  EXPECT_EQ(retry.retry_delay().seconds(), 2);
  EXPECT_EQ(retry.retry_delay().nanos(), 0);
}

TEST(UnavailableTest, AsksToComeBack) {
  const absl::Status status = Unavailable("CONTENTION", "m");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "CONTENTION");
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(status).retry_delay().nanos(), 0);
}

TEST(ViolationsTest, AreOkWhenThereAreNone) {
  const Violations none;
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.ToStatus().ok());
}

TEST(ViolationsTest, ListAllFieldsInOrder) {
  Violations violations;
  violations.Add("sku", "is required");
  violations.Add("lines[2].quantity", "is 0");
  EXPECT_FALSE(violations.empty());
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  EXPECT_EQ(status.message(), "the request breaks these rules: sku: is required; lines[2].quantity: is 0");
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "sku");
  EXPECT_EQ(bad.field_violations(0).description(), "is required");
  EXPECT_EQ(bad.field_violations(1).field(), "lines[2].quantity");
  EXPECT_EQ(bad.field_violations(1).description(), "is 0");
}

TEST(ViolationsTest, MayComeUnderAnotherCode) {
  Violations violations;
  violations.Add("f", "d");
  const absl::Status status = violations.ToStatus(absl::StatusCode::kFailedPrecondition, "ORDER_RULE_VIOLATED", "m");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "ORDER_RULE_VIOLATED");
  EXPECT_EQ(status.message(), "m: f: d");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).field_violations_size(), 1);
}

TEST(ToProtoTest, ReturnsUnchangedThroughFromProto) {
  Violations violations;
  violations.Add("f", "d");
  for (const absl::Status& status : {absl::OkStatus(), absl::InternalError("m"), Precondition("R", "m", {{"k", "v"}}),
                                     Unavailable("R", "m"), violations.ToStatus()}) {
    EXPECT_EQ(FromProto(ToProto(status)), status) << status;
  }
}

TEST(ToProtoTest, KeepsInternalPayloadsFromCallers) {
  absl::Status status = Precondition("R", "m");
  status.SetPayload("inventory/sql-fault", absl::Cord("secret"));
  EXPECT_EQ(ToProto(status).details_size(), 1);
}

TEST(ToGrpcTest, CarriesCodeMessageAndDetails) {
  const absl::Status status = Precondition("R", "m", {{"k", "v"}});
  const grpc::Status sent = ToGrpc(status);
  EXPECT_EQ(sent.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(sent.error_message(), "m");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(sent.error_details()));
  EXPECT_EQ(FromProto(details), status);
}

TEST(ToGrpcTest, SendsNothingWithOk) {
  const grpc::Status sent = ToGrpc(absl::OkStatus());
  EXPECT_TRUE(sent.ok());
  EXPECT_EQ(sent.error_details(), "");
}

TEST(ToGrpcTest, KnowsEveryCanonicalCode) {
  for (int code = 1; code <= 16; ++code) {
    EXPECT_EQ(static_cast<int>(ToGrpc(absl::Status(static_cast<absl::StatusCode>(code), "m")).error_code()), code);
  }
}

}  // namespace
}  // namespace inventory
