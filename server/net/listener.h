// Where connections come in.
#ifndef INVENTORY_SERVER_NET_LISTENER_H_
#define INVENTORY_SERVER_NET_LISTENER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/net/descriptors.h"
#include "server/net/open_connections.h"

namespace inventory::net {

// Accepts connections on one address and hands them over, no more than may be open at once. Unlike gRPC's own listener
// it has such a limit, and it outlives a lack of descriptors. Thread-safe.
class Listener {
 public:
  struct Options {
    std::string address;  // host:port, [host]:port or unix:path. A socket that nobody listens on any more is replaced.
    std::size_t most = 10000;            // Connections at once. Default 10000.
    std::size_t most_of_an_address = 0;  // Of one IP address, or one /64 of IPv6. Default 0: any number.
    // Connections on which sent data is not acknowledged for so long are dropped by the system. Default 20s.
    absl::Duration unacknowledged = absl::Seconds(20);
  };
  // Takes over a connection, which does not block and whose close ends it.
  using Take = std::function<void(int listener, int connection)>;
  // Hears why one was not taken: "too_many", "too_many_of_an_address" or "no_descriptors".
  using Refused = std::function<void(std::string_view reason)>;

  // Listens; connections wait until Start. FAILED_PRECONDITION if it can't.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const Options& options);
  ~Listener();

  // Hands connections over on a thread of its own from now on. Call once.
  void Start(Take take, Refused refused);

  // Takes no more; nobody is called any more when this returns. Whoever still waits is hung up on.
  void Stop();

  // The TCP port, 0 for a Unix socket.
  int port() const { return port_; }

  // How many connections are open.
  std::size_t open();

 private:
  explicit Listener(const Options& options);

  void Loop();
  void Accept(int listener);
  // Why a connection of this peer is not taken; empty: it is.
  std::string_view Judge(const std::string& peer);
  void OutOfDescriptors();

  const Options options_;
  std::vector<Descriptor> listeners_;
  std::string unix_path_;  // Empty: TCP.
  int port_ = 0;
  Descriptor stop_;
  Take take_;
  Refused refused_;
  OpenConnections open_;
  std::thread thread_;
};

}  // namespace inventory::net

#endif  // INVENTORY_SERVER_NET_LISTENER_H_
