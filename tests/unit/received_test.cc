// What is found out about a request before anything is done with it.
#include "server/rpc/received.h"

#include <string>
#include <vector>

#include "grpcpp/support/slice.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"

namespace inventory::rpc {
namespace {

constexpr std::size_t kMostBytes = 10'000;

grpc::ByteBuffer Sent(const std::string& bytes, std::size_t pieces = 1) {
  std::vector<grpc::Slice> slices;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t begin = bytes.size() * i / pieces;
    slices.emplace_back(bytes.substr(begin, bytes.size() * (i + 1) / pieces - begin));
  }
  return {slices.data(), slices.size()};
}

v1::ReserveStockRequest Request(const std::string& channel_id) {
  v1::ReserveStockRequest request;
  request.set_channel_id(channel_id);
  return request;
}

class ReceiveTest : public ::testing::Test {
 protected:
  // "OK" or the reason why not. The bytes must be gone in any case.
  std::string Outcome(grpc::ByteBuffer sent) {
    message_.Clear();
    received_ = Receive(sent, kMostBytes, message_);
    EXPECT_FALSE(sent.Valid());
    return received_.status.ok() ? "OK" : ReasonOf(received_.status);
  }

  Received received_;
  v1::ReserveStockRequest message_;
};

TEST_F(ReceiveTest, ParsesWhatIsWellFormed) {
  const v1::ReserveStockRequest request = Request("web");
  EXPECT_EQ(Outcome(Sent(request.SerializeAsString())), "OK");
  EXPECT_EQ(message_.channel_id(), "web");
  EXPECT_GE(received_.bytes, sizeof(request));
  EXPECT_EQ(Outcome(Sent(request.SerializeAsString(), 3)), "OK");
  EXPECT_EQ(message_.channel_id(), "web");
  EXPECT_EQ(Outcome(Sent("")), "OK");
  EXPECT_EQ(message_.ByteSizeLong(), 0u);
}

TEST_F(ReceiveTest, RefusesWhatIsNoMessageOfTheType) {
  EXPECT_EQ(Outcome(Sent("not a message")), "MALFORMED_REQUEST");
  EXPECT_EQ(Outcome(Sent(std::string("\x0a\x01\xff", 3))), "MALFORMED_REQUEST") << "text that is not UTF-8";
  EXPECT_EQ(Outcome(grpc::ByteBuffer()), "MALFORMED_REQUEST") << "no request at all";
  EXPECT_EQ(received_.bytes, 0u);
}

TEST_F(ReceiveTest, ParsesNothingThatWouldTakeTooMuchMemory) {
  EXPECT_EQ(Outcome(Sent(Request(std::string(2 * kMostBytes, 'x')).SerializeAsString())), "REQUEST_TOO_LARGE");
  EXPECT_EQ(message_.ByteSizeLong(), 0u);
  EXPECT_EQ(received_.bytes, 0u);
}

TEST(LeaveUnreadTest, LetsGoOfTheBytes) {
  grpc::ByteBuffer sent = Sent("not a message");
  EXPECT_EQ(LeaveUnread(sent).status, FullQueue());
  EXPECT_FALSE(sent.Valid());
}

}  // namespace
}  // namespace inventory::rpc
