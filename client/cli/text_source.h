// Text files as a stream of bytes.
#ifndef INVENTORY_CLIENT_CLI_TEXT_SOURCE_H_
#define INVENTORY_CLIENT_CLI_TEXT_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>

#include "absl/status/status.h"

namespace inventory::cli {

// Gives the bytes of a UTF-8 text one after another, with the number of their line, which ends with LF, CR LF or CR; a
// byte order mark is passed over. Keeps 64 KiB in memory, however long the text is. Used by one thread.
class TextSource {
 public:
  // `in` must outlive it.
  explicit TextSource(std::istream& in) : in_(in) {}

  // Looks at the beginning: INVALID_ARGUMENT, with advice, if this can't be UTF-8 text. Call first.
  absl::Status Open();

  static constexpr int kEnd = -1;
  // The next byte, or kEnd.
  int Peek() { return next_ < buffer_.size() || Fill() ? static_cast<unsigned char>(buffer_[next_]) : kEnd; }
  // The same, and goes on.
  int Get() {
    const int byte = Peek();
    if (byte == kEnd) return kEnd;
    ++next_;
    ++position_;
    if (byte == '\n' || (byte == '\r' && Peek() != '\n')) ++line_;
    return byte;
  }

  // OK, unless the file could not be read to its end.
  absl::Status status() const;

  // Of the next byte; the first line is 1.
  int64_t line() const { return line_; }
  // How many bytes were given.
  int64_t position() const { return position_; }

 private:
  bool Fill();

  std::istream& in_;
  std::string buffer_;
  std::size_t next_ = 0;
  int64_t line_ = 1;
  int64_t position_ = 0;
};

// Whether the text is UTF-8 without a NUL.
bool IsUtf8Text(const std::string& text);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_TEXT_SOURCE_H_
