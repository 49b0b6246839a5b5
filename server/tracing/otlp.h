// Export of traces by OTLP, the protocol of OpenTelemetry, over HTTP.
#ifndef INVENTORY_SERVER_TRACING_OTLP_H_
#define INVENTORY_SERVER_TRACING_OTLP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
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

// What has become of spans so far; those that still wait are in none of these.
struct SpanCounts {
  uint64_t exported = 0;
  uint64_t failed = 0;   // Posted, but not taken by the collector.
  uint64_t dropped = 0;  // Never posted: too many waited, or the server ended first.
};

// An export of spans. Thread-safe.
class SpanExport : public SpanSink {
 public:
  virtual SpanCounts counts() const = 0;

  // Takes no more spans and posts what waits, in twice the time-out at most. The destructor does it, too.
  virtual void Stop() = 0;

  // Has Stop drop what waits, and only end the post that is under way.
  virtual void GiveUp() = 0;
};

// Loads the exporter, which is a library of its own, so that the server runs where OpenTelemetry's libraries are not.
// FAILED_PRECONDITION if it is not there, is broken, can't begin, or is another version's.
absl::StatusOr<std::unique_ptr<SpanExport>> OpenOtlp(const OtlpOptions& options);

// The headers in a file: lines "name: value"; empty ones don't count. INVALID_ARGUMENT says what is wrong, without a
// value.
absl::StatusOr<HttpHeaders> ReadHeaders(const std::string& path);

// The same of what `in` has, which `path` names in errors.
absl::StatusOr<HttpHeaders> ParseHeaders(std::istream& in, const std::string& path);

// What the server and the library must have in common: builds of one version may differ, too.
struct OtlpAbi {
  const char* version = INVENTORY_VERSION;
  std::size_t options_bytes = sizeof(OtlpOptions);
  std::size_t span_bytes = sizeof(Span);
  std::size_t trace_bytes = sizeof(Trace);
};

// What the library exports, under this name. Null if the server's `abi` is not its own, and with a reason in `why` if
// the export can't begin. Throws nothing.
inline constexpr char kMakeOtlpExport[] = "InventoryMakeOtlpExport";
using MakeOtlpExport = SpanExport*(const OtlpAbi& abi, const OtlpOptions& options, std::string& why);

}  // namespace inventory::tracing

#endif  // INVENTORY_SERVER_TRACING_OTLP_H_
