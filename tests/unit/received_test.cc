// What is looked at of a request before its handler is called.
#include "server/rpc/received.h"

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "grpc/byte_buffer.h"
#include "grpc/slice.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"

namespace inventory::rpc {
namespace {

// Notes how much of a request it is given.
class Handler final : public grpc::internal::MethodHandler {
 public:
  explicit Handler(std::size_t& given) : given_(given) {}

  void* Deserialize(grpc_call*, grpc_byte_buffer* request, grpc::Status*, void**) override {
    given_ = grpc_byte_buffer_length(request);
    grpc_byte_buffer_destroy(request);
    return nullptr;
  }
  void RunHandler(const HandlerParameter&) override {}

 private:
  std::size_t& given_;
};

class ReceiveAllTest : public ::testing::Test {
 protected:
  // What ReceivedRequest() says when these bytes have come.
  const Received& Send(absl::string_view bytes) {
    grpc_slice slice = grpc_slice_from_copied_buffer(bytes.data(), bytes.size());
    grpc_byte_buffer* const buffer = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    grpc::Status status;
    handler_->Deserialize(nullptr, buffer, &status, nullptr);
    return ReceivedRequest();
  }

  bool full_ = false;
  std::size_t given_ = 0;
  const std::unique_ptr<grpc::internal::MethodHandler> handler_ = ReceiveAll(
      std::make_unique<Handler>(given_), *v1::ReserveStockRequest::descriptor(), 10'000, [this] { return full_; });
};

TEST_F(ReceiveAllTest, GivesRequestsThatAreWellFormedAndNotTooLarge) {
  v1::ReserveStockRequest request;
  request.set_channel_id("web");
  EXPECT_EQ(Send(request.SerializeAsString()).status, absl::OkStatus());
  EXPECT_GE(ReceivedRequest().bytes, sizeof(request));
  EXPECT_EQ(given_, request.ByteSizeLong());
  EXPECT_EQ(ReasonOf(Send("not a message").status), "MALFORMED_REQUEST");
  EXPECT_EQ(given_, 0u);
  request.set_channel_id(std::string(20'000, 'x'));
  EXPECT_EQ(ReasonOf(Send(request.SerializeAsString()).status), "REQUEST_TOO_LARGE");
  EXPECT_EQ(given_, 0u);
}

TEST_F(ReceiveAllTest, LooksAtNoneWhileTheQueueIsFull) {
  v1::ReserveStockRequest request;
  request.set_channel_id("web");
  full_ = true;
  EXPECT_EQ(Send(request.SerializeAsString()).status, FullQueue());
  EXPECT_EQ(ReceivedRequest().bytes, 0u);
  EXPECT_EQ(given_, 0u);
  EXPECT_EQ(Send("not a message").status, FullQueue());
  full_ = false;
  EXPECT_EQ(Send(request.SerializeAsString()).status, absl::OkStatus());
  EXPECT_EQ(given_, request.ByteSizeLong());
}

}  // namespace
}  // namespace inventory::rpc
