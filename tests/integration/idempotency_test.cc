// Every write is exactly once under its request id, however often and wherever it is sent.
#include <set>

#include "google/protobuf/descriptor.pb.h"
#include "tests/integration/request_rules.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using google::protobuf::MethodDescriptor;

// One write, as text without its request id.
struct Write {
  const char* method;
  const char* request;
};

// All kinds of writes in an order in which each succeeds.
constexpr Write kWrites[] = {
    {"CreateWarehouse", "warehouse { warehouse_id: 'w9' name: 'Nine' }"},
    {"UpdateWarehouse", "warehouse { warehouse_id: 'w9' location { latitude: 1 longitude: 1 } active: true }"},
    {"CreateChannel", "channel { channel_id: 'shop' name: 'Shop' }"},
    {"AttachWarehouse", "channel_id: 'shop' warehouse_id: 'w1' priority: 2"},
    {"AttachWarehouse", "channel_id: 'shop' warehouse_id: 'w9' priority: 1"},
    {"DetachWarehouse", "channel_id: 'shop' warehouse_id: 'w9'"},
    {"DeleteWarehouse", "warehouse_id: 'w9'"},
    {"UndeleteWarehouse", "warehouse_id: 'w9'"},
    {"UpdateChannel", "channel { channel_id: 'shop' name: 'Shop 2' }"},
    {"DeleteChannel", "channel_id: 'shop'"},
    {"UndeleteChannel", "channel_id: 'shop'"},
    {"CreateItem", "item { sku: 'cap' default_safety_stock: 1 labels { key: 'b' } labels { key: 'a' } }"},
    {"UpdateItem", "item { sku: 'cap' display_availability: true }"},
    {"CreateItem", "item { sku: 'gone' }"},
    {"DeleteItem", "sku: 'gone'"},
    {"SetStock", "sku: 'cap' warehouse_id: 'w1' on_hand: 100"},
    {"AdjustStock", "sku: 'cap' warehouse_id: 'w1' delta: 5"},
    {"SetQuota", "channel_id: 'web' sku: 'cap' quantity: 100"},
    {"SetQuota", "channel_id: 'shop' sku: 'cap' quantity: 100"},
    {"DeleteQuota", "channel_id: 'shop' sku: 'cap'"},
    {"SetSafetyStock", "sku: 'cap' warehouse_id: 'w1' safety_stock: 3"},
    {"BatchUpdateStock", "updates { sku: 'cap' warehouse_id: 'w2' adjust_on_hand: 5 }"},
    {"BatchUpdateStock",
     "updates { sku: 'cap' warehouse_id: 'w2' adjust_on_hand: 5 } error_policy: ERROR_POLICY_PER_ROW"},
    {"ReserveStock", "reservation_id: 'r1' channel_id: 'web' lines { sku: 'cap' quantity: 4 }"},
    {"ReserveStock", "channel_id: 'web' lines { sku: 'cap' quantity: 4 }"},
    {"ExtendReservation", "reservation_id: 'r1' ttl { seconds: 7200 }"},
    {"AmendReservation", "reservation_id: 'r1' lines { sku: 'cap' quantity: 6 }"},
    {"ConfirmReservation", "reservation_id: 'r1'"},
    {"ReallocateReservation", "reservation_id: 'r1' from_warehouse_ids: 'w1'"},
    {"ReallocateReservation", "reservation_id: 'r1' from_warehouse_ids: 'w2'"},
    {"CreateShipment", "shipment_id: 's1' reservation_id: 'r1' warehouse_id: 'w1' lines { sku: 'cap' quantity: 2 }"},
    {"MarkShipmentReady", "shipment_id: 's1'"},
    {"ShipShipment", "shipment_id: 's1' carrier: 'post'"},
    {"DeliverShipment", "shipment_id: 's1'"},
    {"CreateShipment", "shipment_id: 's2' reservation_id: 'r1' warehouse_id: 'w1' lines { sku: 'cap' quantity: 2 }"},
    {"CancelShipment", "shipment_id: 's2'"},
    {"CancelReservation", "reservation_id: 'r1' lines { sku: 'cap' quantity: 1 }"},
    {"ReclassifyStock", "sku: 'cap' warehouse_id: 'w1' to_condition: STOCK_CONDITION_DAMAGED quantity: 2"},
    {"ReturnStock",
     "reservation_id: 'r1' "
     "lines { sku: 'cap' quantity: 1 warehouse_id: 'w2' disposition: DISPOSITION_QUALITY_CONTROL }"},
    {"CreateReplenishment", "replenishment_id: 'p1' sku: 'cap' warehouse_id: 'w1' quantity: 5"},
    {"UpdateReplenishment", "replenishment { replenishment_id: 'p1' reference: 'PO 1' }"},
    {"ReceiveReplenishment", "replenishment_id: 'p1' quantity: 2"},
    {"CloseReplenishment", "replenishment_id: 'p1'"},
    {"CreateTransfer",
     "transfer_id: 't1' from_warehouse_id: 'w1' to_warehouse_id: 'w2' lines { sku: 'cap' quantity: 1 }"},
    {"ReceiveTransfer", "transfer_id: 't1' rest: TRANSFER_REST_RECEIVED"},
    {"CreateAvailabilityEstimate", "availability_estimate { availability_estimate_id: 'e1' title: 'Soon' }"},
    {"UpdateAvailabilityEstimate", "availability_estimate { availability_estimate_id: 'e1' title: '3-5 days' }"},
    {"UpdateItem", "item { sku: 'cap' availability_estimate_id: 'e1' }"},
    {"DeleteAvailabilityEstimate", "availability_estimate_id: 'e1' clear_items: true"},
    {"CreateLowStockRule", "rule { rule_id: 'l1' sku: 'cap' threshold: 500 activity: 'log' }"},
    {"UpdateLowStockRule", "rule { rule_id: 'l1' threshold: 1 }"},
    {"DeleteLowStockRule", "rule_id: 'l1'"},
    {"RetryLowStockEvent", "event_id: 'dead:1'"},
    {"VerifyStock", "repair: true"},
};

