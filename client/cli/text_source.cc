#include "client/cli/text_source.h"

#include "absl/strings/match.h"
#include "google/protobuf/stubs/common.h"

namespace inventory::cli {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;
constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";

absl::Status NotUtf8() {
  return absl::InvalidArgumentError(
      "the file is UTF-16 or binary: save it as UTF-8, for example by iconv -f UTF-16 -t UTF-8");
}

}  // namespace

absl::Status TextSource::Open() {
  Fill();
  if (absl::StartsWith(buffer_, "\xFF\xFE") || absl::StartsWith(buffer_, "\xFE\xFF")) return NotUtf8();
  // UTF-16 without a mark, and UTF-32, have NULs in any text.
  if (buffer_.find('\0') != std::string::npos) return NotUtf8();
  if (absl::StartsWith(buffer_, kByteOrderMark)) {
    next_ = sizeof kByteOrderMark - 1;
    position_ = static_cast<int64_t>(next_);
  }
  return status();
}

bool TextSource::Fill() {
  if (next_ < buffer_.size()) return true;
  buffer_.resize(kBufferBytes);
  in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.resize(static_cast<std::size_t>(in_.gcount()));
  next_ = 0;
  return !buffer_.empty();
}

absl::Status TextSource::status() const {
  return in_.bad() ? absl::DataLossError("the file could not be read to its end") : absl::OkStatus();
}

bool IsUtf8Text(const std::string& text) {
  return text.find('\0') == std::string::npos &&
         google::protobuf::internal::IsStructurallyValidUTF8(text.data(), static_cast<int>(text.size()));
}

}  // namespace inventory::cli
