// Bytes that no honest client sends: always a typed error or an answer, and the server goes on.
#include <random>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "tests/integration/field_rules.h"
#include "tests/integration/live_documents.h"
#include "tests/integration/request_rules.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using ::testing::AnyOf;

class HostileInputTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    StartServer({"--low-stock-max-attempts=1", "--sweep-interval=10ms"});
    Must(client().Call(Pb<v1::CreateItemRequest>("item { sku: 'sku' }")));
    for (const char* warehouse_id : {"w1", "w2"}) SetStock("sku", warehouse_id, 100'000);
    LiveDocuments documents(client(), "");
    for (const MethodDescriptor* method : UnaryMethods()) documents.MakeFor(*GoodRequest(*method->input_type()));
  }

 protected:
  static std::vector<const MethodDescriptor*> UnaryMethods() {
    std::vector<const MethodDescriptor*> methods = AllMethods();
    std::erase_if(methods, [](const auto* method) { return method->client_streaming() || method->server_streaming(); });
    return methods;
  }

  // Sends bytes that need not be a message.
  static grpc::Status SendBytes(const std::string& path, const std::string& bytes) {
    grpc::GenericStub stub(client().channel());
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    grpc::ByteBuffer response;
    grpc::Status status;
    auto call = stub.PrepareUnaryCall(&context, path, grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status;
  }
  static grpc::Status SendBytes(const MethodDescriptor& method, const std::string& bytes) {
    return SendBytes(absl::StrCat("/", method.service()->full_name(), "/", method.name()), bytes);
  }

  static void ExpectMalformed(const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_NE(status.error_details().find("MALFORMED_REQUEST"), std::string::npos) << status.error_message();
  }
  // Values that are sent as a few bytes and would take far more memory.
  static std::string EmptyValues(int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes.append("\x82\x7d\0", 3);  // Field 2000, of no bytes.
    return bytes;
  }
  // Understood or not, but never a surprise.
  static void ExpectTyped(const grpc::Status& status) {
    EXPECT_THAT(status.error_code(), AnyOf(grpc::StatusCode::OK, grpc::StatusCode::INVALID_ARGUMENT,
                                           grpc::StatusCode::NOT_FOUND, grpc::StatusCode::ALREADY_EXISTS,
                                           grpc::StatusCode::FAILED_PRECONDITION, grpc::StatusCode::ABORTED))
        << status.error_message();
  }

  // What an update ignores. A channel tells its attachments and never takes them.
  static bool IsIgnored(const FieldDescriptor& field) {
    if (field.containing_type()->name() == "Attachment") return true;
    const Rule* rule = RuleOf(field);
    return rule != nullptr && rule->bad.empty() && field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  }

  // Calls `send` with a copy of the request for each of its string fields that is not ignored, parts and repeated ones
  // included, which has the text there.
  static void ForEachString(const Message& request, const std::string& text,
                            const std::function<void(const Message&, const FieldDescriptor&)>& send) {
    const std::unique_ptr<Message> changed(request.New());
    ForEachString(
        *request.GetDescriptor(), [](Message& whole) -> Message& { return whole; },
        [&](const FieldDescriptor& field, const std::function<Message&(Message&)>& part) {
          changed->CopyFrom(request);
          Message& owner = part(*changed);
          const auto& reflection = *owner.GetReflection();
          if (!field.is_repeated()) {
            reflection.SetString(&owner, &field, text);
          } else if (reflection.FieldSize(owner, &field) > 0) {
            reflection.SetRepeatedString(&owner, &field, 0, text);
          } else {
            reflection.AddString(&owner, &field, text);
          }
          send(*changed, field);
        });
  }

 private:
  using Part = std::function<Message&(Message&)>;

  static void ForEachString(const google::protobuf::Descriptor& type, const Part& part,
                            const std::function<void(const FieldDescriptor&, const Part&)>& visit) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.type() == FieldDescriptor::TYPE_STRING && !IsIgnored(field)) visit(field, part);
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field.is_map()) continue;
      ForEachString(
          *field.message_type(),
          [&field, part](Message& whole) -> Message& {
            Message& owner = part(whole);
            const auto& reflection = *owner.GetReflection();
            if (!field.is_repeated()) return *reflection.MutableMessage(&owner, &field);
            return reflection.FieldSize(owner, &field) > 0 ? *reflection.MutableRepeatedMessage(&owner, &field, 0)
                                                           : *reflection.AddMessage(&owner, &field);
          },
          visit);
    }
  }
};

