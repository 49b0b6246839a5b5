// Calls that bring no request.
#ifndef INVENTORY_TESTS_INTEGRATION_OPENED_CALL_H_
#define INVENTORY_TESTS_INTEGRATION_OPENED_CALL_H_

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// A call that has sent its headers.
class OpenedCall {
 public:
  explicit OpenedCall(const Client& client, const std::string& path) : stub_(client.channel()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    call_ = stub_.PrepareCall(&context_, path, &queue_);
    call_->StartCall(nullptr);
    Await();
  }

  void EndWithoutRequest() {
    call_->WritesDone(nullptr);
    Await();
  }

  void Cancel() { context_.TryCancel(); }

  // How the server ends it.
  grpc::Status End() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Await();
    return status;
  }

 private:
  void Await() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_OPENED_CALL_H_
