// Export of traces by OTLP, the protocol of OpenTelemetry, over HTTP.
#ifndef INVENTORY_SERVER_TRACING_OTLP_H_
#define INVENTORY_SERVER_TRACING_OTLP_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/logging.h"
#include "server/tracing/tracer.h"

namespace inventory::tracing {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct OtlpOptions {
  // Base URL, without a "/" at its end; spans are posted to /v1/traces below it.
  std::string endpoint;
  HttpHeaders headers = {};                   // Sent with each post. Default none.
  std::string ca_file = {};                   // Path. Default empty: the system's authorities.
  absl::Duration timeout = absl::Seconds(5);  // Of a post, and of what is still to be posted at the end. Default 5s.
  std::string version;                        // Of the server.
  std::string instance;                       // Name of this run of the server, which no other has.
  std::size_t most_waiting = 8192;            // Spans that wait to be posted; more are dropped. Default 8192.
  absl::Duration pause = absl::Seconds(1);    // Between posts while few spans wait. Default 1s.
  // Where the exporter logs to.
  std::function<void(server::LogLevel level, std::string_view message, const server::LogFields& fields)> log;
};

// Loads the exporter, which is a library of its own, so that the server runs where OpenTelemetry's libraries are not.
// FAILED_PRECONDITION if it is not there, is broken, or is another version's. Its destructor posts what waits, in twice
// the time-out at most.
absl::StatusOr<std::unique_ptr<SpanSink>> OpenOtlp(const OtlpOptions& options);

// The headers in a file: lines "name: value"; empty ones don't count. INVALID_ARGUMENT says what is wrong, without a
// value.
absl::StatusOr<HttpHeaders> ReadHeaders(const std::string& path);

// What the library exports, under this name: makes the sink; null if the server is not of its version.
inline constexpr char kMakeOtlpSink[] = "InventoryMakeOtlpSink";
using MakeOtlpSink = SpanSink*(const char* server_version, const OtlpOptions& options);

}  // namespace inventory::tracing

#endif  // INVENTORY_SERVER_TRACING_OTLP_H_
