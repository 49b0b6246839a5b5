// A connection that is served on one thread.
#ifndef INVENTORY_SERVER_NET_STREAM_H_
#define INVENTORY_SERVER_NET_STREAM_H_

#include <cstddef>
#include <functional>
#include <string_view>

#include "absl/time/time.h"
#include "server/net/descriptors.h"
#include "server/tls/openssl.h"

namespace inventory::net {

// Reads and writes a connection that does not block, in the clear or over TLS, up to a deadline for all of it together.
// Not thread-safe.
class Stream {
 public:
  // A null context: in the clear. Shakes hands at the first Read.
  Stream(Descriptor connection, SSL_CTX* context, absl::Time deadline);

  // How many bytes came, 1 to `most`; 0 at the end, after an error, or at the deadline.
  std::size_t Read(char* bytes, std::size_t most);

  // Whether all was sent.
  bool Write(std::string_view bytes);

  // Tells the peer that nothing more comes.
  void Close();

 private:
  // Repeats `attempt`, which answers as SSL_read does, until it has done something or can't.
  int UntilDone(const std::function<int()>& attempt);
  int ReadSome(char* bytes, std::size_t most);
  int WriteSome(std::string_view bytes);
  // The poll events that an attempt which did nothing waits for; 0: it failed.
  int WaitsFor(int result) const;

  const Descriptor connection_;
  const absl::Time deadline_;
  tls::Session session_;  // Null: in the clear.
  int plain_events_ = 0;
};

}  // namespace inventory::net

#endif  // INVENTORY_SERVER_NET_STREAM_H_
