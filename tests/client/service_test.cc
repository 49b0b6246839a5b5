// The library against the real server: what it promises holds over the server's death.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "inventory/client/connection.h"
#include "inventory/client/errors.h"
#include "inventory/v1/channel_service.client.h"
#include "inventory/v1/inventory_service.client.h"
#include "inventory/v1/warehouse_service.client.h"
#include "tests/integration/database_fixture.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

using integration::Eventually;
using integration::FreePort;
using integration::ServerProcess;
using ::testing::ElementsAre;

// A server on a database of its own, with warehouse w1, from which channel "web" sells. Each test has a SKU of its own.
class ServiceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    site_ = new Site;
    ASSERT_NE(server().port(), 0);
    const std::shared_ptr<Connection> connection = ConnectTo({server().address()});
    v1::CreateWarehouseRequest warehouse;
    warehouse.mutable_warehouse()->set_warehouse_id("w1");
    warehouse.mutable_warehouse()->set_name("One");
    warehouse.mutable_warehouse()->set_active(true);
    warehouse.mutable_warehouse()->mutable_location()->set_latitude(52.52);
    ASSERT_EQ(MakeWarehouseClient(connection)->CreateWarehouse(warehouse).status(), absl::OkStatus());
    v1::CreateChannelRequest channel;
    channel.mutable_channel()->set_channel_id("web");
    channel.mutable_channel()->set_name("Web");
    ASSERT_EQ(MakeChannelClient(connection)->CreateChannel(channel).status(), absl::OkStatus());
    v1::AttachWarehouseRequest attach;
    attach.set_channel_id("web");
    attach.set_warehouse_id("w1");
    ASSERT_EQ(MakeChannelClient(connection)->AttachWarehouse(attach).status(), absl::OkStatus());
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server().Stop(), 0);
    storage::DropDatabase(site_->database);
    delete site_;
    site_ = nullptr;
  }

  static ServerProcess& server() { return site_->server; }

  static std::shared_ptr<Connection> ConnectTo(const std::vector<std::string>& addresses) {
    absl::StatusOr<std::shared_ptr<Connection>> connection =
        Connect({.addresses = addresses, .plaintext = true, .timeout = absl::Seconds(60)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }

  std::string Sku() const { return ::testing::UnitTest::GetInstance()->current_test_info()->name(); }

  absl::Status AddOne(InventoryClient& inventory) const {
    v1::AdjustStockRequest request;
    request.set_sku(Sku());
    request.set_warehouse_id("w1");
    request.set_delta(1);
    return inventory.AdjustStock(request).status();
  }

  int64_t OnHand(InventoryClient& inventory) const {
    v1::GetStockLevelRequest request;
    request.set_sku(Sku());
    request.set_warehouse_id("w1");
    const absl::StatusOr<v1::StockLevel> level = inventory.GetStockLevel(request);
    EXPECT_TRUE(level.ok()) << level.status();
    return level.ok() ? level->on_hand() : -1;
  }

  // Four callers add one unit after another, with no request id of their own, while `interrupt` runs. Every call must
  // succeed, and the stock be the number of calls.
  void AddUnitsDuring(const std::function<void()>& interrupt) const {
    const auto inventory = MakeInventoryClient(ConnectTo({server().address()}));
    std::atomic<int> done = 0;
    std::atomic<bool> stop = false;
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        while (!stop) {
          EXPECT_EQ(AddOne(*inventory), absl::OkStatus());
          ++done;
        }
      });
    }
    const auto let_them_work = [&] {
      const int before = done;
      EXPECT_TRUE(Eventually([&] { return done > before + 50; }));
    };
    for (int i = 0; i < 3; ++i) {
      let_them_work();
      interrupt();
    }
    let_them_work();
    stop = true;
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(OnHand(*inventory), done);
  }

 private:
  struct Site {
    const storage::DatabaseOptions database = storage::NewDatabase(/*migrated=*/false);
    ServerProcess server{{.database_url = storage::UrlOf(database)}};
  };
  static Site* site_;
};

ServiceTest::Site* ServiceTest::site_ = nullptr;

TEST_F(ServiceTest, WritesAreExactlyOnceOverAKilledServer) {
  AddUnitsDuring([] {
    server().Kill();
    server().Restart();
  });
}

TEST_F(ServiceTest, WritesAreExactlyOnceOverAStoppedServer) {
  AddUnitsDuring([] {
    EXPECT_EQ(server().Stop(), 0);
    server().Restart();
  });
}

TEST_F(ServiceTest, OneOfTwoServersMayBeDead) {
  const auto inventory = MakeInventoryClient(ConnectTo({absl::StrCat("127.0.0.1:", FreePort()), server().address()}));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(AddOne(*inventory), absl::OkStatus());
  EXPECT_EQ(OnHand(*inventory), 50);
}

