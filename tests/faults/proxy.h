// A proxy that spoils what passes through it.
#ifndef INVENTORY_TESTS_FAULTS_PROXY_H_
#define INVENTORY_TESTS_FAULTS_PROXY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory::faults {

// How bytes go one way.
struct Flow {
  enum class Kind {
    kPass,     // At once.
    kHold,     // Not at all; what was sent meanwhile goes on later, as TCP does it after a network was cut.
    kTrickle,  // One byte a second on each connection.
    kDelay,    // Each after `delay`.
  };
  Kind kind = Kind::kPass;
  absl::Duration delay = absl::ZeroDuration();
};

// What is done with one packet from a client of MySQL.
enum class Fate {
  kForward,
  kForwardAndReset,    // Both ends are reset as soon as the server has it all.
  kForwardAndSilence,  // The server has it all; its answer is thrown away and the client reset instead.
  kHalfAndReset,       // Half of it is sent, then both ends are reset.
};

// Listens on a port of 127.0.0.1 and connects each client to one server. Thread-safe, with a thread of its own.
class Proxy {
 public:
  enum class Way { kToServer, kToClient };
  // Sees, and may change, each whole packet that a client of MySQL sends after it has logged in: the command's byte and
  // its text, without the header. On the proxy's thread.
  using PacketHook = std::function<Fate(std::string& packet)>;

  struct Options {
    // A TCP port of 127.0.0.1, or the path of a Unix socket, which has precedence.
    int server_port = 0;
    std::string server_socket;
    // If set, what passes is MySQL's protocol without TLS.
    PacketHook hook;
  };

  static absl::StatusOr<std::unique_ptr<Proxy>> Start(Options options);
  ~Proxy();

  int port() const { return port_; }
  // For all connections, those to come too.
  void SetFlow(Way way, Flow flow);
  // Everything passes again.
  void Pass();
  // Resets every connection, so that both ends see an error at once.
  void ResetAll();

 private:
  class Connection;

  explicit Proxy(Options options);
  void Run();
  // Those of both ways: to the server, and to the client.
  std::pair<Flow, Flow> flows() const;
  void Accept();
  int ConnectToServer() const;
  void Wake() const;

  const Options options_;
  int listener_ = -1;
  int wake_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_ = false;
  mutable storage::Mutex mutex_;
  Flow to_server_ GUARDED_BY(mutex_);
  Flow to_client_ GUARDED_BY(mutex_);
  bool reset_ GUARDED_BY(mutex_) = false;
  // Of the thread only.
  std::list<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_PROXY_H_
