#include "server/rpc/request_size.h"

#include <functional>
#include <limits>
#include <random>
#include <string>

#include "google/protobuf/arena.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "gtest/gtest.h"
#include "inventory/v1/inventory_service.pb.h"
#include "server/rpc/registry.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;

constexpr int64_t kAny = std::numeric_limits<int64_t>::max();

std::string Varint(uint64_t value) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream(&stream).WriteVarint64(value);
  return bytes;
}

std::string Tag(int number, WireFormatLite::WireType wire) { return Varint(WireFormatLite::MakeTag(number, wire)); }

std::string Within(int number, const std::string& bytes) {
  return Tag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED) + Varint(bytes.size()) + bytes;
}

// Not less than a message of `type` that was sent so takes, with what it has left behind in its arena: what is both in
// the arena and still part of the message is counted twice.
std::size_t Taken(const Descriptor& type, const std::string& sent) {
  google::protobuf::Arena arena;
  const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  Message* message = prototype->New(&arena);
  const std::size_t empty = arena.SpaceUsed() + message->SpaceUsedLong();
  message->ParseFromString(sent);
  return arena.SpaceUsed() + message->SpaceUsedLong() - empty;
}

std::size_t Judged(const Descriptor& type, const std::string& sent) { return SizeOf(type, sent, kAny).bytes; }

// Writes random fields: lists, one of several, unknown ones, and known ones in a form that is not theirs.
class Writer {
 public:
  explicit Writer(uint32_t seed) : random_(seed) {}

  std::string Message(const Descriptor& type, int depth) {
    std::string bytes;
    const int favourite = Below(type.field_count() + 1);
    for (int left = depth == 0 ? 400 : Below(6); left > 0; --left) {
      const int index = Below(2) == 0 ? favourite : Below(type.field_count() + 1);
      bytes += index == type.field_count() ? Unknown(1000) : Field(*type.field(index), depth);
    }
    return bytes;
  }

 private:
  int Below(int bound) { return bound == 0 ? 0 : static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  std::string Field(const FieldDescriptor& field, int depth) {
    if (Below(20) == 0) return Unknown(field.number());
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Within(field.number(), depth > 4 ? "" : Message(*field.message_type(), depth + 1));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return Within(field.number(), std::string(Below(40), 'x'));
    if (field.is_packable() && Below(2) == 0) return Within(field.number(), std::string(8 * Below(5), '\1'));
    const auto wire = WireFormatLite::WireTypeForFieldType(static_cast<WireFormatLite::FieldType>(field.type()));
    return Tag(field.number(), wire) + Number(wire);
  }

  std::string Unknown(int number) {
    switch (Below(4)) {
      case 0:
        return Tag(number, WireFormatLite::WIRETYPE_VARINT) + "\5";
      case 1:
        return Tag(number, WireFormatLite::WIRETYPE_FIXED64) + "12345678";
      case 2:
        return Tag(number, WireFormatLite::WIRETYPE_START_GROUP) + Unknown(2) +
               Tag(number, WireFormatLite::WIRETYPE_END_GROUP);
      default:
        return Within(number, std::string(Below(20), 'x'));
    }
  }

  static std::string Number(WireFormatLite::WireType wire) {
    return wire == WireFormatLite::WIRETYPE_FIXED64   ? "12345678"
           : wire == WireFormatLite::WIRETYPE_FIXED32 ? "1234"
                                                      : "\1";
  }

  std::mt19937 random_;
};

// Calls `check` with a message that has `count` times the least of each list of `type`, and in all messages within.
void ForEachList(const Descriptor& type, int count, int depth, const std::function<void(const std::string&)>& check) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_repeated() && !field.is_packable()) {
      std::string list;
      for (int n = 0; n < count; ++n) list += Within(field.number(), "");
      check(list);
    }
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || depth == 4) continue;
    ForEachList(*field.message_type(), count, depth + 1,
                [&](const std::string& list) { check(Within(field.number(), list)); });
  }
}

TEST(RequestSizeTest, IsNeverLessThanWhatEmptyValuesOfAnyListTake) {
  int lists = 0;
  for (const Method& method : Methods()) {
    const Descriptor& type = *method.request();
    ForEachList(type, 3000, 0, [&](const std::string& sent) {
      ++lists;
      EXPECT_EQ(SizeOf(type, sent, kAny).values / 3000, 1) << type.full_name();
      EXPECT_GE(Judged(type, sent), Taken(type, sent)) << type.full_name();
    });
  }
  EXPECT_GT(lists, 10);
}

TEST(RequestSizeTest, IsNeverLessThanWhatRandomFieldsTake) {
  for (const Method& method : Methods()) {
    const Descriptor& type = *method.request();
    for (uint32_t seed = 0; seed < 30; ++seed) {
      const std::string sent = Writer(seed).Message(type, 0);
      EXPECT_GE(Judged(type, sent), Taken(type, sent)) << type.full_name() << " of seed " << seed;
    }
  }
}

TEST(RequestSizeTest, CountsUnknownFieldsAndThoseInForeignForms) {
  const Descriptor& type = *v1::ReserveStockRequest::descriptor();
  const std::string varint = Tag(2000, WireFormatLite::WIRETYPE_VARINT) + "\1";
  const std::string group =
      Tag(2000, WireFormatLite::WIRETYPE_START_GROUP) + varint + varint + Tag(2000, WireFormatLite::WIRETYPE_END_GROUP);
  const std::string number_for_text = Tag(1, WireFormatLite::WIRETYPE_VARINT) + "\1";
  EXPECT_EQ(SizeOf(type, varint + Within(2000, "abc") + group + number_for_text, kAny).values, 6);
}

TEST(RequestSizeTest, IsSmallForAnOrdinaryRequest) {
  v1::ReserveStockRequest request;
  request.set_request_id("5b0c9c5e-6a0a-4ee5-8f9e-0f2b8a4d9c11");
  request.set_channel_id("web");
  for (int i = 0; i < 3; ++i) request.add_lines()->set_sku("JEANS-M-" + std::to_string(i));
  const RequestSize size = SizeOf(*request.GetDescriptor(), request.SerializeAsString(), 20000);
  EXPECT_EQ(size.values, 3);
  EXPECT_LT(size.bytes, 3000U);
}

TEST(RequestSizeTest, LooksNoFurtherThanTheLimit) {
  std::string sent;
  for (int i = 0; i < 1000; ++i) sent += Within(2000, "");
  EXPECT_EQ(SizeOf(*v1::ReserveStockRequest::descriptor(), sent, 10).values, 11);
}

TEST(RequestSizeTest, StopsAtWhatIsMalformed) {
  const Descriptor& type = *v1::ReserveStockRequest::descriptor();
  const std::string one = Within(2000, "");
  EXPECT_EQ(SizeOf(type, one + "\xff", kAny).values, 1);
  EXPECT_EQ(SizeOf(type, one + Tag(5, WireFormatLite::WIRETYPE_LENGTH_DELIMITED) + "\x7f", kAny).values, 2);
  EXPECT_EQ(SizeOf(type, one + Tag(5, WireFormatLite::WIRETYPE_LENGTH_DELIMITED) + Varint(0xffffffff), kAny).values, 2);
  EXPECT_EQ(SizeOf(type, one + Tag(5, WireFormatLite::WIRETYPE_END_GROUP) + one, kAny).values, 1);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += Tag(2000, WireFormatLite::WIRETYPE_START_GROUP);
  EXPECT_LE(SizeOf(type, deep, kAny).values, 101);
}

}  // namespace
}  // namespace inventory::rpc
