#include "server/feed/cut.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace inventory::feed {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

// A token is the web-safe base64 of: the format's version, the logs that have been read from, each as its number and
// position in varints, by number.
constexpr uint32_t kVersion = 1;

}  // namespace

bool Cut::Covers(const Cut& other) const {
  for (std::size_t log = 0; log < positions_.size(); ++log) {
    if (positions_[log] < other.positions_[log]) return false;
  }
  return true;
}

void Cut::Cover(const Cut& other) {
  for (std::size_t log = 0; log < positions_.size(); ++log) {
    positions_[log] = std::max(positions_[log], other.positions_[log]);
  }
}

void Cut::LimitTo(const Cut& other) {
  for (std::size_t log = 0; log < positions_.size(); ++log) {
    positions_[log] = std::min(positions_[log], other.positions_[log]);
  }
}

std::string Cut::ToToken() const {
  std::string packed;
  {
    google::protobuf::io::StringOutputStream stream(&packed);
    CodedOutputStream out(&stream);
    out.WriteVarint32(kVersion);
    for (std::size_t log = 0; log < positions_.size(); ++log) {
      if (positions_[log] == 0) continue;
      out.WriteVarint32(static_cast<uint32_t>(log));
      out.WriteVarint64(static_cast<uint64_t>(positions_[log]));
    }
  }
  return absl::WebSafeBase64Escape(packed);
}

std::optional<Cut> Cut::FromToken(std::string_view token) {
  std::string packed;
  if (!absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &packed)) return std::nullopt;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(packed.data()), static_cast<int>(packed.size()));
  uint32_t version = 0;
  if (!in.ReadVarint32(&version) || version != kVersion) return std::nullopt;
  Cut cut;
  int64_t last = -1;
  while (static_cast<std::size_t>(in.CurrentPosition()) < packed.size()) {
    uint32_t log = 0;
    uint64_t position = 0;
    if (!in.ReadVarint32(&log) || !in.ReadVarint64(&position)) return std::nullopt;
    const bool in_order = static_cast<int64_t>(log) > last && log < cut.positions_.size();
    if (!in_order || position == 0 || position > INT64_MAX) return std::nullopt;
    cut.positions_[log] = static_cast<int64_t>(position);
    last = log;
  }
  // What else is read as the same positions, such as padding, was made by somebody else.
  if (cut.ToToken() != token) return std::nullopt;
  return cut;
}

std::vector<storage::EventRange> RangesBetween(const Cut& from, const Cut& to) {
  std::vector<storage::EventRange> ranges;
  for (int16_t log_id = 0; log_id < storage::kEventLogs; ++log_id) {
    if (from.At(log_id) < to.At(log_id)) {
      ranges.push_back({.log_id = log_id, .after = from.At(log_id), .last = to.At(log_id)});
    }
  }
  return ranges;
}

int64_t ChunksIn(const std::vector<storage::EventRange>& ranges) {
  int64_t chunks = 0;
  for (const storage::EventRange& range : ranges) chunks += range.last - range.after;
  return chunks;
}

}  // namespace inventory::feed
