// A call to the outside over HTTP.
#ifndef INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_
#define INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/activities/options.h"

namespace inventory::activities {

// What is wrong with a URL to call, for people; empty if nothing: absolute, http or https, with a host, without user,
// password and fragment, at most 2,048 bytes.
std::string UrlProblem(const std::string& url);

// The host of a URL that has no problem, in lower case.
std::string HostOf(const std::string& url);

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // "Name: value".
  std::string body;
  absl::Time deadline;            // Of the whole call; connecting may take kConnectTimeout of it.
  std::function<bool()> give_up;  // Asked about once a second; true ends the call with CANCELLED.
};

struct HttpAnswer {
  int status = 0;                             // 200 and above; redirections are not followed.
  std::optional<absl::Duration> retry_after;  // What the answer asks for.
};

inline constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

// Sends a POST and says how it was answered; the answer's headers and body are not kept, and not read any further once
// they exceed 64 KiB. Only hosts and addresses that `options` allow are called: the address is checked when the
// connection is made, so that a name can't lead elsewhere after it was looked up. No proxy is used, whatever the
// environment says: nobody could tell where that connects to. Certificates are verified, their names too, against the
// authorities of `options`. Thread-safe.
//
// Errors, whose messages have neither URL nor address: INVALID_ARGUMENT for a URL with a problem, PERMISSION_DENIED for
// one that may not be called, DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE for everything else.
absl::StatusOr<HttpAnswer> HttpPost(const HttpRequest& request, const Options& options);

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_
