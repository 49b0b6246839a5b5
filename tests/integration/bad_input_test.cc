// Every field of every RPC at its bounds and beyond them: always a typed error, never a partial effect.
#include <set>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "tests/integration/request_rules.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using google::protobuf::MethodDescriptor;
using ::testing::AnyOf;
using ::testing::ElementsAre;

class BadInputTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    StartServer();
    SetStock("sku", "w1", 1000);
    Must(client().Call(Pb<v1::CreateItemRequest>("item { sku: 'sku' }")));
    Must(client().Call(Pb<v1::CreateItemRequest>("item { sku: 'plain' }")));
    Must(Reserve(client(), {{"sku", 1}}, {.id = "r", .commit = true}));
    Must(client().Call(
        Pb<v1::CreateReplenishmentRequest>("replenishment_id: 'p' sku: 'sku' warehouse_id: 'w1' quantity: 1000")));
  }

 protected:
  static absl::Status Send(const Message& request, const MethodDescriptor& method) {
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    const std::unique_ptr<Message> response(factory->GetPrototype(method.output_type())->New());
    return client().Send(request, *response);
  }

  // What the database holds, but for the answers to requests: a refusal that took a look at rows is remembered.
  static std::string Contents() {
    std::string contents;
    for (const char* table : {"item",
                              "stock_level",
                              "reservation",
                              "reservation_line",
                              "allocation",
                              "backorder",
                              "external_reference",
                              "shipment",
                              "shipment_line",
                              "stock_return",
                              "stock_return_line",
                              "replenishment",
                              "transfer",
                              "transfer_line",
                              "movement",
                              "warehouse",
                              "channel",
                              "attachment",
                              "quota",
                              "low_stock_rule",
                              "low_stock_event",
                              "availability_estimate"}) {
      const storage::Rows rows = Sql(absl::StrCat("CHECKSUM TABLE ", table));
      absl::StrAppend(&contents, table, " ", std::string(rows[0].Text(1)), "\n");
    }
    // The rest of its row follows in the background.
    const storage::Rows configuration = Sql("SELECT version FROM configuration");
    absl::StrAppend(&contents, "configuration ", configuration[0].Int(0), "\n");
    return contents;
  }

  static void ExpectViolations(const absl::Status& status, const std::multiset<std::string>& fields,
                               const std::string& request) {
    EXPECT_EQ(Outcome(status), "INVALID_ARGUMENT INVALID_FIELDS") << request;
    EXPECT_EQ(ViolationsOf(status), fields) << request << "\n" << status;
  }

  template <typename Request>
  static void ExpectViolations(const std::string& request, const std::multiset<std::string>& fields) {
    ExpectViolations(client().Call(Pb<Request>(request)).status(), fields, request);
  }
};

TEST_F(BadInputTest, EveryFieldBeyondItsBoundsIsNamedAndNothingChanges) {
  const std::string before = Contents();
  for (const MethodDescriptor* method : AllMethods()) {
    const std::unique_ptr<Message> good = GoodRequest(*method->input_type());
    for (const FieldCase& field : FieldCases(*method->input_type())) {
      for (const auto& spoil : field.bad) {
        const std::unique_ptr<Message> request(good->New());
        request->CopyFrom(*good);
        spoil(*request);
        ExpectViolations(Send(*request, *method), {field.path},
                         absl::StrCat(method->name(), " ", request->ShortDebugString().substr(0, 500)));
      }
    }
  }
  EXPECT_EQ(Contents(), before);
}

TEST_F(BadInputTest, AllViolationsAreNamedAtOnce) {
  const std::string before = Contents();
  for (const MethodDescriptor* method : AllMethods()) {
    const std::unique_ptr<Message> request = GoodRequest(*method->input_type());
    std::multiset<std::string> spoilt;
    for (const FieldCase& field : FieldCases(*method->input_type())) {
      // Of a choice only one can be set, and a list that is too long or too short hides its elements.
      const bool counted = absl::EndsWith(field.path, "s") && field.path != "filter.status";
      if (field.bad.empty() || counted) continue;
      if (absl::StrContains(field.path, "set_on_hand") || absl::StrContains(field.path, "adjust_on_hand")) continue;
      field.bad.front()(*request);
      spoilt.insert(field.path);
    }
    if (!spoilt.empty()) ExpectViolations(Send(*request, *method), spoilt, request->ShortDebugString());
  }
  EXPECT_EQ(Contents(), before);
}

