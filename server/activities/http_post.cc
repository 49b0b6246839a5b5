#include "server/activities/http_post.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/http/url.h"

namespace inventory::activities {

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
