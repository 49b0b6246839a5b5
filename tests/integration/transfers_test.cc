// Transfers: at once and in transit, received in parts and short, and found.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TransfersTest : public ServerTest {
 protected:
  absl::StatusOr<v1::CreateTransferResponse> Create(const std::string& suffix, const std::string& fields) const {
    return client().Call(Pb<v1::CreateTransferRequest>(
        absl::Substitute("transfer_id: '$0' from_warehouse_id: 'w1' to_warehouse_id: 'w2' $1", Name(suffix), fields)));
  }
  absl::StatusOr<v1::ReceiveTransferResponse> Receive(const std::string& suffix, const std::string& fields) const {
    return client().Call(
        Pb<v1::ReceiveTransferRequest>(absl::Substitute("transfer_id: '$0' $1", Name(suffix), fields)));
  }
  absl::StatusOr<v1::Transfer> Get(const std::string& suffix) const {
    return client().Call(Pb<v1::GetTransferRequest>(absl::Substitute("transfer_id: '$0'", Name(suffix))));
  }
  std::string Units(const std::string& suffix, int64_t quantity) const {
    return absl::Substitute(" lines { sku: '$0' quantity: $1 }", Sku(suffix), quantity);
  }
  std::string Arrived(const std::string& suffix, int64_t received, int64_t missing = 0) const {
    return absl::Substitute(" lines { sku: '$0' received_quantity: $1 missing_quantity: $2 }", Sku(suffix), received,
                            missing);
  }

  // "IN_TRANSIT: a 5 = 2 received + 1 missing (lost) + 2": what of each SKU is received, missing and in transit.
  std::string Show(const v1::Transfer& transfer) const {
    std::string shown =
        absl::StrCat(v1::TransferState_Name(transfer.state()).substr(sizeof("TRANSFER_STATE_") - 1), ":");
    for (const v1::TransferLine& line : transfer.lines()) {
      absl::StrAppend(&shown, " ", line.sku().substr(Name("").size()), " ", line.quantity(), " = ",
                      line.received_quantity(), " received + ", line.missing_quantity(), " missing");
      if (!line.shortage_reason().empty()) absl::StrAppend(&shown, " (", line.shortage_reason(), ")");
      absl::StrAppend(&shown, " + ", line.in_transit_quantity(), ";");
    }
    return shown;
  }
  // "w1: 5, w2: 3 + 2 incoming": what lies in each warehouse.
  std::string Levels(const std::string& suffix) const {
    std::string shown;
    for (const char* warehouse_id : {"w1", "w2"}) {
      const v1::StockLevel level = LevelOf(Sku(suffix), warehouse_id);
      absl::StrAppend(&shown, shown.empty() ? "" : ", ", warehouse_id, ": ", level.on_hand());
      if (level.incoming() != 0) absl::StrAppend(&shown, " + ", level.incoming(), " incoming");
    }
    return shown;
  }
  // The suffixes of the ids that a list with this filter gives.
  std::vector<std::string> Listed(const std::string& filter, int page_size = 0) const {
    auto request = Pb<v1::ListTransfersRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<std::string> found;
    for (const v1::Transfer& listed : ListAll(client(), request, &v1::ListTransfersResponse::transfers)) {
      found.push_back(listed.transfer_id().substr(Name("").size()));
      EXPECT_THAT(listed, EqualsProto(Must(Get(found.back()))));
    }
    return found;
  }
};

TEST_F(TransfersTest, AnImmediateOneIsDoneInOneTransaction) {
  SetStock(Sku("a"), "w1", 9);
  SetStock(Sku("b"), "w1", 2);
  const auto moved =
      Must(Create("t", "mode: TRANSFER_MODE_IMMEDIATE reason: 'stock up'" + Units("b", 2) + Units("a", 5)));
  EXPECT_EQ(Show(moved.transfer()), "RECEIVED: a 5 = 5 received + 0 missing + 0; b 2 = 2 received + 0 missing + 0;");
  EXPECT_THAT(Must(Get("t")), EqualsProto(moved.transfer()));
  EXPECT_EQ(moved.movements_size(), 4);
  EXPECT_EQ(Levels("a"), "w1: 4, w2: 5");
  EXPECT_EQ(Levels("b"), "w1: 0, w2: 2");
  EXPECT_EQ(AvailabilityOf(Sku("a")), 9);
  const auto movements = MovementsOf(Sku("b"));
  ASSERT_EQ(movements.size(), 3u);
  EXPECT_EQ(movements[1].type(), v1::MOVEMENT_TYPE_TRANSFER_OUT);
  EXPECT_EQ(movements[2].type(), v1::MOVEMENT_TYPE_TRANSFER_IN);
  EXPECT_EQ(movements[1].document_id(), Name("t"));
  EXPECT_EQ(movements[2].reason(), "stock up");
  EXPECT_EQ(movements[1].create_time().nanos(), movements[2].create_time().nanos());
}

