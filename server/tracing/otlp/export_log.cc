#include "server/tracing/otlp/export_log.h"

namespace inventory::tracing {
namespace {

bool AnyLost(const SpanCounts& counts) { return counts.failed > 0 || counts.dropped > 0; }

SpanCounts Since(const SpanCounts& before, const SpanCounts& now) {
  return {.exported = now.exported - before.exported,
          .failed = now.failed - before.failed,
          .dropped = now.dropped - before.dropped};
}

}  // namespace

void ExportLog::Note(const SpanCounts& counts, Clock::time_point now) {
  const SpanCounts since = Since(said_, counts);
  const bool over = losing_ && since.exported > 0;
  if (now < quiet_until_ || (!AnyLost(since) && !over)) return;
  Say(counts);
  quiet_until_ = now + std::chrono::minutes(1);
}

void ExportLog::NoteLast(const SpanCounts& counts) { Note(counts, Clock::time_point::max() - std::chrono::minutes(1)); }

void ExportLog::Say(const SpanCounts& counts) {
  const SpanCounts since = Since(said_, counts);
  server::LogFields fields = {{"exported", std::to_string(since.exported)},
                              {"failed", std::to_string(since.failed)},
                              {"dropped", std::to_string(since.dropped)}};
  if (since.failed > 0) {
    fields.emplace_back("error", error_);
    log_(server::LogLevel::kWarning, "spans could not be exported and are lost", fields);
  } else if (since.dropped > 0) {
    log_(server::LogLevel::kWarning, "more spans than can be exported: some were dropped; lower trace-ratio", fields);
  } else {
    log_(server::LogLevel::kInfo, "spans are exported again", fields);
  }
  error_.clear();
  said_ = counts;
  losing_ = AnyLost(since);
}

}  // namespace inventory::tracing
