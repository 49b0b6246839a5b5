// What libraries log because of what peers send.
#include "server/rpc/grpc_log.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"

namespace inventory::rpc {
namespace {

TEST(GrpcLogTest, TextThatIsNotUtf8MakesFewEventsOfTheServersOwnLog) {
  google::protobuf::LogHandler* const before = google::protobuf::SetLogHandler(nullptr);
  TakeGrpcLog();
  testing::internal::CaptureStderr();
  const std::string not_utf8 = "\x0A\x01\xFF";  // Field 1, of one byte.
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(v1::GetItemRequest().ParseFromString(not_utf8));
  const std::string logged = testing::internal::GetCapturedStderr();
  google::protobuf::SetLogHandler(before);
  gpr_set_log_function(nullptr);
  EXPECT_TRUE(absl::StrContains(logged, "GetItemRequest.sku")) << logged;
  EXPECT_FALSE(absl::StrContains(logged, "[libprotobuf")) << logged;
  // Ten in each second that it took; nobody's machine is so slow that this is no bound.
  EXPECT_LT(std::vector<std::string>(absl::StrSplit(logged, '\n')).size(), 500);
}

}  // namespace
}  // namespace inventory::rpc
