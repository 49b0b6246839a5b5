// A gRPC server in this process that answers as a test wants.
#ifndef INVENTORY_TESTS_CLIENT_SAMPLE_SERVER_H_
#define INVENTORY_TESTS_CLIENT_SAMPLE_SERVER_H_

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "sample/v1/sample_service.grpc.pb.h"

namespace inventory::client {

// What handlers may do; by default each answers well and with nothing. Called on any thread.
struct SampleHandlers {
  using Context = grpc::ServerContext;
  using Thing = sample::v1::Thing;

  std::function<grpc::Status(Context&, const sample::v1::GetThingRequest&, Thing&)> get = [](auto&&...) {
    return grpc::Status::OK;
  };
  std::function<grpc::Status(Context&, const sample::v1::CreateThingRequest&, Thing&)> create = [](auto&&...) {
    return grpc::Status::OK;
  };
  std::function<grpc::Status(Context&)> poke = [](auto&&...) { return grpc::Status::OK; };
  std::function<grpc::Status(Context&, grpc::ServerWriter<Thing>&)> watch = [](auto&&...) { return grpc::Status::OK; };
  std::function<grpc::Status(Context&, grpc::ServerReader<Thing>&, sample::v1::StoreThingsResponse&)> store =
      [](auto&&...) { return grpc::Status::OK; };
  std::function<grpc::Status(Context&, grpc::ServerReaderWriter<Thing, Thing>&)> exchange = [](auto&&...) {
    return grpc::Status::OK;
  };
};

// Serves on 127.0.0.1 until it is destroyed.
class SampleServer final : public sample::v1::SampleService::Service {
 public:
  explicit SampleServer(SampleHandlers handlers, int port = 0,
                        const std::shared_ptr<grpc::ServerCredentials>& credentials = grpc::InsecureServerCredentials())
      : handlers_(std::move(handlers)), port_(port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), credentials, &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    EXPECT_NE(server_, nullptr);
  }
  ~SampleServer() override { Stop(); }

  // Cancels what is under way.
  void Stop() { server_->Shutdown(std::chrono::system_clock::now()); }

  int port() const { return port_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  // How many unary calls have come.
  int calls() const { return calls_; }

 private:
  using Context = grpc::ServerContext;
  using Thing = sample::v1::Thing;

  grpc::Status GetThing(Context* context, const sample::v1::GetThingRequest* request, Thing* response) override {
    ++calls_;
    return handlers_.get(*context, *request, *response);
  }
  grpc::Status CreateThing(Context* context, const sample::v1::CreateThingRequest* request, Thing* response) override {
    ++calls_;
    return handlers_.create(*context, *request, *response);
  }
  grpc::Status PokeThing(Context* context, const sample::v1::GetThingRequest*, google::protobuf::Empty*) override {
    ++calls_;
    return handlers_.poke(*context);
  }
  grpc::Status WatchThings(Context* context, const sample::v1::ListThingsRequest*,
                           grpc::ServerWriter<Thing>* writer) override {
    return handlers_.watch(*context, *writer);
  }
  grpc::Status StoreThings(Context* context, grpc::ServerReader<Thing>* reader,
                           sample::v1::StoreThingsResponse* response) override {
    return handlers_.store(*context, *reader, *response);
  }
  grpc::Status ExchangeThings(Context* context, grpc::ServerReaderWriter<Thing, Thing>* stream) override {
    return handlers_.exchange(*context, *stream);
  }

  const SampleHandlers handlers_;
  int port_;
  std::atomic<int> calls_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace inventory::client

#endif  // INVENTORY_TESTS_CLIENT_SAMPLE_SERVER_H_
