#include "server/logging.h"

#include <atomic>
#include <cstddef>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace inventory::server {
namespace {

// Threads may log while the process exits, so neither is ever destroyed.
std::atomic<LogFormat> format_of_all{LogFormat::kText};

spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto made = std::make_unique<spdlog::logger>("inventory", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    return made.release();
  }();
  return *logger;
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
  }
  return "ERROR";
}

unsigned char ByteAt(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

// The range that the second byte of a UTF-8 sequence must be in, which keeps out overlong forms, surrogates and what is
// above U+10FFFF.
bool SecondByteFits(unsigned char lead, unsigned char second) {
  const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return second >= least && second <= most;
}

// Bytes of the UTF-8 sequence that starts at `at`, 0 if there is no valid one.
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const unsigned char lead = ByteAt(text, at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() - at < length || !SecondByteFits(lead, ByteAt(text, at + 1))) return 0;
  for (std::size_t next = at + 2; next < at + length; ++next) {
    if ((ByteAt(text, next) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// The two-character escape that text and JSON share, or null.
const char* ShortEscape(unsigned char byte) {
  switch (byte) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return nullptr;
  }
}

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char byte = ByteAt(text, at);
    const std::size_t length = SequenceLength(text, at);
    if (length == 0) {
      out += "\\ufffd";
    } else if (const char* escape = ShortEscape(byte); escape != nullptr) {
      out += escape;
    } else if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppendFormat(&out, "\\u%04x", byte);
    } else {
      out.append(text, at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out += '"';
}

// True for what could move a terminal's cursor or end the line: C0, DEL, C1 (0xC2 0x80 to 0xC2 0x9F).
bool IsControl(std::string_view text, std::size_t at, std::size_t length) {
  const unsigned char byte = ByteAt(text, at);
  if (length == 2) return byte == 0xC2 && ByteAt(text, at + 1) < 0xA0;
  return byte < 0x20 || byte == 0x7F;
}

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = SequenceLength(text, at);
    const char* escape = ShortEscape(ByteAt(text, at));
    if (escape != nullptr) {
      out += escape;
    } else if (length == 0 || IsControl(text, at, length)) {
      for (std::size_t i = 0; i < (length == 0 ? 1 : length); ++i) {
        absl::StrAppendFormat(&out, "\\x%02x", ByteAt(text, at + i));
      }
    } else {
      out.append(text, at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out += '"';
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7F || byte == '"' || byte == '=' || byte == '\\') return true;
  }
  return false;
}

std::string Now() { return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()); }

std::string TextLine(LogLevel level, std::string_view message, const LogFields& fields) {
  std::string line = Now();
  line += ' ';
  line += NameOf(level);
  line += ' ';
  // A message is fixed text, but a line break in it must not forge an event.
  for (const char c : message) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    if (NeedsQuotes(value)) {
      AppendQuoted(line, value);
    } else {
      line += value;
    }
  }
  return line;
}

std::string JsonLine(LogLevel level, std::string_view message, const LogFields& fields) {
  std::string line = "{\"time\":\"";
  line += Now();
  line += "\",\"level\":\"";
  line += NameOf(level);
  line += "\",\"message\":";
  AppendJsonString(line, message);
  for (const auto& [key, value] : fields) {
    line += ',';
    AppendJsonString(line, key);
    line += ':';
    AppendJsonString(line, value);
  }
  line += '}';
  return line;
}

}  // namespace

void SetUpLogging(LogFormat format, LogLevel least) {
  format_of_all.store(format, std::memory_order_relaxed);
  Logger().set_level(SpdlogLevel(least));
}

void Log(LogLevel level, std::string_view message, const LogFields& fields) {
  if (Logger().should_log(SpdlogLevel(level))) LogAlways(level, message, fields);
}

void LogAlways(LogLevel level, std::string_view message, const LogFields& fields) {
  const bool json = format_of_all.load(std::memory_order_relaxed) == LogFormat::kJson;
  const std::string line = json ? JsonLine(level, message, fields) : TextLine(level, message, fields);
  Logger().log(spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace inventory::server
