// An HTTP server for tests of those who call one: it misbehaves on demand.
#ifndef INVENTORY_TESTS_HTTP_RECEIVER_H_
#define INVENTORY_TESTS_HTTP_RECEIVER_H_

#include <openssl/types.h>
#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory {

// Serves on a port of its own of 127.0.0.1, each connection on a thread, one request a connection. Thread-safe.
class HttpReceiver {
 public:
  struct Request {
    std::string target;                          // "/hook".
    std::map<std::string, std::string> headers;  // By name in lower case.
    std::string body;
  };

  // The receiver's end of a connection, in the clear or encrypted. Used by one thread.
  class Connection {
   public:
    // A null context: in the clear. Takes the socket's bytes, not the socket.
    Connection(int socket, SSL_CTX* context);

    // As those of sockets: 0 at the end, negative after an error.
    ssize_t Read(char* bytes, std::size_t count);
    ssize_t Write(std::string_view bytes);

   private:
    struct Free {
      void operator()(SSL* session) const;
    };

    const int socket_;
    const std::unique_ptr<SSL, Free> session_;  // Null: in the clear.
  };

  // The caller's end of a connection.
  class Caller {
   public:
    explicit Caller(Connection& connection) : connection_(connection) {}

    // False once the caller has hung up.
    bool Send(std::string_view bytes);
    // Returns when the caller has hung up, or the receiver ends.
    void AwaitEnd();

   private:
    Connection& connection_;
  };

  // How a request is answered.
  using Answer = std::function<void(const Request&, Caller&)>;
  static Answer Status(int status, const std::string& headers = "", const std::string& body = "");
  static Answer Raw(const std::string& bytes);
  // Takes the request and is silent.
  static Answer Stall();
  // Sends a byte every few milliseconds of an answer without an end.
  static Answer Trickle(const std::string& beginning);
  // Sends as much of a body as the caller takes.
  static Answer Flood();

  // Serves http.
  explicit HttpReceiver(Answer answer);
  // Serves https with the certificate and key in these PEM files.
  HttpReceiver(Answer answer, const std::string& certificate, const std::string& key);
  ~HttpReceiver();

  int port() const { return port_; }
  std::string url(std::string_view target = "/hook") const;

  // Answers so from now on.
  void SetAnswer(Answer answer);
  // All requests so far, in the order in which they came.
  std::vector<Request> requests() const;
  // The same, once there are so many; fewer after 10 seconds.
  std::vector<Request> Await(std::size_t count) const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const;
  };

  void Listen();
  void Accept();
  void Serve(int socket);

  std::unique_ptr<SSL_CTX, FreeContext> tls_;  // Null: http.
  int listener_ = -1;
  int port_ = 0;
  mutable storage::Mutex mutex_;
  mutable storage::CondVar changed_;
  Answer answer_ GUARDED_BY(mutex_);
  std::vector<Request> requests_ GUARDED_BY(mutex_);
  std::vector<int> sockets_ GUARDED_BY(mutex_);
  std::vector<std::thread> servers_ GUARDED_BY(mutex_);
  std::thread accepter_;
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_HTTP_RECEIVER_H_
