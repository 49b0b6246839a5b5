#include "server/activities/http_post.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/activities/signature.h"
#include "server/http/url.h"

namespace inventory::activities {

http::Request SignedPost(std::string url, std::string_view media_type, std::string body,
                         const std::vector<std::string>& secrets) {
  http::Request request{.url = std::move(url),
                        .headers = {absl::StrCat("Content-Type: ", std::string(media_type), "; charset=utf-8"),
                                    "Expect:", "User-Agent: inventory/" INVENTORY_VERSION}};
  if (!secrets.empty()) request.headers.push_back("Inventory-Signature: " + Sign(body, absl::Now(), secrets));
  request.body = std::move(body);
  return request;
}

// Whatever it is: a receiver that is being deployed or gets a new secret answers 401 or 404 for a while.
absl::Status OutcomeOf(const http::Answer& answer) {
  if (answer.status < 300) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the receiver answered ", answer.status));
}

absl::StatusOr<http::Answer> HttpPost(http::Request request, const Options& options) {
  if (std::string problem = http::UrlProblem(request.url); !problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the URL ", problem));
  }
  if (!options.webhook_hosts.Contain(http::HostOf(request.url))) {
    return absl::PermissionDeniedError("the host is none that may be called; see the option webhook-hosts");
  }
  request.ca_file = options.webhook_ca_file;
  request.may_connect = [&options](const sockaddr& to) {
    const std::optional<Address> address = AddressOf(to);
    return address && (IsPublic(*address) || options.webhook_private_networks.Contain(*address));
  };
  absl::StatusOr<http::Answer> answer = http::Send(request);
  if (!absl::IsPermissionDenied(answer.status())) return answer;
  return absl::PermissionDeniedError("the host's address is not a public one; see the option webhook-private-networks");
}

}  // namespace inventory::activities
