// Posts of events to the outside.
#ifndef INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_
#define INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/activities/options.h"
#include "server/http/call.h"

namespace inventory::activities {

// A POST of a body of this media type, signed with each of the secrets as signature.h says, with none if there are
// none.
http::Request SignedPost(std::string url, std::string_view media_type, std::string body,
                         const std::vector<std::string>& secrets);

// OK for 2xx, UNAVAILABLE for everything else: whoever has posted is to do so again.
absl::Status OutcomeOf(const http::Answer& answer);

// Sends a request, as http::Send, to hosts and addresses that `options` allow, and trusts the authorities that they
// name. PERMISSION_DENIED for all others. Thread-safe.
absl::StatusOr<http::Answer> HttpPost(http::Request request, const Options& options);

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_
