// A server for the tests of a suite, and what makes them short.
#ifndef INVENTORY_TESTS_INTEGRATION_SERVER_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_SERVER_FIXTURE_H_

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "storage/connection.h"
#include "tests/integration/client.h"
#include "tests/integration/database_fixture.h"
#include "tests/integration/server_process.h"
#include "tests/pb.h"

namespace inventory::integration {

// The suite's server on a database of its own. It has the active warehouses w1 and w2 and the channel "web", which
// sells from w1 first, then from w2. After the suite VerifyStock must find no mismatch and the server must stop
// cleanly.
class ServerTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() { StartServer(); }
  static void TearDownTestSuite();

 protected:
  ServerTest();

  static void StartServer(const std::vector<std::string>& arguments = {}, bool metrics = false);

  static const Client& client();
  // The same database through a second server, which is started at the first use.
  static const Client& replica();
  static ServerProcess& server();
  static const storage::DatabaseOptions& database();

  // Runs trusted SQL on the server's database and gives the last result.
  static storage::Rows Sql(const std::string& text);

  // Names that no other test of the suite uses. All begin with Name("").
  std::string Name(const std::string& suffix) const { return prefix_ + suffix; }
  std::string Sku(const std::string& suffix = "sku") const { return Name(suffix); }

  // client() by default for everything below.
  static v1::StockLevel SetStock(const std::string& sku, const std::string& warehouse_id, int64_t on_hand);
  static v1::StockLevel LevelOf(const std::string& sku, const std::string& warehouse_id);
  static v1::Reservation ReservationOf(const std::string& reservation_id);
  static std::vector<v1::Movement> MovementsOf(const std::string& sku);
  static int64_t AvailabilityOf(const std::string& sku, const std::string& channel_id = "web");

 private:
  const std::string prefix_;
};

// ---- Messages ----

MATCHER_P(EqualsProto, expected, "") {
  google::protobuf::util::MessageDifferencer differencer;
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  const bool equal = differencer.Compare(expected, arg);
  *result_listener << differences;
  return equal;
}

// "10 on hand, 3 reserved, 2 safety, 5 available"; ", 1 incoming", ", 1 damaged" and ", 1 in quality
// control" follow if there are any.
std::string Show(const v1::StockLevel& level);
// "HELD sku 3/5 w1:2 w2:1; ...": state, and for each line what is reserved of what was asked for and where. Shipped,
// returned and cancelled units follow as "shipped n", "returned n" and "cancelled n", units in shipments as "w1:2(1)".
std::string Show(const v1::Reservation& reservation);

// All elements of a list: `elements` gets them out of each page.
template <typename Request, typename Element>
std::vector<Element> ListAll(const Client& client, Request request,
                             const google::protobuf::RepeatedPtrField<Element>& (AnswerTo<Request>::*elements)()
                                 const) {
  std::vector<Element> all;
  do {
    const AnswerTo<Request> page = Must(client.Call(request));
    all.insert(all.end(), (page.*elements)().begin(), (page.*elements)().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// ---- Calls ----

struct Line {
  std::string sku;
  int64_t quantity;
};

struct ReserveOptions {
  std::string channel = "web";
  std::string id = {};
  std::string order = {};
  bool commit = false;
  bool partial = false;
  std::optional<absl::Duration> ttl = std::nullopt;
  std::vector<std::string> warehouses = {};
  std::string request_id = {};
};

v1::ReserveStockRequest ReserveRequest(const std::vector<Line>& lines, const ReserveOptions& options = {});
absl::StatusOr<v1::ReserveStockResponse> Reserve(const Client& client, const std::vector<Line>& lines,
                                                 const ReserveOptions& options = {});

absl::StatusOr<v1::ConfirmReservationResponse> Confirm(const Client& client, const std::string& reservation_id);
absl::StatusOr<v1::CancelReservationResponse> Cancel(const Client& client, const std::string& reservation_id,
                                                     const std::vector<Line>& lines = {});

// A shipment of these units, or of all in the warehouse.
absl::StatusOr<v1::CreateShipmentResponse> CreateShipment(const Client& client, const std::string& reservation_id,
                                                          const std::string& warehouse_id,
                                                          const std::vector<Line>& lines = {});
absl::StatusOr<v1::ShipShipmentResponse> Ship(const Client& client, const std::string& shipment_id);

// An active warehouse, and a channel that sells from the warehouses in this order.
v1::Warehouse MakeWarehouse(const Client& client, const std::string& warehouse_id);
v1::Channel MakeChannel(const Client& client, const std::string& channel_id,
                        const std::vector<std::string>& warehouse_ids);

// Everything that VerifyStock finds.
std::vector<v1::Mismatch> VerifyAll(const Client& client, bool repair = false, const std::string& sku_prefix = "");

// Runs work(0) to work(count - 1) at the same time, each on a thread of its own, and waits for all.
void Together(int count, const std::function<void(int)>& work);

// How many of the results have each outcome, as "3 OK, 1 FAILED_PRECONDITION INSUFFICIENT_STOCK".
std::map<std::string, int> CountOutcomes(const std::vector<absl::Status>& results);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_SERVER_FIXTURE_H_