TEST_F(TransfersTest, UnitsInTransitAreSoldNowhereAndArriveInParts) {
  SetStock(Sku("a"), "w1", 9);
  SetStock(Sku("b"), "w1", 5);
  const auto sent = Must(Create("t", "expected_time { seconds: 1800000000 }" + Units("a", 6) + Units("b", 5)));
  EXPECT_EQ(Show(sent.transfer()), "IN_TRANSIT: a 6 = 0 received + 0 missing + 6; b 5 = 0 received + 0 missing + 5;");
  EXPECT_EQ(Levels("a"), "w1: 3, w2: 0 + 6 incoming");
  EXPECT_EQ(AvailabilityOf(Sku("a")), 3);
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku("a"), 4}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK");

  const auto part = Must(Receive("t", Arrived("a", 2)));
  EXPECT_EQ(Show(part.transfer()), "IN_TRANSIT: a 6 = 2 received + 0 missing + 4; b 5 = 0 received + 0 missing + 5;");
  EXPECT_EQ(Levels("a"), "w1: 3, w2: 2 + 4 incoming");
  EXPECT_EQ(AvailabilityOf(Sku("a")), 5);
  const auto all = Must(Receive("t", "rest: TRANSFER_REST_RECEIVED"));
  EXPECT_EQ(Show(all.transfer()), "RECEIVED: a 6 = 6 received + 0 missing + 0; b 5 = 5 received + 0 missing + 0;");
  EXPECT_THAT(Must(Get("t")), EqualsProto(all.transfer()));
  EXPECT_EQ(Levels("a"), "w1: 3, w2: 6");
  EXPECT_EQ(Levels("b"), "w1: 0, w2: 5");
  EXPECT_EQ(Outcome(Receive("t", "rest: TRANSFER_REST_RECEIVED")), "FAILED_PRECONDITION TRANSFER_STATE");
}

TEST_F(TransfersTest, AShortageIsRecordedWithItsReason) {
  SetStock(Sku("a"), "w1", 9);
  SetStock(Sku("b"), "w1", 5);
  Must(Create("t", Units("a", 9) + Units("b", 5)));
  Must(Receive("t", "shortage_reason: 'broken é'" + Arrived("a", 4, 1)));
  EXPECT_EQ(Levels("a"), "w1: 0, w2: 4 + 4 incoming");
  const v1::Movement shortage = MovementsOf(Sku("a")).back();
  EXPECT_EQ(shortage.type(), v1::MOVEMENT_TYPE_EXPECT);
  EXPECT_THAT(shortage.delta(), EqualsProto(Pb<v1::Quantities>("incoming: -1")));
  EXPECT_EQ(shortage.reason(), "broken é");
  const auto rest = Must(Receive("t", "rest: TRANSFER_REST_MISSING shortage_reason: 'lost'" + Arrived("b", 5)));
  EXPECT_EQ(Show(rest.transfer()),
            "RECEIVED: a 9 = 4 received + 5 missing (lost) + 0; b 5 = 5 received + 0 missing + 0;");
  EXPECT_THAT(Must(Get("t")), EqualsProto(rest.transfer()));
  EXPECT_EQ(Levels("a"), "w1: 0, w2: 4");
}

