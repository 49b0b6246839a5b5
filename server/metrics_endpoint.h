// The port that Prometheus reads metrics from, and that is asked how the server is.
#ifndef INVENTORY_SERVER_METRICS_ENDPOINT_H_
#define INVENTORY_SERVER_METRICS_ENDPOINT_H_

#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "openssl/ssl.h"
#include "server/metrics.h"
#include "server/net/listener.h"
#include "server/tls/store.h"
#include "storage/mutex.h"

namespace inventory::server {

// Serves metrics over HTTP or HTTPS for as long as it lives, one request a connection, each connection on a thread of
// its own. The HTTP server of prometheus-cpp knows no TLS as Debian builds it, and one slow client after another can
// have all of its threads. Not thread-safe.
class MetricsEndpoint {
 public:
  struct Options {
    std::string address;                       // Empty: nowhere.
    const tls::Store* certificates = nullptr;  // Null: HTTP. Must outlive the endpoint.
    bool mutual = false;    // Only for clients with a certificate of the store's authorities. Default false.
    std::size_t most = 16;  // Connections at once, half of them of one address. Default 16.
    absl::Duration patience = absl::Seconds(10);  // For all of a connection. Default 10s.
  };

  MetricsEndpoint() = default;
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  // Serves them at the path /metrics; at /livez 200 always, and at /readyz 200 while the server is ready, otherwise
  // 503: probes of Kubernetes speak no gRPC over TLS. FAILED_PRECONDITION if the address can't be listened on.
  // `metrics` must outlive it. Call once.
  absl::Status Start(const Options& options, Metrics& metrics);

  // Not ready at first. Thread-safe.
  void SetReady(bool ready) { ready_.store(ready, std::memory_order_relaxed); }

  // The port it listens on, which differs from the option's if that was 0. After Start with an address.
  int port() const { return listener_->port(); }

 private:
  struct Client {
    std::thread thread;
    int connection = -1;
    bool done = false;
  };

  void Take(int connection);
  void Serve(Client& client);
  std::string Answer(std::string_view head) const;
  // Those of the credentials in use. Null: HTTP.
  std::shared_ptr<SSL_CTX> CurrentContext();
  void JoinDone();

  std::atomic<bool> ready_ = false;
  Options options_;
  Metrics* metrics_ = nullptr;
  std::unique_ptr<net::Listener> listener_;
  storage::Mutex mutex_;
  std::list<Client> clients_ GUARDED_BY(mutex_);
  std::shared_ptr<const tls::Credentials> credentials_ GUARDED_BY(mutex_);
  std::shared_ptr<SSL_CTX> context_ GUARDED_BY(mutex_);  // Of credentials_.
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_METRICS_ENDPOINT_H_
