#include "server/rpc/request_size.h"

#include <cstdint>
#include <limits>
#include <map>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/message.h"
#include "google/protobuf/wire_format_lite.h"
#include "storage/mutex.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using Bytes = absl::flat_hash_map<const Descriptor*, std::size_t>;

// Upper bounds, which a test compares with what protobuf takes. Lists double when they grow, and in an arena what they
// leave stays: a place in a list of pointers is up to four pointers.
constexpr std::size_t kPlaceBytes = 32;
// Of an arena's last block, which need not be full, and what the allocator adds.
constexpr std::size_t kBlockBytes = std::size_t{8} << 10;
constexpr std::size_t kTextBytes = kPlaceBytes + 64;
constexpr std::size_t kRepeatedNumberBytes = 32;
constexpr std::size_t kUnknownBytes = 128;
// An entry of a map that it was parsed into, and its place in the map.
constexpr std::size_t kEntryBytes = 224;
// As deep as messages are parsed.
constexpr int kMaxDepth = 100;

WireFormatLite::WireType FormOf(const FieldDescriptor& field) {
  return WireFormatLite::WireTypeForFieldType(static_cast<WireFormatLite::FieldType>(field.type()));
}

// Walks through one message. Everything answers false for what is not well-formed, and when there is no need to go on.
class Walk {
 public:
  Walk(const Bytes& message_bytes, absl::string_view sent, std::size_t most)
      : message_bytes_(message_bytes),
        input_(reinterpret_cast<const uint8_t*>(sent.data()), static_cast<int>(sent.size())),
        most_(most),
        bytes_(kBlockBytes + 2 * sent.size()) {
    // Otherwise what lies beyond the end can't be told from the end.
    input_.PushLimit(static_cast<int>(sent.size()));
  }

  std::size_t bytes() const { return bytes_; }

  bool Message(const Descriptor& type, int depth) {
    if (depth > kMaxDepth) return false;
    Count(message_bytes_.at(&type));
    while (input_.BytesUntilLimit() > 0) {
      const uint32_t tag = input_.ReadTag();
      if (WireFormatLite::GetTagFieldNumber(tag) == 0 || bytes_ > most_ || !Field(type, tag, depth)) return false;
    }
    return true;
  }

 private:
  void Count(std::size_t bytes) { bytes_ += bytes; }

  bool Field(const Descriptor& type, uint32_t tag, int depth) {
    const WireFormatLite::WireType wire = WireFormatLite::GetTagWireType(tag);
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (field != nullptr && field->is_packable() && wire == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      return Packed(*field);
    }
    // A field that comes in another form than its own is kept as an unknown one.
    if (field == nullptr || wire != FormOf(*field)) return Unknown(tag, depth);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Count(kPlaceBytes);
        return Within(*field->message_type(), depth);
      case FieldDescriptor::CPPTYPE_STRING:
        return Text(*field);
      default:
        if (field->is_repeated()) Count(kRepeatedNumberBytes);
    }
    return WireFormatLite::SkipField(&input_, tag);
  }

  bool Text(const FieldDescriptor& field) {
    int length = 0;
    if (!ReadLength(length)) return false;
    // Of an entry that has more than key and value protobuf keeps copies.
    const bool of_entry = field.containing_type()->options().map_entry();
    Count(kTextBytes + (of_entry ? 2 * static_cast<std::size_t>(length) : 0));
    return input_.Skip(length);
  }

  // SkipField would look into groups by itself, and take no account of what is in them.
  bool Unknown(uint32_t tag, int depth) {
    Count(kUnknownBytes);
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_START_GROUP:
        return Group(WireFormatLite::GetTagFieldNumber(tag), depth + 1);
      case WireFormatLite::WIRETYPE_END_GROUP:
        return false;
      default:
        return WireFormatLite::SkipField(&input_, tag);
    }
  }

  bool Group(int number, int depth) {
    if (depth > kMaxDepth) return false;
    while (input_.BytesUntilLimit() > 0) {
      const uint32_t tag = input_.ReadTag();
      if (tag == WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_END_GROUP)) return true;
      if (WireFormatLite::GetTagFieldNumber(tag) == 0 || bytes_ > most_ || !Unknown(tag, depth)) return false;
    }
    return false;
  }

  bool Within(const Descriptor& type, int depth) {
    int length = 0;
    if (!ReadLength(length)) return false;
    const auto limit = input_.PushLimit(length);
    if (!Message(type, depth + 1)) return false;
    input_.PopLimit(limit);
    return true;
  }

  // No number takes less than a byte, so that there are no more of them than bytes.
  bool Packed(const FieldDescriptor& field) {
    int length = 0;
    if (!ReadLength(length)) return false;
    const int least = FormOf(field) == WireFormatLite::WIRETYPE_FIXED64   ? 8
                      : FormOf(field) == WireFormatLite::WIRETYPE_FIXED32 ? 4
                                                                          : 1;
    Count(static_cast<std::size_t>(length / least) * kRepeatedNumberBytes);
    return input_.Skip(length);
  }

  // Of something that ends within the message around it.
  bool ReadLength(int& length) {
    uint64_t read = 0;
    if (!input_.ReadVarint64(&read) || read > static_cast<uint64_t>(input_.BytesUntilLimit())) return false;
    length = static_cast<int>(read);
    return true;
  }

  const Bytes& message_bytes_;
  google::protobuf::io::CodedInputStream input_;
  const std::size_t most_;
  std::size_t bytes_;
};

}  // namespace

const RequestSize& RequestSize::Of(const Descriptor& type) {
  struct Known {
    storage::Mutex mutex;
    std::map<const Descriptor*, const RequestSize*> by_type GUARDED_BY(mutex);
  };
  static auto& known = *new Known();
  storage::MutexLock lock(known.mutex);
  const RequestSize*& size = known.by_type[&type];
  if (size == nullptr) size = new RequestSize(type);
  return *size;
}

RequestSize::RequestSize(const Descriptor& type) : type_(type) { Add(type); }

void RequestSize::Add(const Descriptor& type) {
  if (message_bytes_.contains(&type)) return;
  message_bytes_[&type] =
      type.options().map_entry()
          ? kEntryBytes
          : google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->SpaceUsedLong();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->message_type() != nullptr) Add(*type.field(i)->message_type());
  }
}

std::optional<std::size_t> RequestSize::Measure(absl::string_view sent, std::size_t most) const {
  if (sent.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return std::nullopt;
  Walk walk(message_bytes_, sent, most);
  if (walk.Message(type_, 0) || walk.bytes() > most) return walk.bytes();
  return std::nullopt;
}

}  // namespace inventory::rpc