TEST_F(TransfersTest, RefusalsSayWhatThereIsAndChangeNothing) {
  SetStock(Sku("a"), "w1", 9);
  SetStock(Sku("b"), "w1", 9);
  Must(Reserve(client(), {{Sku("a"), 4}}));
  const auto too_many = Create("t", Units("b", 9) + Units("a", 6));
  EXPECT_EQ(Outcome(too_many), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(MetadataOf(too_many.status()),
            (std::map<std::string, std::string>{
                {"sku", Sku("a")}, {"warehouse_id", "w1"}, {"requested", "6"}, {"available", "5"}}));
  EXPECT_EQ(Outcome(Get("t")), "NOT_FOUND TRANSFER_NOT_FOUND");
  EXPECT_EQ(LevelOf(Sku("b"), "w1").on_hand(), 9);
  const std::string nowhere = absl::Substitute("from_warehouse_id: 'w1' to_warehouse_id: '$0'", Name("none"));
  EXPECT_EQ(Outcome(client().Call(Pb<v1::CreateTransferRequest>(nowhere + Units("a", 1)))),
            "NOT_FOUND WAREHOUSE_NOT_FOUND");
  const std::string same = "from_warehouse_id: 'w1' to_warehouse_id: 'w1'";
  EXPECT_THAT(ViolationsOf(client().Call(Pb<v1::CreateTransferRequest>(same + Units("a", 1))).status()),
              ElementsAre("to_warehouse_id"));

  const std::string etag = Must(Create("t", Units("a", 5))).transfer().etag();
  EXPECT_EQ(Outcome(Create("t", Units("b", 1))), "ALREADY_EXISTS TRANSFER_EXISTS");
  const auto excess = Receive("t", "shortage_reason: 'x'" + Arrived("a", 5, 1));
  EXPECT_EQ(Outcome(excess), "FAILED_PRECONDITION EXCEEDS_IN_TRANSIT");
  EXPECT_EQ(MetadataOf(excess.status()),
            (std::map<std::string, std::string>{{"sku", Sku("a")}, {"requested", "6"}, {"in_transit", "5"}}));
  Must(Receive("t", Arrived("a", 1)));
  EXPECT_EQ(Outcome(Receive("t", absl::Substitute("etag: '$0'", etag) + Arrived("a", 1))), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Receive("none", Arrived("a", 1))), "NOT_FOUND TRANSFER_NOT_FOUND");
}

TEST_F(TransfersTest, EveryWriteIsDoneOnceThroughTwoServers) {
  SetStock(Sku("a"), "w1", 9);
  const auto create = Pb<v1::CreateTransferRequest>(
      absl::Substitute("request_id: '$0' from_warehouse_id: 'w1' to_warehouse_id: 'w2'", Name("create")) +
      Units("a", 5));
  const auto sent = Must(client().Call(create));
  EXPECT_THAT(Must(replica().Call(create)), EqualsProto(sent));
  const auto receive = Pb<v1::ReceiveTransferRequest>(
      absl::Substitute("request_id: '$0' transfer_id: '$1'", Name("receive"), sent.transfer().transfer_id()) +
      Arrived("a", 2));
  std::vector<absl::StatusOr<v1::ReceiveTransferResponse>> answers(8);
  Together(8, [&](int i) { answers[i] = (i % 2 == 0 ? client() : replica()).Call(receive); });
  for (const auto& answer : answers) EXPECT_THAT(Must(answer), EqualsProto(Must(answers[0])));
  EXPECT_EQ(Levels("a"), "w1: 4, w2: 2 + 3 incoming");
}

TEST_F(TransfersTest, TransfersAndReservationsNeverTakeTheSameUnits) {
  replica();
  SetStock(Sku("a"), "w1", 10);
  std::vector<absl::Status> moved(8);
  std::vector<absl::Status> reserved(8);
  Together(16, [&](int i) {
    const Client& caller = i % 4 < 2 ? client() : replica();
    if (i % 2 == 0) {
      const auto request =
          Pb<v1::CreateTransferRequest>("from_warehouse_id: 'w1' to_warehouse_id: 'w2'" + Units("a", 2));
      moved[i / 2] = caller.Call(request).status();
    } else {
      reserved[i / 2] = Reserve(caller, {{Sku("a"), 2}}).status();
    }
  });
  const int transfers = CountOutcomes(moved)["OK"];
  const int reservations = CountOutcomes(reserved)["OK"];
  EXPECT_EQ(transfers + reservations, 5);
  EXPECT_EQ(CountOutcomes(moved)["FAILED_PRECONDITION INSUFFICIENT_STOCK"], 8 - transfers);
  EXPECT_EQ(CountOutcomes(reserved)["FAILED_PRECONDITION INSUFFICIENT_STOCK"], 8 - reservations);
  EXPECT_EQ(LevelOf(Sku("a"), "w1").available(), 0);
  EXPECT_EQ(LevelOf(Sku("a"), "w1").reserved(), 2 * reservations);
}