class IdempotencyTest : public ServerTest {
 protected:
  struct Answer {
    absl::Status status;
    std::unique_ptr<Message> response;
  };

  static const MethodDescriptor* Method(const std::string& name) {
    for (const MethodDescriptor* method : AllMethods()) {
      if (method->name() == name) return method;
    }
    ADD_FAILURE() << "there is no RPC " << name;
    return nullptr;
  }

  static std::unique_ptr<Message> New(const google::protobuf::Descriptor& type) {
    return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  }

  // Sends the request ten times at once over both servers.
  static std::vector<Answer> SendTenTimes(const MethodDescriptor& method, const Message& request) {
    std::vector<Answer> answers(10);
    Together(10, [&](int i) {
      answers[i].response = New(*method.output_type());
      answers[i].status = (i % 2 == 0 ? client() : replica()).Send(request, *answers[i].response);
    });
    return answers;
  }

  static int64_t Count(const std::string& table, const std::string& request_id) {
    return Sql(absl::Substitute("SELECT COUNT(*) FROM $0 WHERE request_id IN ('$1', '$1/0')", table, request_id))[0]
        .Int(0);
  }

  static absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& sku, const std::string& request_id,
                                                        int delta) {
    return client().Call(Pb<v1::AdjustStockRequest>(
        absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: $1 request_id: '$2'", sku, delta, request_id)));
  }
};

TEST_F(IdempotencyTest, TenCopiesAtOnceOfAnyWriteHaveOneEffectAndOneAnswer) {
  replica();
  // An event that can be retried, of a rule that is deleted.
  Sql("INSERT INTO low_stock_rule VALUES ('dead', 'cap', '', '', 0, 0, 'log', '', 1, 1, 0, 1, NOW(6), NOW(6), NOW(6)); "
      "INSERT INTO low_stock_event VALUES ('dead', 1, 1, 0, 0, 3, 3, NULL, 'broken', NOW(6), NOW(6), 'log')");
  std::set<std::string> sent;
  int number = 0;
  for (const Write& write : kWrites) {
    const MethodDescriptor& method = *Method(write.method);
    const std::unique_ptr<Message> request = New(*method.input_type());
    const std::string request_id = absl::StrCat("write-", ++number);
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat(write.request, " request_id: '", request_id, "'"), request.get()));
    const std::vector<Answer> answers = SendTenTimes(method, *request);
    for (const Answer& answer : answers) {
      EXPECT_TRUE(answer.status.ok()) << write.method << " " << answer.status;
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*answer.response, *answers[0].response))
          << write.method << "\n"
          << answer.response->DebugString() << answers[0].response->DebugString();
    }
    EXPECT_EQ(Count("request_record", request_id), 1) << write.method;
    // The first write of a level takes over the item's safety stock by a movement of its own.
    EXPECT_LE(Count("movement", request_id), 2) << write.method;
    sent.insert(write.method);
  }
  EXPECT_EQ(Show(LevelOf("cap", "w1")), "104 on hand, 7 reserved, 3 safety, 92 available, 2 damaged");
  EXPECT_EQ(Show(LevelOf("cap", "w2")), "12 on hand, 0 reserved, 1 safety, 10 available, 1 in quality control");
  EXPECT_EQ(MovementsOf("cap").size(), 24u);
  for (const MethodDescriptor* method : AllMethods()) {
    const bool write = method->options().idempotency_level() == google::protobuf::MethodOptions::IDEMPOTENT;
    EXPECT_EQ(sent.contains(method->name()), write) << method->name();
  }
}

TEST_F(IdempotencyTest, ARefusalIsTheAnswerForGood) {
  const ReserveOptions options = {.request_id = Name("id")};
  const auto refused = Reserve(client(), {{Sku(), 1}}, options);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  SetStock(Sku(), "w1", 5);
  EXPECT_EQ(Reserve(client(), {{Sku(), 1}}, options).status(), refused.status());
  EXPECT_EQ(Reserve(replica(), {{Sku(), 1}}, options).status(), refused.status());
  EXPECT_EQ(LevelOf(Sku(), "w1").reserved(), 0);
  Must(Reserve(client(), {{Sku(), 1}}, {.request_id = Name("other")}));

  v1::ConfirmReservationRequest missing;
  missing.set_request_id(Name("missing"));
  missing.set_reservation_id(Name("r"));
  EXPECT_EQ(Outcome(client().Call(missing)), "NOT_FOUND RESERVATION_NOT_FOUND");
  Must(Reserve(client(), {{Sku(), 1}}, {.id = Name("r")}));
  EXPECT_EQ(Outcome(client().Call(missing)), "NOT_FOUND RESERVATION_NOT_FOUND");
}