TEST_F(ServiceTest, RefusalsHaveTheirReason) {
  const auto inventory = MakeInventoryClient(ConnectTo({server().address()}));
  EXPECT_EQ(AddOne(*inventory), absl::OkStatus());
  v1::ReserveStockRequest request;
  request.set_channel_id("web");
  request.add_lines()->set_sku(Sku());
  request.mutable_lines(0)->set_quantity(2);
  absl::Status status = inventory->ReserveStock(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "INSUFFICIENT_STOCK");
  EXPECT_EQ(MetadataOf(status)["available"], "1");
  request.mutable_lines(0)->set_quantity(-1);
  status = inventory->ReserveStock(request).status();
  ASSERT_EQ(FieldViolationsOf(status).size(), 1u) << status;
  EXPECT_EQ(FieldViolationsOf(status)[0].field, "lines[0].quantity");
}

TEST_F(ServiceTest, ListsGoOverAllPages) {
  const std::shared_ptr<Connection> connection = ConnectTo({server().address()});
  const auto inventory = MakeInventoryClient(connection);
  for (const char* suffix : {"1", "2", "3", "4", "5"}) {
    v1::CreateItemRequest request;
    request.mutable_item()->set_sku(absl::StrCat(Sku(), suffix));
    EXPECT_EQ(inventory->CreateItem(request).status(), absl::OkStatus());
  }
  v1::ListItemsRequest request;
  request.mutable_filter()->set_sku_prefix(Sku());
  request.set_page_size(2);
  std::vector<std::string> skus;
  for (absl::StatusOr<v1::Item>& item : inventory->ListItems(request)) {
    ASSERT_TRUE(item.ok()) << item.status();
    skus.push_back(item->sku());
  }
  EXPECT_THAT(skus, ElementsAre(Sku() + "1", Sku() + "2", Sku() + "3", Sku() + "4", Sku() + "5"));
}

TEST_F(ServiceTest, ImportsAndExportsByStreams) {
  const auto inventory = MakeInventoryClient(ConnectTo({server().address()}));
  auto import = inventory->ImportInventory();
  ASSERT_TRUE(import.ok()) << import.status();
  v1::ImportInventoryRequest start;
  start.mutable_start()->set_import_id(Sku());
  EXPECT_EQ((*import)->Write(start), absl::OkStatus());
  constexpr int kChunks = 3;
  constexpr int kRows = 400;
  for (int chunk = 0; chunk < kChunks; ++chunk) {
    v1::ImportInventoryRequest rows;
    rows.mutable_chunk()->set_first_row(chunk * kRows + 1);
    for (int row = 0; row < kRows; ++row) {
      v1::StockUpdate& update = *rows.mutable_chunk()->add_stock_updates();
      update.set_sku(absl::StrCat(Sku(), chunk, "-", row));
      update.set_warehouse_id("w1");
      update.set_set_on_hand(7);
    }
    EXPECT_EQ((*import)->Write(rows), absl::OkStatus());
  }
  v1::ImportInventoryRequest end;
  end.mutable_end();
  EXPECT_EQ((*import)->Write(end), absl::OkStatus());
  EXPECT_EQ((*import)->WritesDone(), absl::OkStatus());
  int64_t applied = 0;
  for (bool more = true; more;) {
    const auto response = (*import)->Read();
    ASSERT_TRUE(response.ok()) << response.status();
    more = response->has_value();
    if (more && (*response)->has_summary()) applied = (*response)->summary().applied_count();
  }
  EXPECT_EQ(applied, kChunks * kRows);

  v1::ExportInventoryRequest request;
  request.mutable_stock_levels()->set_sku_prefix(Sku());
  request.set_page_size(500);
  auto exported = inventory->ExportInventory(request);
  ASSERT_TRUE(exported.ok()) << exported.status();
  int64_t units = 0;
  for (bool more = true; more;) {
    const auto response = (*exported)->Read();
    ASSERT_TRUE(response.ok()) << response.status();
    more = response->has_value();
    if (!more) break;
    for (const v1::StockLevel& level : (*response)->stock_levels()) units += level.on_hand();
  }
  EXPECT_EQ(units, 7 * kChunks * kRows);
}

// Programs that know their messages only at run time use the connection itself.
TEST_F(ServiceTest, TakesMethodsFromDescriptors) {
  const std::shared_ptr<Connection> connection = ConnectTo({server().address()});
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("inventory.v1.InventoryService");
  ASSERT_NE(service, nullptr);
  const Method method = MethodOf(*service->FindMethodByName("GetItem"));
  EXPECT_EQ(PathOf(method), "/inventory.v1.InventoryService/GetItem");
  EXPECT_EQ(method.idempotency, Idempotency::kNoSideEffects);
  v1::GetItemRequest request;
  request.set_sku("A");
  v1::Item response;
  EXPECT_EQ(ReasonOf(connection->Call(method, request, response)), "ITEM_NOT_FOUND");
}

}  // namespace
}  // namespace inventory::client
