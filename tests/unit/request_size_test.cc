#include "server/rpc/request_size.h"

#include <malloc.h>

#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/arena.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/stubs/logging.h"
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

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

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

// What is left of parsing these bytes as gRPC has them parsed, in pieces and without knowing their end: in the arena,
// and on the heap, of which the allocator tells, unless it is a sanitizer's.
std::size_t Taken(const Descriptor& type, const std::string& sent) {
  static auto& block = *new std::vector<char>(std::size_t{16} << 20);
  google::protobuf::Arena arena(block.data(), block.size());
  const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  const std::size_t before = mallinfo2().uordblks;
  Message* message = prototype->New(&arena);
  google::protobuf::io::ArrayInputStream pieces(sent.data(), static_cast<int>(sent.size()), 1000);
  message->ParseFromZeroCopyStream(&pieces);
  return arena.SpaceUsed() + mallinfo2().uordblks - before;
}

std::optional<std::size_t> Measured(const Descriptor& type, const std::string& sent, std::size_t most = kAny) {
  return RequestSize::Of(type).Measure(sent, most);
}

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
    if (Below(20) == 0) return Foreign(field.number());
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Within(field.number(), depth > 4 ? "" : Message(*field.message_type(), depth + 1));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return Within(field.number(), std::string(Below(40), 'x'));
    if (field.is_packable() && Below(2) == 0)
      return Within(field.number(), std::string(std::size_t{8} * static_cast<std::size_t>(Below(5)), '\1'));
    const auto wire = WireFormatLite::WireTypeForFieldType(static_cast<WireFormatLite::FieldType>(field.type()));
    return Tag(field.number(), wire) + Number(wire);
  }

  std::string Unknown(int number) {
    return Below(3) == 0 ? Within(number, std::string(Below(20), 'x')) : Foreign(number);
  }

  // Not of the form that texts, messages and lists have.
  std::string Foreign(int number) {
    switch (Below(3)) {
      case 0:
        return Tag(number, WireFormatLite::WIRETYPE_VARINT) + "\5";
      case 1:
        return Tag(number, WireFormatLite::WIRETYPE_FIXED64) + "12345678";
      default:
        return Tag(number, WireFormatLite::WIRETYPE_START_GROUP) + Unknown(2) +
               Tag(number, WireFormatLite::WIRETYPE_END_GROUP);
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
      EXPECT_GE(Measured(type, sent).value_or(0), Taken(type, sent)) << type.full_name();
    });
  }
  EXPECT_GT(lists, 10);
}

TEST(RequestSizeTest, IsNeverLessThanWhatRandomFieldsTake) {
  for (const Method& method : Methods()) {
    const Descriptor& type = *method.request();
    for (uint32_t seed = 0; seed < 30; ++seed) {
      const std::string sent = Writer(seed).Message(type, 0);
      EXPECT_GE(Measured(type, sent).value_or(0), Taken(type, sent)) << type.full_name() << " of seed " << seed;
    }
  }
}

// Whoever takes damaged bytes for well-formed could miss what the parser sees in them, above all by a length that leads
// out of its message.
TEST(RequestSizeTest, IsNeverLessThanWhatDamagedBytesTake) {
  const google::protobuf::LogSilencer silence;
  int well_formed = 0;
  for (const Method& method : Methods()) {
    const Descriptor& type = *method.request();
    for (uint32_t seed = 0; seed < 200; ++seed) {
      std::string sent = Writer(seed).Message(type, 0);
      std::mt19937 random(seed);
      for (int i = 0; i < 3 && !sent.empty(); ++i) sent[random() % sent.size()] = static_cast<char>(random());
      const std::optional<std::size_t> measured = Measured(type, sent);
      if (!measured) continue;
      ++well_formed;
      EXPECT_GE(*measured, Taken(type, sent)) << type.full_name() << " of seed " << seed;
    }
  }
  EXPECT_GT(well_formed, 100);
}

TEST(RequestSizeTest, CountsEntriesOfMaps) {
  v1::CreateItemRequest request;
  for (int i = 0; i < 5000; ++i) (*request.mutable_item()->mutable_labels())[std::to_string(i)] = "";
  const std::string sent = request.SerializeAsString();
  EXPECT_GE(Measured(*request.GetDescriptor(), sent).value_or(0), Taken(*request.GetDescriptor(), sent));
}

