// Details of errors, as callers read them and as the wire carries them.
#include "inventory/client/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "inventory/client/internal/grpc_status.h"

namespace inventory::client {
namespace {

using internal::FromGrpc;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// The wire's form of an error with every detail.
google::rpc::Status Sent(int code) {
  google::rpc::ErrorInfo info;
  info.set_reason("INSUFFICIENT_STOCK");
  (*info.mutable_metadata())["sku"] = "A";
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("lines[0].quantity");
  bad.mutable_field_violations(0)->set_description("must be more than 0");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::Status status;
  status.set_code(code);
  status.set_message("no");
  status.add_details()->PackFrom(info);
  status.add_details()->PackFrom(bad);
  status.add_details()->PackFrom(retry);
  return status;
}

void ExpectDetails(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(std::string(status.message()), "no");
  EXPECT_EQ(ReasonOf(status), "INSUFFICIENT_STOCK");
  EXPECT_THAT(MetadataOf(status), ElementsAre(Pair("sku", "A")));
  EXPECT_THAT(FieldViolationsOf(status), ElementsAre(FieldViolation{"lines[0].quantity", "must be more than 0"}));
  EXPECT_EQ(RetryDelayOf(status), absl::Milliseconds(1500));
}

void ExpectNoDetails(const absl::Status& status) {
  EXPECT_EQ(ReasonOf(status), "");
  EXPECT_THAT(MetadataOf(status), IsEmpty());
  EXPECT_THAT(FieldViolationsOf(status), IsEmpty());
  EXPECT_EQ(RetryDelayOf(status), std::nullopt);
}

TEST(ErrorsTest, ReadsDetailsOfCalls) {
  ExpectDetails(FromGrpc(grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "no", Sent(9).SerializeAsString())));
}

TEST(ErrorsTest, ReadsDetailsOfRows) { ExpectDetails(FromProto(Sent(9))); }

TEST(ErrorsTest, MakesErrorsAsTheServiceDoes) {
  ExpectDetails(MakeError(absl::StatusCode::kFailedPrecondition, "no",
                          {.reason = "INSUFFICIENT_STOCK",
                           .metadata = {{"sku", "A"}},
                           .field_violations = {{"lines[0].quantity", "must be more than 0"}},
                           .retry_delay = absl::Milliseconds(1500)}));
}

TEST(ErrorsTest, OthersHaveNoDetails) {
  ExpectNoDetails(absl::OkStatus());
  ExpectNoDetails(absl::UnavailableError("connection refused"));
  ExpectNoDetails(FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no", "\xff not a message")));
}

TEST(ErrorsTest, IgnoresDetailsOfAnotherCode) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "away", Sent(9).SerializeAsString()));
  EXPECT_EQ(status, absl::UnavailableError("away"));
}

TEST(ErrorsTest, IgnoresDetailsThatAreBroken) {
  google::rpc::Status sent = Sent(9);
  for (google::protobuf::Any& detail : *sent.mutable_details()) detail.set_value("\xff");
  ExpectNoDetails(FromProto(sent));
}

TEST(ErrorsTest, CodesNobodyKnowsAreUnknown) {
  for (const int code : {-1, 17, 1000}) {
    google::rpc::Status sent;
    sent.set_code(code);
    EXPECT_EQ(FromProto(sent).code(), absl::StatusCode::kUnknown) << code;
  }
}

}  // namespace
}  // namespace inventory::client