TEST_F(BadInputTest, EveryFieldAtItsBoundsIsUnderstood) {
  for (const MethodDescriptor* method : AllMethods()) {
    const std::unique_ptr<Message> good = GoodRequest(*method->input_type());
    for (const FieldCase& field : FieldCases(*method->input_type())) {
      for (const auto& change : field.good) {
        const std::unique_ptr<Message> request(good->New());
        request->CopyFrom(*good);
        change(*request);
        const absl::Status status = Send(*request, *method);
        // The last moment of all is understood, and refused by another rule.
        if (ReasonOf(status) == "AS_OF_IN_FUTURE") continue;
        EXPECT_THAT(status.code(),
                    AnyOf(absl::StatusCode::kOk, absl::StatusCode::kNotFound, absl::StatusCode::kAlreadyExists,
                          absl::StatusCode::kFailedPrecondition, absl::StatusCode::kAborted))
            << method->name() << " " << field.path << " " << request->ShortDebugString().substr(0, 500) << "\n"
            << status;
      }
    }
  }
}

TEST_F(BadInputTest, AnEmptyRequestIsAnsweredOrSaysWhatIsMissing) {
  for (const MethodDescriptor* method : AllMethods()) {
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    const absl::Status status = Send(*factory->GetPrototype(method->input_type()), *method);
    if (absl::StartsWith(method->name(), "List") && method->name() != "ListMovements") {
      EXPECT_EQ(Outcome(status), "OK") << method->full_name();
    } else if (method->name() != "VerifyStock") {
      EXPECT_EQ(Outcome(status), "INVALID_ARGUMENT INVALID_FIELDS") << method->full_name();
      EXPECT_FALSE(ViolationsOf(status).empty()) << method->full_name();
    }
  }
}

TEST_F(BadInputTest, RulesBetweenFields) {
  const std::string before = Contents();
  ExpectViolations<v1::CreateItemRequest>("item { sku: 'x' min_order_quantity: 5 max_order_quantity: 4 }",
                                          {"item.max_order_quantity"});
  ExpectViolations<v1::UpdateItemRequest>("item { sku: 'plain' min_order_quantity: 20000 }",
                                          {"item.max_order_quantity"});
  ExpectViolations<v1::CreateItemRequest>("item { sku: 'x' labels { key: 'Big' } }", {"item.labels"});
  ExpectViolations<v1::CreateItemRequest>("item { sku: 'x' labels { key: '' } }", {"item.labels"});
  ExpectViolations<v1::CreateItemRequest>(
      absl::Substitute("item { sku: 'x' labels { key: '$0' } }", std::string(64, 'k')), {"item.labels"});
  ExpectViolations<v1::CreateItemRequest>(
      absl::Substitute("item { sku: 'x' labels { key: 'k' value: '$0' } }", std::string(256, 'v')), {"item.labels[k]"});
  std::string labels;
  for (int i = 0; i < 65; ++i) absl::StrAppend(&labels, "labels { key: 'k", i, "' } ");
  ExpectViolations<v1::CreateItemRequest>(absl::Substitute("item { sku: 'x' $0 }", labels), {"item.labels"});

  ExpectViolations<v1::ReclassifyStockRequest>(
      "sku: 'x' warehouse_id: 'w1' quantity: 1 to_condition: STOCK_CONDITION_SELLABLE", {"to_condition"});
  ExpectViolations<v1::BatchUpdateStockRequest>(
      "updates { sku: 'x' warehouse_id: 'w1' set_on_hand: 1 condition: STOCK_CONDITION_DAMAGED }",
      {"updates[0].condition"});
  ExpectViolations<v1::BatchUpdateStockRequest>(
      "updates { sku: 'x' warehouse_id: 'w1' set_on_hand: 1 as_of_time { seconds: 253402300800 nanos: -1 } }",
      {"updates[0].as_of_time.seconds", "updates[0].as_of_time.nanos"});

  ExpectViolations<v1::CreateWarehouseRequest>("warehouse { name: 'x' active: true }", {"warehouse.location"});
  ExpectViolations<v1::CreateWarehouseRequest>("warehouse { name: 'x' location {} }", {"warehouse.location"});
  ExpectViolations<v1::UpdateWarehouseRequest>("warehouse { name: 'x' }", {"warehouse.warehouse_id"});
  ExpectViolations<v1::UpdateChannelRequest>("channel { name: 'x' }", {"channel.channel_id"});

  ExpectViolations<v1::BatchUpdateStockRequest>("updates { sku: 'x' warehouse_id: 'w1' }", {"updates[0]"});
  ExpectViolations<v1::ReserveStockRequest>(
      "channel_id: 'web' lines { sku: 'sku' quantity: 1 } ttl { seconds: 1 } commit: true", {"ttl"});
  const std::string twice = "lines { sku: 'sku' quantity: 1 } lines { sku: 'sku' quantity: 1 }";
  ExpectViolations<v1::AmendReservationRequest>("reservation_id: 'r' " + twice, {"lines[1].sku"});
  ExpectViolations<v1::CancelReservationRequest>("reservation_id: 'r' " + twice, {"lines[1].sku"});
  ExpectViolations<v1::CreateShipmentRequest>("reservation_id: 'r' warehouse_id: 'w1' " + twice, {"lines[1].sku"});
  const std::string route = "from_warehouse_id: 'w1' lines { sku: 'sku' quantity: 1 } ";
  ExpectViolations<v1::CreateTransferRequest>(route + "to_warehouse_id: 'w1'", {"to_warehouse_id"});
  ExpectViolations<v1::CreateTransferRequest>(
      route + "to_warehouse_id: 'w2' mode: TRANSFER_MODE_IMMEDIATE expected_time { }", {"expected_time"});
  ExpectViolations<v1::CreateTransferRequest>("from_warehouse_id: 'w1' to_warehouse_id: 'w2' " + twice,
                                              {"lines[1].sku"});
  ExpectViolations<v1::ReceiveTransferRequest>("transfer_id: 't'", {"lines"});
  ExpectViolations<v1::ReceiveTransferRequest>("transfer_id: 't' lines { sku: 'sku' }", {"lines[0]"});
  ExpectViolations<v1::ReceiveTransferRequest>("transfer_id: 't' rest: TRANSFER_REST_MISSING", {"shortage_reason"});
  ExpectViolations<v1::ListMovementsRequest>("filter { warehouse_id: 'w1' }", {"filter"});
  ExpectViolations<v1::ListMovementsRequest>("filter { sku: 'sku' start_time { seconds: 2 } end_time { seconds: 1 } }",
                                             {"filter.start_time"});
  EXPECT_EQ(Contents(), before);
}