TEST_F(IdempotencyTest, AMalformedRequestLeavesItsIdFree) {
  EXPECT_EQ(Adjust(Sku(), Name("id"), 0).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Must(Adjust(Sku(), Name("id"), 5)).stock_level().on_hand(), 5);
}

TEST_F(IdempotencyTest, AnIdServesOnePayloadOfOneMethod) {
  const auto first = Must(Adjust(Sku(), Name("id"), 5));
  EXPECT_EQ(Outcome(Adjust(Sku(), Name("id"), 6)), "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_EQ(Outcome(Adjust(Sku("b"), Name("id"), 5)), "ALREADY_EXISTS REQUEST_ID_REUSED");
  const auto other = Pb<v1::SetStockRequest>(
      absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 5 request_id: '$1'", Sku(), Name("id")));
  EXPECT_EQ(Outcome(client().Call(other)), "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_THAT(Must(Adjust(Sku(), Name("id"), 5)), EqualsProto(first));
  EXPECT_EQ(LevelOf(Sku(), "w1").version(), 1);
}

TEST_F(IdempotencyTest, OfTwoPayloadsAtOnceUnderOneIdOneWins) {
  replica();
  for (int round = 0; round < 5; ++round) {
    const std::string id = Name(absl::StrCat("id", round));
    std::vector<absl::Status> results(8);
    Together(8, [&](int i) {
      const auto request = Pb<v1::AdjustStockRequest>(absl::Substitute(
          "sku: '$0' warehouse_id: 'w1' delta: $1 request_id: '$2'", Sku(absl::StrCat(round)), 1 + i / 2 % 2, id));
      results[i] = (i % 2 == 0 ? client() : replica()).Call(request).status();
    });
    EXPECT_EQ(CountOutcomes(results), (std::map<std::string, int>{{"OK", 4}, {"ALREADY_EXISTS REQUEST_ID_REUSED", 4}}));
    EXPECT_EQ(LevelOf(Sku(absl::StrCat(round)), "w1").version(), 1);
  }
}

TEST_F(IdempotencyTest, CallsWithoutAnIdAreEachTheirOwn) {
  Must(Adjust(Sku(), "", 5));
  EXPECT_EQ(Must(Adjust(Sku(), "", 5)).stock_level().on_hand(), 10);
  for (const v1::Movement& movement : MovementsOf(Sku())) EXPECT_NE(movement.request_id(), "");
}

TEST_F(IdempotencyTest, AnotherCallersIdsAreNotMine) {
  Sql(
      absl::Substitute("INSERT INTO request_record (caller, request_id, fingerprint, code, reply, create_time) VALUES "
                       "('somebody', '$0', REPEAT('x', 32), 0, '', NOW(6))",
                       Name("id")));
  EXPECT_EQ(Must(Adjust(Sku(), Name("id"), 5)).stock_level().on_hand(), 5);
}

TEST_F(IdempotencyTest, IdsOutliveTheServer) {
  const auto first = Must(Adjust(Sku(), Name("id"), 5));
  server().Kill();
  server().Restart();
  EXPECT_THAT(Must(Adjust(Sku(), Name("id"), 5)), EqualsProto(first));
}

// A PER_ROW call whose caller gave up half-way is finished by repeating it, and no row is done twice.
TEST_F(IdempotencyTest, ABatchThatBrokeOffIsFinishedByRepeatingIt) {
  v1::BatchUpdateStockRequest request;
  request.set_request_id(Name("feed"));
  request.set_error_policy(v1::ERROR_POLICY_PER_ROW);
  for (int i = 0; i < 4'000; ++i) {
    *request.add_updates() =
        Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: 'w1' adjust_on_hand: 1", Sku(absl::StrCat(i))));
  }
  int broken = 0;
  for (absl::Duration patience = absl::Milliseconds(20);; patience *= 2) {
    const auto answer = client().Call(request, patience);
    if (answer.ok()) {
      EXPECT_EQ(answer->results_size(), 4'000);
      EXPECT_EQ(answer->failed_count(), 0);
      break;
    }
    ASSERT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
    ++broken;
  }
  EXPECT_GT(broken, 0);
  const auto sums = Sql(
      absl::Substitute("SELECT COUNT(*), SUM(on_hand), MAX(version) FROM stock_level WHERE sku LIKE '$0%'", Name("")));
  EXPECT_EQ(sums[0].Int(0), 4'000);
  EXPECT_EQ(sums[0].Int(1), 4'000);
  EXPECT_EQ(sums[0].Int(2), 1);
}

}  // namespace
}  // namespace inventory::integration
