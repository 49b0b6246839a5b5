// Calls to the outside over HTTP.
#ifndef INVENTORY_SERVER_HTTP_CALL_H_
#define INVENTORY_SERVER_HTTP_CALL_H_

#include <sys/socket.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace inventory::http {

struct Request {
  std::string url;
  std::vector<std::string> headers = {};         // "Name: value".
  std::optional<std::string> body = {};          // A POST has one, a GET has none.
  absl::Time deadline = absl::InfiniteFuture();  // Of the whole call; connecting may take kConnectTimeout of it.
  std::string ca_file = {};                      // PEM with the authorities to trust. Default empty: the system's.
  // Of the answer, its headers included; it is read no further than that. Default 64 KiB.
  std::size_t most_answer_bytes = std::size_t{64} << 10;
  // Asked about once a second; true ends the call with CANCELLED. Default: never.
  std::function<bool()> give_up = {};
  // Whether an address may be called, asked when the connection is made, so that a name can't lead elsewhere after it
  // was looked up. Default: any may.
  std::function<bool(const sockaddr&)> may_connect = {};
};

struct Answer {
  int status = 0;                             // 200 and above; redirections are not followed.
  std::optional<absl::Duration> retry_after;  // What the answer asks for.
  std::string body;
  bool whole = false;  // The body has come to its end, within most_answer_bytes.
};

inline constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

// Makes a call and says how it was answered. No proxy is used, whatever the environment says: nobody could tell where
// that connects to. Certificates are verified, their names too. Thread-safe.
//
// Errors, whose messages have neither URL nor address: INVALID_ARGUMENT for a URL with a problem, PERMISSION_DENIED for
// an address that may not be called, DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE for everything else.
absl::StatusOr<Answer> Send(const Request& request);

}  // namespace inventory::http

#endif  // INVENTORY_SERVER_HTTP_CALL_H_
