// What the log says of an export.
#ifndef INVENTORY_SERVER_TRACING_OTLP_EXPORT_LOG_H_
#define INVENTORY_SERVER_TRACING_OTLP_EXPORT_LOG_H_

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "server/tracing/otlp.h"

namespace inventory::tracing {

// Says when spans are lost and when that is over, each with what has become of spans since it last said something. It
// says something once a minute at most: a collector may fail and work in turn many times a second. Used by one thread.
class ExportLog {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ExportLog(decltype(OtlpOptions::log) log) : log_(std::move(log)) {}

  // What a post has failed with. Without the answer, which may repeat what was sent, secrets too; and the beginning is
  // enough.
  void Failed(std::string_view error) { error_ = error.substr(0, error.find(kAnswer)).substr(0, 300); }

  // Says what there is to say at this time, with all counts so far.
  void Note(const SpanCounts& counts, Clock::time_point now);

  // The same at the end, when nothing can be said later.
  void NoteLast(const SpanCounts& counts);

 private:
  static constexpr std::string_view kAnswer = ", Header:";  // As OpenTelemetry appends it.

  void Say(const SpanCounts& counts);

  const decltype(OtlpOptions::log) log_;
  std::string error_;  // The last, until it was said.
  SpanCounts said_;
  bool losing_ = false;  // By what was said last.
  Clock::time_point quiet_until_ = {};
};

}  // namespace inventory::tracing

#endif  // INVENTORY_SERVER_TRACING_OTLP_EXPORT_LOG_H_
