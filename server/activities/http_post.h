// Webhooks' calls to the outside.
#ifndef INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_
#define INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_

#include "absl/status/statusor.h"
#include "server/activities/options.h"
#include "server/http/call.h"

namespace inventory::activities {

// Sends a request, as http::Send, to hosts and addresses that `options` allow, and trusts the authorities that they
// name. PERMISSION_DENIED for all others. Thread-safe.
absl::StatusOr<http::Answer> HttpPost(http::Request request, const Options& options);

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_HTTP_POST_H_