// Opposite ways and opposite orders of lines, again and again: no deadlock reaches a caller, and no unit is lost.
TEST_F(TransfersTest, OppositeTransfersOfTheSameSkusKeepEveryUnit) {
  replica();
  for (const char* suffix : {"a", "b"}) {
    for (const char* warehouse_id : {"w1", "w2"}) SetStock(Sku(suffix), warehouse_id, 50);
  }
  std::vector<absl::Status> results(8);
  Together(8, [&](int i) {
    const bool forth = i % 2 == 0;
    const auto request = Pb<v1::CreateTransferRequest>(
        absl::StrCat("mode: TRANSFER_MODE_IMMEDIATE from_warehouse_id: '", forth ? "w1" : "w2", "' to_warehouse_id: '",
                     forth ? "w2" : "w1", "'", Units(forth ? "a" : "b", 1), Units(forth ? "b" : "a", 1)));
    for (int round = 0; round < 10; ++round) {
      results[i].Update((i % 4 < 2 ? client() : replica()).Call(request).status());
    }
  });
  EXPECT_EQ(CountOutcomes(results), (std::map<std::string, int>{{"OK", 8}}));
  for (const char* suffix : {"a", "b"}) EXPECT_EQ(Levels(suffix), "w1: 50, w2: 50");
}

TEST_F(TransfersTest, NeitherEndOfOneInTransitIsDeleted) {
  for (const char* suffix : {"from", "to"}) MakeWarehouse(client(), Name(suffix));
  SetStock(Sku("a"), Name("from"), 5);
  Must(client().Call(
      Pb<v1::CreateTransferRequest>(absl::Substitute("transfer_id: '$0' from_warehouse_id: '$1' to_warehouse_id: '$2'",
                                                     Name("t"), Name("from"), Name("to")) +
                                    Units("a", 5))));
  for (const char* suffix : {"from", "to"}) {
    const auto refused =
        client().Call(Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", Name(suffix))));
    EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION WAREHOUSE_IN_USE") << suffix;
    EXPECT_EQ(MetadataOf(refused.status())["transfers"], "1") << suffix;
  }
  Must(Receive("t", "rest: TRANSFER_REST_MISSING shortage_reason: 'lost'"));
  for (const char* suffix : {"from", "to"}) {
    Must(client().Call(Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", Name(suffix)))));
  }
}

TEST_F(TransfersTest, ListFiltersAndPagesAndNeitherDuplicatesNorMultiplies) {
  for (const char* suffix : {"a", "b", "c"}) SetStock(Sku(suffix), "w1", 9);
  SetStock(Sku("a"), "w2", 9);
  Must(Create("t1", Units("a", 1) + Units("b", 1) + Units("c", 1)));
  Must(Create("t2", Units("a", 1)));
  Must(Create("t3", "mode: TRANSFER_MODE_IMMEDIATE" + Units("a", 1)));
  Must(client().Call(Pb<v1::CreateTransferRequest>(
      absl::Substitute("transfer_id: '$0' from_warehouse_id: 'w2' to_warehouse_id: 'w1'", Name("t4")) +
      Units("a", 1))));
  const std::string mine = absl::Substitute("sku: '$0'", Sku("a"));
  for (const int page_size : {0, 1, 2, 3, 4, 5}) {
    EXPECT_THAT(Listed(mine, page_size), ElementsAre("t1", "t2", "t3", "t4")) << page_size;
  }
  EXPECT_THAT(Listed(mine + " from_warehouse_id: 'w1'"), ElementsAre("t1", "t2", "t3"));
  EXPECT_THAT(Listed(mine + " to_warehouse_id: 'w1'"), ElementsAre("t4"));
  EXPECT_THAT(Listed(mine + " state: TRANSFER_STATE_RECEIVED"), ElementsAre("t3"));
  EXPECT_THAT(Listed(mine + " from_warehouse_id: 'w1' state: TRANSFER_STATE_IN_TRANSIT"), ElementsAre("t1", "t2"));
  EXPECT_THAT(Listed(absl::Substitute("sku: '$0'", Sku("b"))), ElementsAre("t1"));
  EXPECT_THAT(Listed(absl::Substitute("sku: '$0'", Sku("none"))), IsEmpty());
}

}  // namespace
}  // namespace inventory::integration
