// Every field of every RPC at its bounds and beyond them: always a typed error, never a partial effect.
#include <set>

#include "absl/strings/match.h"
#include "tests/integration/live_documents.h"
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
    // Low-stock events die at once, so that there are some to retry.
    StartServer({"--low-stock-max-attempts=1", "--sweep-interval=10ms"});
    Must(client().Call(Pb<v1::CreateItemRequest>("item { sku: 'sku' }")));
    Must(client().Call(Pb<v1::CreateItemRequest>("item { sku: 'plain' }")));
    SetStock("sku", "w1", 100'000);
    SetStock("sku", "w2", 100'000);
    LiveDocuments documents(client(), "");
    for (const MethodDescriptor* method : UnaryMethods()) documents.MakeFor(*GoodRequest(*method->input_type()));
  }

 protected:
  static std::vector<const MethodDescriptor*> UnaryMethods() {
    std::vector<const MethodDescriptor*> methods = AllMethods();
    std::erase_if(methods, [](const auto* method) { return method->client_streaming() || method->server_streaming(); });
    return methods;
  }

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
  for (const MethodDescriptor* method : UnaryMethods()) {
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
  for (const MethodDescriptor* method : UnaryMethods()) {
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

TEST_F(BadInputTest, AGoodRequestOnLiveDocumentsIsCarriedOut) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    const std::string suffix = "-" + method->name();
    const std::unique_ptr<Message> good = GoodRequest(*method->input_type(), suffix);
    LiveDocuments(client(), suffix).MakeFor(*good);
    EXPECT_EQ(Outcome(Send(*good, *method)), "OK") << good->ShortDebugString();
  }
}

// On documents that nobody has worked on, so that nothing but the field decides.
TEST_F(BadInputTest, EveryFieldAtItsBoundsIsUnderstood) {
  int number = 0;
  for (const MethodDescriptor* method : UnaryMethods()) {
    for (const FieldCase& field : FieldCases(*method->input_type())) {
      for (const auto& change : field.good) {
        const std::string suffix = absl::StrCat("-", ++number);
        const std::unique_ptr<Message> request = GoodRequest(*method->input_type(), suffix);
        LiveDocuments(client(), suffix).MakeFor(*request);
        change(*request);
        const absl::Status status = Send(*request, *method);
        // The first and the last moment of all are understood, and refused by other rules.
        if (ReasonOf(status) == "AS_OF_IN_FUTURE") continue;
        if (ReasonOf(status) == "LEVEL_NOT_FOUND" && absl::StrContains(field.path, "as_of_time")) continue;
        if (status.code() == absl::StatusCode::kNotFound && field.names) continue;
        if (ReasonOf(status) == "IMMUTABLE_FIELD" && field.names) continue;
        EXPECT_THAT(status.code(), AnyOf(absl::StatusCode::kOk, absl::StatusCode::kAlreadyExists,
                                         absl::StatusCode::kFailedPrecondition, absl::StatusCode::kAborted))
            << method->name() << " " << field.path << " " << request->ShortDebugString().substr(0, 500) << "\n"
            << status;
      }
    }
  }
}

TEST_F(BadInputTest, AnEmptyRequestIsAnsweredOrSaysWhatIsMissing) {
  for (const MethodDescriptor* method : UnaryMethods()) {
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

TEST_F(BadInputTest, RulesBetweenTheFieldsOfAKit) {
  const auto expect = [](const std::string& fields, const std::multiset<std::string>& violations) {
    ExpectViolations<v1::CreateItemRequest>(absl::Substitute("item { sku: 'kit' $0 }", fields), violations);
  };
  const std::string one = "components { sku: 'sku' quantity: 1 } ";
  expect(one + one, {"item.components[1].sku"});
  expect("components { sku: 'kit' quantity: 1 }", {"item.components[0].sku"});
  expect("components { quantity: 1 }", {"item.components[0].sku"});
  for (const char* quantity : {"0", "-1", "1000001"}) {
    expect(absl::Substitute("components { sku: 'sku' quantity: $0 }", quantity), {"item.components[0].quantity"});
  }
  expect(one + "tracking: TRACKING_UNTRACKED", {"item.tracking"});
  expect(one + "default_safety_stock: 1", {"item.default_safety_stock"});
  expect(one + "backorder_policy: BACKORDER_POLICY_UNLIMITED", {"item.backorder_policy"});
  expect(one + "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 1", {"item.backorder_policy"});
  std::string many;
  for (int i = 0; i < 51; ++i) absl::StrAppend(&many, "components { sku: 'c", i, "' quantity: 1 } ");
  expect(many, {"item.components"});
}

TEST_F(BadInputTest, RulesBetweenTheFieldsOfUnits) {
  const auto expect = [](const std::string& fields, const std::multiset<std::string>& violations) {
    ExpectViolations<v1::CreateItemRequest>(absl::Substitute("item { sku: 'new' units_of_measure { $0 } }", fields),
                                            violations);
  };
  const std::string box = "units { key: 'box' factor: 12 } ";
  expect("precision: 1", {"item.units_of_measure.base_unit"});
  expect(box, {"item.units_of_measure.base_unit"});
  expect("base_unit: 'KG'", {"item.units_of_measure.base_unit"});
  expect("base_unit: 'kg' precision: 10", {"item.units_of_measure.precision"});
  expect("base_unit: 'kg' precision: -1", {"item.units_of_measure.precision"});
  expect("base_unit: 'kg' " + box + box, {"item.units_of_measure.units[1].key"});
  expect("base_unit: 'box' " + box, {"item.units_of_measure.units[0].key"});
  expect("base_unit: 'kg' units { factor: 2 }", {"item.units_of_measure.units[0].key"});
  for (const char* factor : {"0", "-1", "1000001"}) {
    expect(absl::Substitute("base_unit: 'kg' units { key: 'box' factor: $0 }", factor),
           {"item.units_of_measure.units[0].factor"});
  }
  std::string many;
  for (int i = 0; i < 33; ++i) absl::StrAppend(&many, "units { key: 'u", i, "' factor: 1 } ");
  expect("base_unit: 'kg' " + many, {"item.units_of_measure.units"});
}

TEST_F(BadInputTest, RulesOfTitlesAndParameters) {
  const auto expect_title = [](const std::string& key, const std::string& title, const std::string& violation) {
    ExpectViolations<v1::CreateAvailabilityEstimateRequest>(
        absl::Substitute("availability_estimate { title: 'x' localized_titles { key: '$0' value: '$1' } }", key, title),
        {violation});
  };
  for (const char* tag : {"", "DE", "d", "de_DE", "de-", "abcdefghi", "1e"}) {
    expect_title(tag, "x", "availability_estimate.localized_titles");
  }
  expect_title("de", "", "availability_estimate.localized_titles[de]");
  expect_title("de", "a\\nb", "availability_estimate.localized_titles[de]");
  expect_title("de", std::string(256, 'a'), "availability_estimate.localized_titles[de]");
  std::string many;
  for (int i = 0; i < 65; ++i) absl::StrAppend(&many, "localized_titles { key: 'de-x", i, "' value: 'x' } ");
  ExpectViolations<v1::CreateAvailabilityEstimateRequest>(
      absl::Substitute("availability_estimate { title: 'x' $0 }", many), {"availability_estimate.localized_titles"});

  const auto expect_rule = [](const std::string& fields, const std::multiset<std::string>& violations) {
    ExpectViolations<v1::CreateLowStockRuleRequest>(absl::Substitute("rule { sku: 'sku' $0 }", fields), violations);
  };
  const std::string hook = "activity: 'webhook' parameters { key: 'url' value: 'http://a.example/' } ";
  expect_rule("activity: 'webhook'", {"rule.parameters[url]"});
  expect_rule("activity: 'webhook' parameters { key: 'url' value: 'ftp://a.example/' }", {"rule.parameters[url]"});
  expect_rule(hook + "parameters { key: 'secret' value: '../x' }", {"rule.parameters[secret]"});
  expect_rule(hook + "parameters { key: 'more' value: 'x' }", {"rule.parameters[more]"});
  expect_rule("activity: 'log' parameters { key: 'url' value: 'x' }", {"rule.parameters[url]"});
  expect_rule("activity: 'unpublish' parameters { key: 'republish' value: 'maybe' }", {"rule.parameters[republish]"});
  expect_rule(hook + "parameters { key: 'Bad' value: 'x' }", {"rule.parameters"});
  expect_rule("activity: 'log' warehouse_id: 'w1' channel_id: 'web'", {"rule.channel_id"});
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

}  // namespace
}  // namespace inventory::integration
