#include "server/metrics_endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <future>

#include "absl/strings/str_cat.h"

namespace inventory::server {
namespace {

// Connects to a port of this host and hangs up.
void Knock(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) return;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  close(connection);
}

}  // namespace

// The HTTP server, CivetWeb 1.15, looks only every two seconds whether it shall end, and whenever somebody connects.
MetricsEndpoint::~MetricsEndpoint() {
  if (exposer_ == nullptr) return;
  const int port = exposer_->GetListeningPorts().front();
  const std::future<void> ended = std::async(std::launch::async, [this] { exposer_.reset(); });
  while (ended.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) Knock(port);
}

absl::Status MetricsEndpoint::Start(const std::string& address, const Metrics& metrics) {
  if (address.empty()) return absl::OkStatus();
  try {
    exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& e) {
    return absl::FailedPreconditionError(absl::StrCat("can't serve metrics on ", address, " (", e.what(),
                                                      "): choose another address with --metrics-listen, or none"));
  }
  exposer_->RegisterCollectable(metrics.collectable());
  return absl::OkStatus();
}

}  // namespace inventory::server
