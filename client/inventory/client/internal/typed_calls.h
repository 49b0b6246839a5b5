// What generated clients are made of: a Connection's calls with types.
#ifndef INVENTORY_CLIENT_INTERNAL_TYPED_CALLS_H_
#define INVENTORY_CLIENT_INTERNAL_TYPED_CALLS_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/client/connection.h"

namespace inventory::client::internal {

template <typename Response, typename Request>
absl::StatusOr<Response> Call(Connection& connection, const Method& method, const Request& request,
                              const CallOptions& options) {
  Response response;
  absl::Status status = connection.Call(method, request, response, options);
  if (!status.ok()) return status;
  return response;
}

template <typename Response, typename Request>
void CallAsync(Connection& connection, const Method& method, const Request& request, const CallOptions& options,
               std::function<void(absl::StatusOr<Response>)> done) {
  auto response = std::make_shared<Response>();
  connection.CallAsync(method, request, *response, options,
                       [response, done = std::move(done)](const absl::Status& status) {
                         if (status.ok()) return done(std::move(*response));
                         done(status);
                       });
}

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_TYPED_CALLS_H_