// Of which protobuf keeps the key in several copies.
TEST(RequestSizeTest, CountsEntriesOfMapsThatHaveMore) {
  const Descriptor& type = *v1::CreateItemRequest::descriptor();
  const FieldDescriptor& item = *type.FindFieldByName("item");
  const FieldDescriptor& labels = *item.message_type()->FindFieldByName("labels");
  for (const auto& [count, bytes] : {std::pair(1, 1 << 20), std::pair(200, 5000)}) {
    std::string sent;
    for (int i = 0; i < count; ++i) {
      const std::string key = std::to_string(i) + std::string(bytes, 'k');
      const std::string more = Tag(3, WireFormatLite::WIRETYPE_VARINT) + "\1";
      sent += Within(labels.number(), Within(1, key) + Within(2, "") + more);
    }
    sent = Within(item.number(), sent);
    EXPECT_GE(Measured(type, sent).value_or(0), Taken(type, sent)) << count;
  }
}

TEST(RequestSizeTest, CountsUnknownFieldsAndThoseInForeignForms) {
  const Descriptor& type = *v1::ReserveStockRequest::descriptor();
  const std::string varint = Tag(2000, WireFormatLite::WIRETYPE_VARINT) + "\1";
  const std::string group =
      Tag(2000, WireFormatLite::WIRETYPE_START_GROUP) + varint + Tag(2000, WireFormatLite::WIRETYPE_END_GROUP);
  const std::string number_for_text = Tag(1, WireFormatLite::WIRETYPE_VARINT) + "\1";
  const std::size_t empty = Measured(type, "").value_or(0);
  for (const std::string& field : {varint, Within(2000, "abc"), group, number_for_text}) {
    EXPECT_GT(Measured(type, field).value_or(0), empty + 100);
  }
}

TEST(RequestSizeTest, IsSmallForAnOrdinaryRequest) {
  v1::ReserveStockRequest request;
  request.set_request_id("5b0c9c5e-6a0a-4ee5-8f9e-0f2b8a4d9c11");
  request.set_channel_id("web");
  for (int i = 0; i < 3; ++i) request.add_lines()->set_sku("JEANS-M-" + std::to_string(i));
  EXPECT_LT(Measured(*request.GetDescriptor(), request.SerializeAsString()).value_or(kAny), 10'000U);
}

TEST(RequestSizeTest, LooksNoFurtherThanTheLimit) {
  std::string sent;
  for (int i = 0; i < 1000; ++i) sent += Within(2000, "");
  const std::size_t most = 20000;
  const std::size_t measured = Measured(*v1::ReserveStockRequest::descriptor(), sent + "\xff", most).value_or(0);
  EXPECT_GT(measured, most);
  EXPECT_LT(measured, most + 1000);
}

TEST(RequestSizeTest, IsNoneOfWhatIsMalformed) {
  const Descriptor& type = *v1::ReserveStockRequest::descriptor();
  const std::string lines = Tag(5, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  const std::string inner = Within(1, "sku");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += Tag(2000, WireFormatLite::WIRETYPE_START_GROUP);
  const std::vector<std::string> malformed = {
      "\xff",
      std::string("\0", 1),
      std::string("\0\1", 2),
      lines + "\x7f",
      lines + Varint(0xffffffff),
      Tag(5, WireFormatLite::WIRETYPE_END_GROUP),
      Tag(2000, WireFormatLite::WIRETYPE_START_GROUP),
      Tag(2000, WireFormatLite::WIRETYPE_START_GROUP) + Tag(2001, WireFormatLite::WIRETYPE_END_GROUP),
      // A text, and a message, that go on beyond the message around them.
      lines + Varint(2) + Tag(1, WireFormatLite::WIRETYPE_LENGTH_DELIMITED) + Varint(50) + std::string(60, 'x'),
      deep,
  };
  EXPECT_TRUE(Measured(type, lines + Varint(inner.size()) + inner));
  for (const std::string& sent : malformed) EXPECT_FALSE(Measured(type, sent)) << testing::PrintToString(sent);
}

}  // namespace
}  // namespace inventory::rpc
