// Goal: nobody does what the policy does not grant them, whoever they say they are and whatever they name; every denial
// is on record, and no secret is anywhere. Method: real callers with real tokens and certificates on the real server.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "server/auth/requirement.h"
#include "tests/integration/access_fixture.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

using auth::Role;
using google::protobuf::Message;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

v1::SetStockRequest SetStock(const std::string& sku, const std::string& warehouse, int64_t on_hand,
                             const std::string& request_id = "") {
  v1::SetStockRequest request;
  request.set_sku(sku);
  request.set_warehouse_id(warehouse);
  request.set_on_hand(on_hand);
  request.set_request_id(request_id);
  return request;
}

v1::GetStockLevelRequest GetLevel(const std::string& sku, const std::string& warehouse) {
  v1::GetStockLevelRequest request;
  request.set_sku(sku);
  request.set_warehouse_id(warehouse);
  return request;
}

std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// What an empty request of each RPC is answered.
std::map<std::string, std::string> AskEverything(const Client& client) {
  std::map<std::string, std::string> outcomes;
  for (const google::protobuf::MethodDescriptor* method : AllMethods()) {
    const std::unique_ptr<Message> response = New(method->output_type());
    outcomes[method->full_name()] = Outcome(client.Send(*New(method->input_type()), *response));
  }
  return outcomes;
}

// The movements of a SKU as "actor request_id".
std::vector<std::string> ActorsOf(const Client& client, const std::string& sku) {
  v1::ListMovementsRequest request;
  request.mutable_filter()->set_sku(sku);
  std::vector<std::string> actors;
  const v1::ListMovementsResponse response = Must(client.Call(request));
  for (const v1::Movement& movement : response.movements()) {
    actors.push_back(absl::StrCat(movement.actor(), " ", movement.request_id()));
  }
  return actors;
}

TEST_F(AccessTest, EveryRpcNeedsItsRole) {
  const std::map<std::string, Role> callers = {
      {"reader", Role::kReader}, {"seller", Role::kSeller}, {"operator", Role::kOperator}, {"admin", Role::kAdmin}};
  for (const auto& [subject, role] : callers) {
    for (const auto& [method, outcome] : AskEverything(CallerAs(subject))) {
      const bool may = auth::Includes(role, auth::FindRequirement(method)->role);
      EXPECT_EQ(outcome == "PERMISSION_DENIED ROLE_REQUIRED", !may) << subject << " " << method << ": " << outcome;
      EXPECT_THAT(outcome, Not(HasSubstr("UNAUTHENTICATED")));
    }
  }
  for (const auto& [method, outcome] : AskEverything(CallerAs("nobody"))) {
    EXPECT_EQ(outcome, "PERMISSION_DENIED ROLE_REQUIRED") << method;
  }
  for (const auto& [method, outcome] : AskEverything(CallerWith(""))) {
    EXPECT_EQ(outcome, "UNAUTHENTICATED CREDENTIALS_MISSING") << method;
  }
}

TEST_F(AccessTest, HealthIsForEverybody) {
  EXPECT_EQ(CallerWith("").Health(), "SERVING");
  EXPECT_EQ(CallerAs("nobody").Health("inventory.v1.InventoryService"), "SERVING");
}

// A stream is denied before it has read anything.
TEST_F(AccessTest, StreamsNeedTheirRoleToo) {
  for (const auto& [subject, expected] :
       {std::pair("reader", "PERMISSION_DENIED ROLE_REQUIRED"), std::pair("", "UNAUTHENTICATED CREDENTIALS_MISSING")}) {
    const Client caller = *subject == '\0' ? CallerWith("") : CallerAs(subject);
    auto stub = v1::InventoryService::NewStub(caller.channel());
    grpc::ClientContext context;
    auto stream = stub->ImportInventory(&context);
    v1::ImportInventoryResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_EQ(Outcome(FromGrpc(stream->Finish())), expected);
  }
  auto stub = v1::InventoryService::NewStub(CallerWith("").channel());
  grpc::ClientContext context;
  v1::ExportInventoryRequest request;
  request.mutable_stock_levels();
  auto stream = stub->ExportInventory(&context, request);
  v1::ExportInventoryResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(Outcome(FromGrpc(stream->Finish())), "UNAUTHENTICATED CREDENTIALS_MISSING");
}

