#include "tests/bench/peer/server.h"

#include <signal.h>

#include <cstdio>
#include <memory>

#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "storage/connection.h"
#include "tests/bench/peer/service.h"

namespace inventory::bench::peer {
namespace {

// A thread for each call under way. Those that poll for calls are kept when they have nothing to do: making a thread
// for each call costs more.
constexpr int kMaxThreads = 320;
constexpr int kMaxPollers = 256;

}  // namespace

int RunServer(const Options& options) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  const absl::StatusOr<storage::DatabaseOptions> database = storage::ParseDatabaseUrl(options.database_url);
  if (!database.ok()) {
    std::fprintf(stderr, "%s\n", std::string(database.status().message()).c_str());
    return 1;
  }
  Service service(*database, static_cast<std::size_t>(options.connections));
  grpc::ServerBuilder builder;
  grpc::ResourceQuota quota("peer");
  quota.SetMaxThreads(kMaxThreads);
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kMaxPollers);
  builder.AddListeningPort(options.address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::fprintf(stderr, "can't listen on %s\n", options.address.c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&stop, &signal);
  server->Shutdown();
  return 0;
}

}  // namespace inventory::bench::peer
