// A server without gRPC.
#ifndef INVENTORY_TESTS_INTEGRATION_LOCAL_SERVER_H_
#define INVENTORY_TESTS_INTEGRATION_LOCAL_SERVER_H_

#include "server/background/follower.h"
#include "server/background/sweeper.h"
#include "server/engine.h"
#include "server/metrics.h"
#include "server/options.h"
#include "storage/connection.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// Lanes, readers and background work on a database, as a server has them, in this process. Thread-safe.
class LocalServer {
 public:
  LocalServer(const server::ServerOptions& options, const storage::DatabaseOptions& database);
  ~LocalServer();

  // Its calls are validated and carried out as those that come by gRPC. Streams and what is read together for several
  // callers are not implemented. It must not be used after the server.
  Client MakeClient();

 private:
  absl::Status Answer(const google::protobuf::Message& request, google::protobuf::Message& response,
                      absl::Duration timeout);

  server::Metrics metrics_;
  server::Engine engine_;
  background::Sweeper sweeper_;
  background::Follower follower_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_LOCAL_SERVER_H_