TEST_F(AccessTest, ImportsAreHeldToTheirGrantRowByRow) {
  auto import = [](const Client& caller, const std::function<void(v1::ImportChunk&)>& fill) {
    auto stub = v1::InventoryService::NewStub(caller.channel());
    grpc::ClientContext context;
    auto stream = stub->ImportInventory(&context);
    v1::ImportInventoryRequest request;
    request.mutable_start()->set_import_id(absl::StrCat("import-", absl::ToUnixNanos(absl::Now())));
    stream->Write(request);
    request.mutable_chunk()->set_first_row(1);
    fill(*request.mutable_chunk());
    stream->Write(request);
    request.mutable_end();
    stream->Write(request);
    stream->WritesDone();
    v1::ImportInventoryResponse response;
    while (stream->Read(&response)) {
    }
    return Outcome(FromGrpc(stream->Finish()));
  };
  const auto stock = [](const std::vector<std::string>& warehouses) {
    return [warehouses](v1::ImportChunk& chunk) {
      for (const std::string& warehouse : warehouses) {
        v1::StockUpdate& update = *chunk.add_stock_updates();
        update.set_sku("imported");
        update.set_warehouse_id(warehouse);
        update.set_set_on_hand(7);
      }
    };
  };
  const auto items = [](v1::ImportChunk& chunk) { chunk.add_items()->set_sku("imported"); };
  EXPECT_EQ(import(CallerAs("berlin"), stock({"w1"})), "OK");
  EXPECT_EQ(import(CallerAs("berlin"), stock({"w1", "w2"})), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(import(CallerAs("berlin"), items), "PERMISSION_DENIED ROLE_REQUIRED");
  EXPECT_EQ(import(CallerAs("operator"), items), "PERMISSION_DENIED ROLE_REQUIRED");
  EXPECT_EQ(import(CallerAs("operator"), stock({"w1"})), "OK");
  EXPECT_EQ(import(CallerAs("admin"), items), "OK");
  EXPECT_EQ(Outcome(CallerAs("admin").Call(GetLevel("imported", "w2"))), "NOT_FOUND LEVEL_NOT_FOUND");
}

TEST_F(AccessTest, CertificatesSayWhoCalls) {
  const Client checkout = CallerWith("", "checkout");
  EXPECT_EQ(Outcome(checkout.Call(SetStock("by-certificate", "w1", 5))), "PERMISSION_DENIED ROLE_REQUIRED");
  Must(CallerAs("operator").Call(SetStock("by-certificate", "w1", 5, "count")));
  const auto reserved = Must(Reserve(checkout, {{"by-certificate", 2}}, {.request_id = "order"}));
  EXPECT_THAT(ActorsOf(CallerAs("reader"), "by-certificate"),
              ::testing::ElementsAre("jwt:operator count", "spiffe://shop.example/checkout order"));
  EXPECT_EQ(Outcome(CallerWith("", "reports").Call(GetLevel("by-certificate", "w1"))), "OK");
  EXPECT_EQ(Outcome(CallerWith("", "reports").Call(SetStock("by-certificate", "w1", 5))),
            "PERMISSION_DENIED ROLE_REQUIRED");
  EXPECT_EQ(Outcome(CallerWith("", "stranger").Call(GetLevel("by-certificate", "w1"))),
            "PERMISSION_DENIED ROLE_REQUIRED");
  EXPECT_EQ(Outcome(CallerWith("", "two").Call(GetLevel("by-certificate", "w1"))),
            "UNAUTHENTICATED CERTIFICATE_AMBIGUOUS");
  EXPECT_FALSE(reserved.reservation().reservation_id().empty());
}

// Who sends a token is whom it names, and nobody if it is bad: never whoever the connection belongs to.
TEST_F(AccessTest, TokensCountBeforeCertificates) {
  EXPECT_EQ(Outcome(CallerWith(Token("operator"), "checkout").Call(SetStock("both", "w1", 5, "both"))), "OK");
  EXPECT_THAT(ActorsOf(CallerAs("reader"), "both"), ::testing::ElementsAre("jwt:operator both"));
  json expired = Claims("operator");
  expired["exp"] = absl::ToUnixSeconds(absl::Now()) - 3600;
  EXPECT_EQ(Outcome(Reserve(CallerWith(issuer().Sign(expired), "checkout"), {{"both", 1}})),
            "UNAUTHENTICATED TOKEN_EXPIRED");
}

TEST_F(AccessTest, ClaimsBindToo) {
  json claims = Claims("somebody");
  claims["groups"] = {"users", "admins"};
  EXPECT_EQ(Outcome(CallerWith(issuer().Sign(claims)).Call(SetStock("by-claim", "w1", 5))), "OK");
  EXPECT_EQ(Outcome(CallerAs("somebody").Call(SetStock("by-claim", "w1", 5))), "PERMISSION_DENIED ROLE_REQUIRED");
}

// Sends these `authorization` headers, over TLS.
class AuthorizationHeaders final : public grpc::MetadataCredentialsPlugin {
 public:
  explicit AuthorizationHeaders(std::vector<std::string> values) : values_(std::move(values)) {}
  grpc::Status GetMetadata(grpc::string_ref, grpc::string_ref, const grpc::AuthContext&,
                           std::multimap<grpc::string, grpc::string>* metadata) override {
    for (const std::string& value : values_) metadata->emplace("authorization", value);
    return grpc::Status::OK;
  }

 private:
  const std::vector<std::string> values_;
};

TEST_F(AccessTest, BadCredentialsAreRefusedWithTheirReason) {
  const auto with = [](const std::vector<std::string>& headers) {
    const Client caller(
        server().address(),
        grpc::CompositeChannelCredentials(
            Channel(), grpc::MetadataCredentialsFromPlugin(std::make_unique<AuthorizationHeaders>(headers))));
    return Outcome(caller.Call(GetLevel("any", "w1")));
  };
  const std::string good = "Bearer " + Token("reader");
  EXPECT_EQ(with({good}), "OK");
  EXPECT_EQ(with({"bearer " + Token("reader")}), "OK");
  EXPECT_EQ(with({good, good}), "UNAUTHENTICATED CREDENTIALS_MALFORMED");
  EXPECT_EQ(with({good, "Basic YTpi"}), "UNAUTHENTICATED CREDENTIALS_MALFORMED");
  EXPECT_EQ(with({"Basic YTpi"}), "UNAUTHENTICATED CREDENTIALS_MALFORMED");
  EXPECT_EQ(with({"Bearer "}), "UNAUTHENTICATED CREDENTIALS_MALFORMED");
  EXPECT_EQ(with({Token("reader")}), "UNAUTHENTICATED CREDENTIALS_MALFORMED");
  EXPECT_EQ(with({""}), "UNAUTHENTICATED CREDENTIALS_MALFORMED");
  EXPECT_EQ(with({"Bearer x.y.z"}), "UNAUTHENTICATED TOKEN_MALFORMED");
  EXPECT_EQ(with({"Bearer " + std::string(9000, 'x')}), "UNAUTHENTICATED TOKEN_TOO_LARGE");
  const TokenIssuer evil(TokenIssuer::Kind::kP256, "key-1");
  EXPECT_EQ(with({"Bearer " + evil.Sign(Claims("admin"))}), "UNAUTHENTICATED TOKEN_SIGNATURE_INVALID");
  json other = Claims("admin");
  other["aud"] = "billing";
  EXPECT_EQ(with({"Bearer " + issuer().Sign(other)}), "UNAUTHENTICATED TOKEN_AUDIENCE_REFUSED");
  EXPECT_EQ(with({"Bearer " + Token(std::string(300, 's'))}), "UNAUTHENTICATED IDENTITY_TOO_LONG");
}

TEST_F(AccessTest, RequestIdsBelongToTheirCaller) {
  EXPECT_EQ(Outcome(CallerAs("operator").Call(SetStock("ids", "w1", 5, "shared-id"))), "OK");
  EXPECT_EQ(Outcome(CallerAs("operator").Call(SetStock("ids", "w1", 6, "shared-id"))),
            "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_EQ(Outcome(CallerAs("berlin").Call(SetStock("ids", "w1", 7, "shared-id"))), "OK");
  EXPECT_EQ(Must(CallerAs("berlin").Call(SetStock("ids", "w1", 7, "shared-id"))).stock_level().on_hand(), 7);
  EXPECT_THAT(ActorsOf(CallerAs("reader"), "ids"),
              ::testing::ElementsAre("jwt:operator shared-id", "jwt:berlin shared-id"));
}

TEST_F(AccessTest, AGrantOfAChannelReachesOnlyItsDocuments) {
  Must(CallerAs("operator").Call(SetStock("scoped", "w1", 100)));
  const Client web = CallerAs("web");
  const Client all = CallerAs("seller");
  const std::string ours = Must(Reserve(web, {{"scoped", 1}})).reservation().reservation_id();
  const std::string theirs = Must(Reserve(all, {{"scoped", 1}}, {.channel = "shop"})).reservation().reservation_id();
  EXPECT_EQ(Outcome(Reserve(web, {{"scoped", 1}}, {.channel = "shop"})), "PERMISSION_DENIED OUT_OF_SCOPE");
  v1::GetReservationRequest get;
  get.set_reservation_id(theirs);
  EXPECT_EQ(Outcome(web.Call(get)), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(Outcome(CallerAs("web-reader").Call(get)), "PERMISSION_DENIED OUT_OF_SCOPE");
  v1::ExtendReservationRequest extend;
  extend.set_reservation_id(theirs);
  EXPECT_EQ(Outcome(web.Call(extend)), "PERMISSION_DENIED OUT_OF_SCOPE");
  v1::AmendReservationRequest amend;
  amend.set_reservation_id(theirs);
  auto& line = *amend.add_lines();
  line.set_sku("scoped");
  line.set_quantity(1'000'000);
  EXPECT_EQ(Outcome(web.Call(amend)), "PERMISSION_DENIED OUT_OF_SCOPE") << "not how much there is";
  EXPECT_EQ(Outcome(Confirm(web, theirs)), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(Outcome(Cancel(web, theirs)), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(Show(Must(all.Call(get))), "HELD scoped 1/1 w1:1") << "nothing has changed";
  get.set_reservation_id(ours);
  EXPECT_EQ(Outcome(web.Call(get)), "OK");
  EXPECT_EQ(Outcome(Confirm(web, ours)), "OK");
  EXPECT_EQ(Outcome(Cancel(web, "nothing")), "NOT_FOUND RESERVATION_NOT_FOUND");
  v1::GetAvailabilityRequest available;
  available.add_skus("scoped");
  available.set_channel_id("web");
  EXPECT_EQ(Outcome(web.Call(available)), "OK");
  available.set_channel_id("shop");
  EXPECT_EQ(Outcome(web.Call(available)), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(Outcome(web.Call(GetLevel("scoped", "w1"))), "PERMISSION_DENIED SCOPE_NOT_SUPPORTED");
}

TEST_F(AccessTest, AGrantOfAWarehouseReachesOnlyItsStock) {
  const Client berlin = CallerAs("berlin");
  const Client all = CallerAs("operator");
  Must(all.Call(SetStock("stocked", "w1", 10)));
  Must(all.Call(SetStock("stocked", "w2", 10)));
  EXPECT_EQ(Outcome(berlin.Call(SetStock("stocked", "w2", 3))), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(Outcome(berlin.Call(GetLevel("stocked", "w2"))), "PERMISSION_DENIED OUT_OF_SCOPE");
  const std::string order =
      Must(Reserve(CallerAs("seller"), {{"stocked", 15}}, {.commit = true})).reservation().reservation_id();
  EXPECT_EQ(Outcome(CreateShipment(berlin, order, "w2")), "PERMISSION_DENIED OUT_OF_SCOPE");
  // Would take what is reserved in the other warehouse from there.
  v1::CreateShipmentRequest reallocating;
  reallocating.set_reservation_id(order);
  reallocating.set_warehouse_id("w1");
  reallocating.set_allow_reallocation(true);
  auto& line = *reallocating.add_lines();
  line.set_sku("stocked");
  line.set_quantity(12);
  Must(all.Call(SetStock("stocked", "w1", 20)));
  EXPECT_EQ(Outcome(berlin.Call(reallocating)), "PERMISSION_DENIED OUT_OF_SCOPE");
  const std::string shipped = Must(CreateShipment(berlin, order, "w1")).shipment().shipment_id();
  const std::string other = Must(CreateShipment(all, order, "w2")).shipment().shipment_id();
  EXPECT_EQ(Outcome(Ship(berlin, other)), "PERMISSION_DENIED OUT_OF_SCOPE");
  EXPECT_EQ(Outcome(Ship(berlin, shipped)), "OK");
  v1::GetShipmentRequest get;
  get.set_shipment_id(other);
  EXPECT_EQ(Outcome(berlin.Call(get)), "PERMISSION_DENIED OUT_OF_SCOPE");
  get.set_shipment_id(shipped);
  EXPECT_EQ(Outcome(berlin.Call(get)), "OK");
  EXPECT_EQ(Must(all.Call(GetLevel("stocked", "w2"))).on_hand(), 10);
}

// What was denied is judged anew, under the same id, once the policy is another one; a broken one changes nothing.
TEST_F(AccessTest, PolicyIsReadAgainWhenItChanges) {
  const Client temporary = CallerAs("temporary");
  const v1::SetStockRequest request = SetStock("reload", "w1", 5, "same-id");
  EXPECT_EQ(Outcome(temporary.Call(request)), "PERMISSION_DENIED ROLE_REQUIRED");
  json bindings = Bindings();
  bindings.push_back({{"identity", "jwt:temporary"}, {"role", "operator"}});
  WritePolicy(bindings);
  EXPECT_TRUE(Eventually([&] { return Outcome(temporary.Call(request)) == "OK"; }));
  WriteText(PolicyPath(), "{\"bindings\": [");
  EXPECT_TRUE(Eventually([] { return absl::StrContains(Log(), "the policy can't be used"); }));
  EXPECT_THAT(Metrics(), HasSubstr("inventory_policy_refused 1"));
  EXPECT_EQ(Outcome(temporary.Call(request)), "OK");
  WritePolicy(Bindings());
  EXPECT_TRUE(Eventually([&] { return Outcome(temporary.Call(request)) == "PERMISSION_DENIED ROLE_REQUIRED"; }));
}

TEST_F(AccessTest, DeniedWritesOfDocumentsAreNotRecorded) {
  Must(CallerAs("operator").Call(SetStock("retried", "w1", 5)));
  const std::string order =
      Must(Reserve(CallerAs("seller"), {{"retried", 1}}, {.channel = "shop"})).reservation().reservation_id();
  v1::ConfirmReservationRequest confirm;
  confirm.set_reservation_id(order);
  confirm.set_request_id("confirm-retried");
  EXPECT_EQ(Outcome(CallerAs("web").Call(confirm)), "PERMISSION_DENIED OUT_OF_SCOPE");
  json bindings = Bindings();
  bindings.push_back({{"identity", "jwt:web"}, {"role", "seller"}, {"channels", {"shop"}}});
  WritePolicy(bindings);
  EXPECT_TRUE(Eventually([&] { return Outcome(CallerAs("web").Call(confirm)) == "OK"; }));
  WritePolicy(Bindings());
}

TEST_F(AccessTest, KeysRotate) {
  const TokenIssuer next(TokenIssuer::Kind::kEd25519, "key-2");
  const Client with_next = CallerWith(next.Sign(Claims("reader")));
  const std::string first = Outcome(with_next.Call(GetLevel("any", "w1")));
  EXPECT_TRUE(first == "UNAVAILABLE TOKEN_KEYS_REFRESHING" || first == "UNAUTHENTICATED TOKEN_KEY_UNKNOWN") << first;
  EXPECT_TRUE(Eventually([] {
    return absl::StrContains(Log(), " code=UNAVAILABLE reason=TOKEN_KEYS_REFRESHING ") ||
           absl::StrContains(Log(), " code=UNAUTHENTICATED reason=TOKEN_KEY_UNKNOWN ");
  }));
  WriteKeys({issuer().jwk(), next.jwk()});
  EXPECT_TRUE(Eventually([&] { return Outcome(with_next.Call(GetLevel("any", "w1"))) == "OK"; }));
  EXPECT_EQ(Outcome(CallerAs("reader").Call(GetLevel("any", "w1"))), "OK");
  WriteText(KeysPath(), "broken");
  EXPECT_TRUE(Eventually([] { return absl::StrContains(Log(), "the keys of tokens can't be refreshed"); }));
  EXPECT_EQ(Outcome(with_next.Call(GetLevel("any", "w1"))), "OK");
  // A key that is taken away counts no more, also for tokens that were verified before.
  WriteKeys({issuer().jwk()});
  EXPECT_TRUE(Eventually(
      [&] { return Outcome(with_next.Call(GetLevel("any", "w1"))) == "UNAUTHENTICATED TOKEN_KEY_UNKNOWN"; }));
}

TEST_F(AccessTest, DenialsAreOnRecordAndSecretsAreNot) {
  const std::string token = Token("audited");
  EXPECT_EQ(Outcome(CallerWith(token).Call(SetStock("audit", "w1", 5))), "PERMISSION_DENIED ROLE_REQUIRED");
  const TokenIssuer evil(TokenIssuer::Kind::kP256, "key-1");
  const std::string forged = evil.Sign(Claims("forger"));
  EXPECT_EQ(Outcome(CallerWith(forged).Call(SetStock("audit", "w1", 5))), "UNAUTHENTICATED TOKEN_SIGNATURE_INVALID");
  // Only so many lines are written in a second, and other tests have had denials in this one.
  EXPECT_TRUE(Eventually([&] {
    CallerWith(token).Call(SetStock("audit", "w1", 5)).IgnoreError();
    return absl::StrContains(Log(), "jwt:audited");
  }));
  std::string line;
  for (const absl::string_view text : absl::StrSplit(Log(), '\n')) {
    if (absl::StrContains(text, "jwt:audited")) line = std::string(text);
  }
  EXPECT_THAT(line, HasSubstr(" denied "));
  EXPECT_THAT(line, HasSubstr("method=inventory.v1.InventoryService.SetStock"));
  EXPECT_THAT(line, HasSubstr("reason=ROLE_REQUIRED"));
  EXPECT_THAT(line, HasSubstr("peer=ipv4:127.0.0.1:"));
  const std::string metrics = Metrics();
  EXPECT_THAT(metrics, HasSubstr("inventory_denied_calls_total{reason=\"ROLE_REQUIRED\"}"));
  const std::string command = ReadFile(absl::StrCat("/proc/", server().pid(), "/cmdline"));
  EXPECT_THAT(command, HasSubstr("--jwt-keys"));
  for (const std::string& secret : {token, forged}) {
    for (const absl::string_view part : absl::StrSplit(secret, '.')) {
      for (const std::string& text : {Log(), metrics, command}) {
        EXPECT_THAT(text, Not(HasSubstr(std::string(part))));
      }
    }
  }
}

TEST_F(AccessTest, KeysAreKnownToBeFresh) {
  const std::string metrics = Metrics();
  const std::string name = "\ninventory_token_keys_confirmed_timestamp_seconds ";
  ASSERT_THAT(metrics, HasSubstr(name));
  EXPECT_THAT(metrics, Not(HasSubstr(name + "0\n")));
}

// It can't be told what it is about, but whoever lacks the role need not know that.
TEST_F(AccessTest, ARequestThatIsTooLargeIsDeniedByRoleAlone) {
  v1::SetStockRequest request = SetStock("any", "w1", 1);
  google::protobuf::UnknownFieldSet& unknown = *v1::SetStockRequest::GetReflection()->MutableUnknownFields(&request);
  for (int i = 0; i < 300'000; ++i) unknown.AddLengthDelimited(2000, "");
  EXPECT_EQ(Outcome(CallerAs("berlin").Call(request)), "INVALID_ARGUMENT REQUEST_TOO_LARGE");
  EXPECT_EQ(Outcome(CallerAs("reader").Call(request)), "PERMISSION_DENIED ROLE_REQUIRED");
}

// A hot path verifies a token once.
TEST_F(AccessTest, ManyCallsWithOneTokenAreServed) {
  const Client reader = CallerAs("reader");
  Together(8, [&](int) {
    for (int i = 0; i < 50; ++i) EXPECT_EQ(Outcome(reader.Call(GetLevel("any", "w1"))), "OK");
  });
}

}  // namespace
}  // namespace inventory::integration
