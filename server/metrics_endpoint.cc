#include "server/metrics_endpoint.h"

#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "prometheus/text_serializer.h"
#include "server/http/request_line.h"
#include "server/logging.h"
#include "server/net/descriptors.h"
#include "server/net/stream.h"
#include "server/tls/context.h"

namespace inventory::server {
namespace {

constexpr std::size_t kMaxHead = std::size_t{8} << 10;

// Up to the empty line that ends a request's head; empty if there is none in time, or within kMaxHead.
std::string ReadHead(net::Stream& stream) {
  std::string head;
  char bytes[1024];
  while (head.size() <= kMaxHead) {
    const std::size_t count = stream.Read(bytes, sizeof(bytes));
    if (count == 0) break;
    head.append(bytes, count);
    if (absl::StrContains(head, "\r\n\r\n")) return head;
  }
  return "";
}

std::string Response(absl::string_view status, absl::string_view type, const std::string& body, bool with_body) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Type: ", type, "\r\nContent-Length: ", body.size(),
                      "\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n\r\n", with_body ? body : "");
}

std::string Failure(absl::string_view status) {
  return Response(status, "text/plain", absl::StrCat(status, "\n"), true);
}

}  // namespace

absl::Status MetricsEndpoint::Start(const Options& options, Metrics& metrics) {
  if (options.address.empty()) return absl::OkStatus();
  options_ = options;
  metrics_ = &metrics;
  absl::StatusOr<std::unique_ptr<net::Listener>> listener = net::Listener::Listen(
      {.address = options.address, .most = options.most, .most_of_an_address = (options.most + 1) / 2});
  if (!listener.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("can't serve metrics: ", listener.status().message(),
                                                      "; choose another address with --metrics-listen, or none"));
  }
  listener_ = *std::move(listener);
  listener_->Start([this](int, int connection) { Take(connection); },
                   [this](std::string_view reason) { metrics_->Refused("metrics_connection", reason); });
  return absl::OkStatus();
}

MetricsEndpoint::~MetricsEndpoint() {
  if (listener_ == nullptr) return;
  listener_->Stop();
  std::list<Client> clients;
  {
    storage::MutexLock lock(mutex_);
    for (const Client& client : clients_) {
      if (!client.done) shutdown(client.connection, SHUT_RDWR);
    }
    clients.swap(clients_);
  }
  for (Client& client : clients) client.thread.join();
}

void MetricsEndpoint::Take(int connection) {
  JoinDone();
  storage::MutexLock lock(mutex_);
  Client& client = clients_.emplace_back();
  client.connection = connection;
  try {
    client.thread = std::thread([this, &client] { Serve(client); });
  } catch (const std::system_error& error) {
    clients_.pop_back();
    close(connection);
    metrics_->Refused("metrics_connection", "no_thread");
    Log(LogLevel::kError, "no thread for metrics", {{"error", error.what()}});
  }
}

void MetricsEndpoint::JoinDone() {
  std::list<Client> done;
  {
    storage::MutexLock lock(mutex_);
    for (auto it = clients_.begin(); it != clients_.end();) {
      const auto at = it++;
      if (at->done) done.splice(done.end(), clients_, at);
    }
  }
  for (Client& client : done) client.thread.join();
}

void MetricsEndpoint::Serve(Client& client) {
  const std::shared_ptr<SSL_CTX> context = CurrentContext();
  net::Descriptor connection(client.connection);
  const bool usable = options_.certificates == nullptr || context != nullptr;
  net::Stream stream(std::move(connection), context.get(), absl::Now() + options_.patience);
  const std::string head = usable ? ReadHead(stream) : "";
  if (!head.empty() && stream.Write(Answer(head))) stream.Close();
  // The number is the connection's for as long as the stream lives.
  storage::MutexLock lock(mutex_);
  client.done = true;
}

std::string MetricsEndpoint::Answer(std::string_view head) const {
  const std::optional<http::RequestLine> line = http::ParseRequestLine(head);
  if (!line) return Failure("400 Bad Request");
  const auto [method, path] = *line;
  if (path != "/metrics" && path != "/livez" && path != "/readyz") return Failure("404 Not Found");
  if (method != "GET" && method != "HEAD") return Failure("405 Method Not Allowed");
  const bool with_body = method == "GET";
  if (path == "/livez" || (path == "/readyz" && ready_.load(std::memory_order_relaxed))) {
    return Response("200 OK", "text/plain", "ok\n", with_body);
  }
  if (path == "/readyz") return Response("503 Service Unavailable", "text/plain", "not serving\n", with_body);
  const std::string text = prometheus::TextSerializer().Serialize(metrics_->collectable()->Collect());
  return Response("200 OK", "text/plain; version=0.0.4; charset=utf-8", text, with_body);
}

std::shared_ptr<SSL_CTX> MetricsEndpoint::CurrentContext() {
  if (options_.certificates == nullptr) return nullptr;
  std::shared_ptr<const tls::Credentials> current = options_.certificates->current();
  storage::MutexLock lock(mutex_);
  if (current == credentials_) return context_;
  absl::StatusOr<tls::Context> made = tls::MakeServerContext(*current, options_.mutual);
  if (!made.ok()) {
    Log(LogLevel::kError, "no TLS for metrics", {{"error", std::string(made.status().message())}});
    return context_;
  }
  credentials_ = std::move(current);
  context_ = std::shared_ptr<SSL_CTX>(std::move(*made));
  return context_;
}

}  // namespace inventory::server
