#include "tests/http_receiver.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace inventory {
namespace {

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::abort();
}

// Reads a whole request; false if the caller hangs up before its end.
bool Read(HttpReceiver::Connection& connection, HttpReceiver::Request& request) {
  std::string text;
  std::size_t body_at = std::string::npos;
  std::size_t body_bytes = 0;
  std::array<char, 4096> buffer;
  while (body_at == std::string::npos || text.size() < body_at + body_bytes) {
    const ssize_t count = connection.Read(buffer.data(), buffer.size());
    if (count <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t end = text.find("\r\n\r\n");
    if (body_at != std::string::npos || end == std::string::npos) continue;
    body_at = end + 4;
    const std::vector<std::string> lines = absl::StrSplit(text.substr(0, end), "\r\n");
    request.target = std::vector<std::string>(absl::StrSplit(lines.front(), ' ')).at(1);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::pair<std::string, std::string> header = absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
      request.headers[absl::AsciiStrToLower(header.first)] = header.second;
    }
    // A request without a body need not say so.
    const auto length = request.headers.find("content-length");
    if (length != request.headers.end() && !absl::SimpleAtoi(length->second, &body_bytes)) return false;
  }
  request.body = text.substr(body_at);
  return true;
}

}  // namespace

void HttpReceiver::Connection::Free::operator()(SSL* session) const { SSL_free(session); }

// The handshake comes with the first read.
HttpReceiver::Connection::Connection(int socket, SSL_CTX* context)
    : socket_(socket), session_(context == nullptr ? nullptr : SSL_new(context)) {
  if (session_ == nullptr) return;
  SSL_set_fd(session_.get(), socket);
  SSL_set_accept_state(session_.get());
}

ssize_t HttpReceiver::Connection::Read(char* bytes, std::size_t count) {
  return session_ == nullptr ? read(socket_, bytes, count) : SSL_read(session_.get(), bytes, static_cast<int>(count));
}

ssize_t HttpReceiver::Connection::Write(std::string_view bytes) {
  return session_ == nullptr ? send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                             : SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

bool HttpReceiver::Caller::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = connection_.Write(bytes);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void HttpReceiver::Caller::AwaitEnd() {
  char byte = 0;
  while (connection_.Read(&byte, 1) > 0) {
  }
}

// Every connection ends with its answer, and says so: a caller that sends again on it would find it cut.
HttpReceiver::Answer HttpReceiver::Status(int status, const std::string& headers, const std::string& body) {
  return Raw(absl::StrCat("HTTP/1.1 ", status, " Status\r\nConnection: close\r\nContent-Length: ", body.size(), "\r\n",
                          headers, "\r\n", body));
}

HttpReceiver::Answer HttpReceiver::Raw(const std::string& bytes) {
  return [bytes](const Request&, Caller& caller) { caller.Send(bytes); };
}

HttpReceiver::Answer HttpReceiver::Stall() {
  return [](const Request&, Caller& caller) { caller.AwaitEnd(); };
}

HttpReceiver::Answer HttpReceiver::Trickle(const std::string& beginning) {
  return [beginning](const Request&, Caller& caller) {
    bool going_on = caller.Send(beginning);
    while (going_on) {
      absl::SleepFor(absl::Milliseconds(20));
      going_on = caller.Send("x");
    }
  };
}

HttpReceiver::Answer HttpReceiver::Flood() {
  return [](const Request&, Caller& caller) {
    const std::string much(1 << 16, 'x');
    bool going_on = caller.Send("HTTP/1.1 200 OK\r\n\r\n");
    while (going_on) going_on = caller.Send(much);
  };
}

void HttpReceiver::FreeContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

HttpReceiver::HttpReceiver(Answer answer) : answer_(std::move(answer)) { Listen(); }

HttpReceiver::HttpReceiver(Answer answer, const std::string& certificate, const std::string& key)
    : tls_(SSL_CTX_new(TLS_server_method())), answer_(std::move(answer)) {
  if (SSL_CTX_use_certificate_chain_file(tls_.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    Die(certificate.c_str());
  }
  Listen();
}

void HttpReceiver::Listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0) Die("bind");
  if (listen(listener_, SOMAXCONN) != 0) Die("listen");
  if (getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) Die("getsockname");
  port_ = ntohs(address.sin_port);
  accepter_ = std::thread([this] { Accept(); });
}

HttpReceiver::~HttpReceiver() {
  shutdown(listener_, SHUT_RDWR);
  accepter_.join();
  close(listener_);
  std::vector<std::thread> servers;
  {
    storage::MutexLock lock(mutex_);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    servers = std::move(servers_);
  }
  for (std::thread& server : servers) server.join();
  storage::MutexLock lock(mutex_);
  for (const int socket : sockets_) close(socket);
}

std::string HttpReceiver::url(std::string_view target) const {
  return absl::StrCat(tls_ == nullptr ? "http" : "https", "://127.0.0.1:", port_, std::string(target));
}

void HttpReceiver::SetAnswer(Answer answer) {
  storage::MutexLock lock(mutex_);
  answer_ = std::move(answer);
}

std::vector<HttpReceiver::Request> HttpReceiver::requests() const {
  storage::MutexLock lock(mutex_);
  return requests_;
}

std::vector<HttpReceiver::Request> HttpReceiver::Await(std::size_t count) const {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  storage::MutexLock lock(mutex_);
  while (requests_.size() < count && absl::Now() < end) changed_.WaitFor(mutex_, end - absl::Now());
  return requests_;
}

void HttpReceiver::Accept() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    storage::MutexLock lock(mutex_);
    sockets_.push_back(socket);
    servers_.emplace_back([this, socket] { Serve(socket); });
  }
}

// The socket stays open until the end, so that its number is nobody else's.
void HttpReceiver::Serve(int socket) {
  // OpenSSL writes to callers that have hung up without MSG_NOSIGNAL.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  Request request;
  Connection connection(socket, tls_.get());
  if (Read(connection, request)) {
    Answer answer;
    {
      storage::MutexLock lock(mutex_);
      requests_.push_back(request);
      answer = answer_;
      changed_.NotifyAll();
    }
    Caller caller(connection);
    answer(request, caller);
  }
  shutdown(socket, SHUT_RDWR);
}

}  // namespace inventory
