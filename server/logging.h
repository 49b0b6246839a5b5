// Structured logs, one event a line, on standard error.
#ifndef INVENTORY_SERVER_LOGGING_H_
#define INVENTORY_SERVER_LOGGING_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace inventory::server {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

// Names of values, in the order in which they are written. Never a password.
using LogFields = std::vector<std::pair<std::string, std::string>>;

// Sets what is written and how. Call once, before threads start; until then text from info on.
void SetUpLogging(LogFormat format, LogLevel least);

// Writes an event: a fixed message and what distinguishes this occurrence. Values may hold any bytes. Thread-safe.
void Log(LogLevel level, std::string_view message, const LogFields& fields = {});

// The same, however important events must be to be written: for what has to be on record.
void LogAlways(LogLevel level, std::string_view message, const LogFields& fields = {});

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_LOGGING_H_
