#include "server/rpc/request_size.h"

#include <algorithm>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// Upper bounds, of which a test parses every list of every request: a message with its place in a list, a text with
// its own, a number. Lists double when they grow and keep what they leave.
constexpr std::size_t kMessageBytes = 640;
constexpr std::size_t kTextBytes = 96;
constexpr std::size_t kNumberBytes = 32;
// As deep as messages are parsed.
constexpr int kMaxDepth = 100;

class Measure {
 public:
  Measure(absl::string_view sent, int64_t most_values)
      : input_(reinterpret_cast<const uint8_t*>(sent.data()), static_cast<int>(sent.size())),
        most_values_(most_values),
        size_({.bytes = 2 * sent.size()}) {}

  RequestSize Of(const Descriptor& type) {
    Message(&type, 0);
    return size_;
  }

 private:
  // False from the first thing on that is malformed, or one value too many. Of an unknown group `type` is null.
  bool Message(const Descriptor* type, int depth) {
    if (depth > kMaxDepth) return false;
    while (const uint32_t tag = input_.ReadTag()) {
      if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_END_GROUP) return type == nullptr;
      if (!Field(type, tag, depth) || size_.values > most_values_) return false;
    }
    return true;
  }

  bool Field(const Descriptor* type, uint32_t tag, int depth) {
    const WireFormatLite::WireType wire = WireFormatLite::GetTagWireType(tag);
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    // A field that comes in another form than its own is kept as an unknown one.
    const bool packed = field != nullptr && field->is_packable() && wire == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (field != nullptr && !packed && wire != FormOf(*field)) field = nullptr;
    if (packed) return Packed(*field);

    const bool message = field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool text = field == nullptr || field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    // One of several is made anew whenever another one has taken its place.
    const bool value = field == nullptr || field->is_repeated() || field->real_containing_oneof() != nullptr;
    if (value) ++size_.values;
    if (message || text || value) size_.bytes += message ? kMessageBytes : text ? kTextBytes : kNumberBytes;
    if (message) return Within(*field->message_type(), depth);
    if (wire == WireFormatLite::WIRETYPE_START_GROUP) return Message(nullptr, depth + 1);
    return WireFormatLite::SkipField(&input_, tag);
  }

  static WireFormatLite::WireType FormOf(const FieldDescriptor& field) {
    return WireFormatLite::WireTypeForFieldType(static_cast<WireFormatLite::FieldType>(field.type()));
  }

  bool Within(const Descriptor& type, int depth) {
    uint32_t length = 0;
    if (!input_.ReadVarint32(&length) || static_cast<int>(length) < 0) return false;
    const auto limit = input_.PushLimit(static_cast<int>(length));
    const bool whole = Message(&type, depth + 1) && input_.BytesUntilLimit() == 0;
    input_.PopLimit(limit);
    return whole;
  }

  // No number takes less than a byte, so that there are no more of them than bytes.
  bool Packed(const FieldDescriptor& field) {
    uint32_t length = 0;
    if (!input_.ReadVarint32(&length) || static_cast<int>(length) < 0) return false;
    const std::size_t least = FormOf(field) == WireFormatLite::WIRETYPE_FIXED64   ? 8
                              : FormOf(field) == WireFormatLite::WIRETYPE_FIXED32 ? 4
                                                                                  : 1;
    size_.values += static_cast<int64_t>(length / least);
    size_.bytes += length / least * kNumberBytes;
    return input_.Skip(static_cast<int>(length));
  }

  google::protobuf::io::CodedInputStream input_;
  const int64_t most_values_;
  RequestSize size_;
};

}  // namespace

RequestSize SizeOf(const Descriptor& type, absl::string_view sent, int64_t most_values) {
  return Measure(sent, most_values).Of(type);
}

}  // namespace inventory::rpc
