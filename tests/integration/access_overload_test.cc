// Who calls is asked before anybody is told that too much waits.
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "inventory/v1/inventory_service.grpc.pb.h"
#include "inventory/v1/warehouse_service.grpc.pb.h"
#include "tests/integration/access_fixture.h"
#include "tests/integration/metric.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

// A server in whose queue there is room for one write.
class AccessInAnOverloadTest : public ::testing::Test {
 protected:
  AccessInAnOverloadTest() : database_(storage::NewDatabase()) {
    std::vector<std::string> arguments = TakeTokens(
        folder_, issuer_,
        {{{"identity", "jwt:clerk"}, {"role", "admin"}}, {{"identity", "jwt:clerks-guest"}, {"role", "reader"}}});
    arguments.insert(arguments.end(), {"--max-waiting-writes=1", "--lanes=1"});
    server_.emplace(
        ServerProcess::Options{.database_url = storage::UrlOf(database_), .arguments = arguments, .metrics = true});
    channel_ = Client(server_->address()).channel();
  }
  ~AccessInAnOverloadTest() override {
    EXPECT_EQ(server_->Stop(), 0);
    storage::DropDatabase(database_);
  }

  void MakeWarehouse() {
    grpc::ClientContext context;
    ShowWhoCalls("clerk", context);
    const auto request = Pb<v1::CreateWarehouseRequest>(
        "warehouse { warehouse_id: 'w1' name: 'One' active: true location { latitude: 52.5 longitude: 13.4 } }");
    v1::Warehouse made;
    ASSERT_EQ(Outcome(FromGrpc(v1::WarehouseService::NewStub(channel_)->CreateWarehouse(&context, request, &made))),
              "OK");
  }

  // What a caller who shows who they are, or not, is told.
  std::string Adjust(const std::string& subject) {
    grpc::ClientContext context;
    ShowWhoCalls(subject, context);
    v1::AdjustStockRequest request;
    request.set_sku("sku");
    request.set_warehouse_id("w1");
    request.set_delta(1);
    v1::AdjustStockResponse response;
    return Outcome(FromGrpc(v1::InventoryService::NewStub(channel_)->AdjustStock(&context, request, &response)));
  }

  const storage::DatabaseOptions database_;
  std::optional<ServerProcess> server_;

 private:
  void ShowWhoCalls(const std::string& subject, grpc::ClientContext& context) {
    if (subject.empty()) return;
    context.AddMetadata("authorization", "Bearer " + issuer_.Sign(ClaimsOf(subject)));
  }

  const ScratchFolder folder_;
  const TokenIssuer issuer_{TokenIssuer::Kind::kEd25519, "local"};
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(AccessInAnOverloadTest, WhoMayNotWriteIsNotToldToComeBack) {
  MakeWarehouse();
  ASSERT_EQ(Adjust("clerk"), "OK");
  const std::unique_ptr<storage::Connection> blocker = storage::MustOpen(database_);
  const std::unique_ptr<storage::Connection> watcher = storage::MustOpen(database_);
  storage::Must(*blocker, {"BEGIN", "SELECT * FROM item WHERE sku = 'sku' FOR UPDATE"});
  std::vector<std::thread> callers;
  const auto call = [this] { EXPECT_EQ(Adjust("clerk"), "OK"); };
  callers.emplace_back(call);
  storage::WaitForLockWaits(*watcher, database_.database);
  callers.emplace_back(call);
  EXPECT_TRUE(Eventually([&] { return MetricOf(server_->metrics_port(), "inventory_writes_waiting") == 1; }));
  EXPECT_EQ(Adjust(""), "UNAUTHENTICATED CREDENTIALS_MISSING");
  EXPECT_EQ(Adjust("clerks-guest"), "PERMISSION_DENIED ROLE_REQUIRED");
  EXPECT_EQ(Adjust("clerk"), "RESOURCE_EXHAUSTED QUEUE_FULL");
  storage::Must(*blocker, {"ROLLBACK"});
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace inventory::integration
