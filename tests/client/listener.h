// A server's socket without a server.
#ifndef INVENTORY_TESTS_CLIENT_LISTENER_H_
#define INVENTORY_TESTS_CLIENT_LISTENER_H_

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace inventory::client {

// A socket of 127.0.0.1 that listens.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    EXPECT_EQ(bind(socket_, address, size), 0);
    EXPECT_EQ(getsockname(socket_, address, &size), 0);
    EXPECT_EQ(listen(socket_, 10), 0);
  }
  ~Listener() { close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string address() const { return absl::StrCat("127.0.0.1:", ntohs(address_.sin_port)); }
  // The socket of somebody who has connected, which blocks and is the caller's to close; -1 if there is nobody.
  int Accept() const { return accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }
  // Cuts off somebody who has connected; false if there is nobody.
  bool CutOff() const {
    const int accepted = Accept();
    if (accepted >= 0) close(accepted);
    return accepted >= 0;
  }

 private:
  const int socket_;
  sockaddr_in address_ = {};
};

}  // namespace inventory::client

#endif  // INVENTORY_TESTS_CLIENT_LISTENER_H_