TEST_F(HostileInputTest, NoStringMayHoldANulOrBeHuge) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    const std::unique_ptr<Message> good = GoodRequest(*method->input_type());
    for (const std::string& text : {std::string("a\0b", 3), std::string(100'000, 'a')}) {
      ForEachString(*good, text, [&](const Message& request, const FieldDescriptor& field) {
        EXPECT_EQ(SendBytes(*method, request.SerializeAsString()).error_code(), grpc::StatusCode::INVALID_ARGUMENT)
            << method->name() << " " << field.full_name() << " of " << text.size() << " bytes";
      });
    }
  }
  EXPECT_EQ(client().Health(), "SERVING");
}

TEST_F(HostileInputTest, NoStringMayBeOtherThanUtf8) {
  // Protocol buffers would complain about writing what is wrong.
  const std::string marker = "\x7F-marker-\x7F";
  for (const char* wrong : {"\xC3\x28-not-a-8", "\xED\xA0\x80surroga", "\xF8\x88\x80\x80\x80-five", "cut-off-a\xC3"}) {
    ASSERT_EQ(std::string(wrong).size(), marker.size());
    for (const MethodDescriptor* method : UnaryMethods()) {
      ForEachString(
          *GoodRequest(*method->input_type()), marker, [&](const Message& request, const FieldDescriptor& field) {
            SCOPED_TRACE(absl::StrCat(method->name(), " ", field.full_name()));
            ExpectMalformed(SendBytes(*method, absl::StrReplaceAll(request.SerializeAsString(), {{marker, wrong}})));
          });
    }
  }
}

TEST_F(HostileInputTest, BytesThatAreNoMessageAreRefusedByEveryMethod) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    SCOPED_TRACE(method->full_name());
    // A length beyond the end, a field number of 0, a number without an end, a group without an end.
    for (const std::string& bytes : {std::string("\x0A\x7F"), std::string("\x00\x01", 2), std::string("\x08\xFF"),
                                     std::string("\xFB\x7F\x08\x01")}) {
      ExpectMalformed(SendBytes(*method, bytes));
    }
    // Fields that nobody knows are no fault.
    ExpectTyped(SendBytes(*method, "\xF8\x7F\x01"));
  }
  EXPECT_EQ(client().Health(), "SERVING");
}

TEST_F(HostileInputTest, ADamagedRequestIsRefusedOrUnderstood) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto pick = [&random](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  for (const MethodDescriptor* method : UnaryMethods()) {
    SCOPED_TRACE(method->full_name());
    const std::string bytes = GoodRequest(*method->input_type())->SerializeAsString();
    if (bytes.empty()) continue;
    for (int i = 0; i < 10; ++i) ExpectTyped(SendBytes(*method, bytes.substr(0, pick(bytes.size()))));
    for (int i = 0; i < 20; ++i) {
      std::string damaged = bytes;
      for (std::size_t flips = 1 + pick(3); flips > 0; --flips) {
        damaged[pick(damaged.size())] ^= static_cast<char>(1 << pick(8));
      }
      ExpectTyped(SendBytes(*method, damaged));
    }
  }
  EXPECT_EQ(client().Health(), "SERVING");
}

TEST_F(HostileInputTest, AnOversizedRequestIsRefusedAndTheServerGoesOn) {
  v1::SetStockRequest request;
  request.set_sku("sku");
  request.set_warehouse_id("w1");
  request.set_reason(std::string(5 << 20, 'a'));
  EXPECT_EQ(client().Call(request).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(client().Health(), "SERVING");
}

TEST_F(HostileInputTest, ARequestOfManyTinyValuesIsRefusedByEveryMethodBeforeItIsParsed) {
  const std::string many = EmptyValues(100'000);
  const std::string more = EmptyValues(300'000);
  for (const MethodDescriptor* method : UnaryMethods()) {
    ExpectTyped(SendBytes(*method, many));
    const grpc::Status status = SendBytes(*method, more);
    EXPECT_EQ(Outcome(FromGrpc(status)), "INVALID_ARGUMENT REQUEST_TOO_LARGE") << method->full_name();
    EXPECT_NE(status.error_message().find("max-request-memory"), std::string::npos) << status.error_message();
  }
  for (const char* small : {"/grpc.health.v1.Health/Check", "/inventory.v1.InventoryService/ExportInventory"}) {
    EXPECT_EQ(Outcome(FromGrpc(SendBytes(small, EmptyValues(1000)))), "INVALID_ARGUMENT REQUEST_TOO_LARGE") << small;
  }
}

TEST_F(HostileInputTest, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(SendBytes("/inventory.v1.InventoryService/Nothing", "").error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace inventory::integration