TEST_F(BadInputTest, ASumOfLinesBeyondTheLargestQuantityDoesNotWrap) {
  std::vector<Line> lines(200, {"sku", 1'000'000'000'000'000});
  EXPECT_EQ(Outcome(Reserve(client(), lines)), "FAILED_PRECONDITION ORDER_RULE_VIOLATED");
  Must(client().Call(Pb<v1::CreateItemRequest>("item { sku: 'limitless' max_order_quantity: 0 }")));
  for (Line& line : lines) line.sku = "limitless";
  const auto refused = Reserve(client(), lines);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(MetadataOf(refused.status())["requested"], "200000000000000000");
}

TEST_F(BadInputTest, AnOversizedRequestIsRefusedAndTheServerGoesOn) {
  v1::SetStockRequest request;
  request.set_sku("sku");
  request.set_warehouse_id("w1");
  request.set_reason(std::string(5 << 20, 'a'));
  EXPECT_EQ(client().Call(request).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(client().Health(), "SERVING");
}

// Sends bytes that need not be a message.
grpc::Status SendBytes(const Client& client, const std::string& method, const std::string& bytes) {
  grpc::GenericStub stub(client.channel());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::CompletionQueue queue;
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer response;
  grpc::Status status;
  auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  return status;
}

TEST_F(BadInputTest, BytesThatAreNoMessageAreRefusedAndTheServerGoesOn) {
  const std::string before = Contents();
  // A truncated length, a field number of 0, text that is not UTF-8.
  for (const std::string& bytes :
       {std::string("\x12\x7F"), std::string("\x00\x01", 2), std::string("\x12\x02\xC3\x28")}) {
    const grpc::Status status = SendBytes(client(), "/inventory.v1.InventoryService/SetStock", bytes);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_NE(status.error_details().find("MALFORMED_REQUEST"), std::string::npos);
  }
  EXPECT_EQ(Contents(), before);
  EXPECT_EQ(client().Health(), "SERVING");
}

TEST_F(BadInputTest, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(SendBytes(client(), "/inventory.v1.InventoryService/Nothing", "").error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace inventory::integration
