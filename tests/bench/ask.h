// One call that is not measured.
#ifndef INVENTORY_TESTS_BENCH_ASK_H_
#define INVENTORY_TESTS_BENCH_ASK_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

namespace inventory::bench {

inline constexpr absl::Duration kCallPatience = absl::Minutes(2);

// Makes a call and waits for it. Anything but OK is INTERNAL, with the request's name and what the server said.
template <typename Stub, typename Request, typename Response>
absl::Status Ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, Response& response) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallPatience));
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (status.ok()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(Request::descriptor()->name(), ": ", status.error_message()));
}

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_ASK_H_
