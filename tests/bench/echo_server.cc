#include "tests/bench/echo_server.h"

#include <signal.h>

#include <cstdio>
#include <string>

#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "inventory/v1/inventory_service.pb.h"
#include "server/options.h"
#include "server/rpc/call_server.h"
#include "server/rpc/limits.h"
#include "server/rpc/to_bytes.h"
#include "server/rpc/wire.h"

namespace inventory::bench {
namespace {

using Message = v1::ReserveStockRequest;

// Parses a request and sends it back.
class Echo final : public rpc::Reactor {
 public:
  explicit Echo(rpc::Wire& wire) : Reactor(wire) { StartRead(request_); }

  void OnReadDone(bool ok) override {
    Message message;
    grpc::Slice whole;
    if (!ok || !request_.DumpToSingleSlice(&whole).ok() ||
        !message.ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
      return Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "there is no request"));
    }
    grpc::ByteBuffer answer;
    const grpc::Status made = rpc::ToBytes(message, answer);
    if (!made.ok()) return Finish(made);
    WriteAndFinish(answer);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer request_;
};

// Of another path.
class Unknown final : public rpc::Reactor {
 public:
  explicit Unknown(rpc::Wire& wire) : Reactor(wire) {
    Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "this server only echoes"));
  }
  void OnDone() override { delete this; }
};

}  // namespace

int RunEchoServer(const std::string& address) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  rpc::CallServer server([](rpc::Wire& wire) { new Unknown(wire); });
  server.Add(kEchoMethod, [](rpc::Wire& wire) { new Echo(wire); });
  grpc::ServerBuilder builder;
  const server::ServerOptions options;
  rpc::SetLimits(options, builder);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  if (!server.Start(builder, rpc::CallThreads(options))) {
    std::fprintf(stderr, "can't listen on %s\n", address.c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}

}  // namespace inventory::bench
