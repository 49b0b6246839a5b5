// ImportInventory: rows of every kind, what is refused and how, and what holds over many chunks.
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "server/rpc/command_stream.h"
#include "tests/integration/bulk_calls.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class ImportTest : public ServerTest {
 protected:
  // A chunk of these rows in text format: `list` is the field.
  static v1::ImportChunk Chunk(int64_t first_row, const std::string& list, const std::vector<std::string>& rows) {
    std::string text = absl::StrCat("first_row: ", first_row);
    for (const std::string& row : rows) absl::StrAppend(&text, " ", list, " { ", row, " }");
    return Pb<v1::ImportChunk>(text);
  }
  std::string Update(const std::string& suffix, const std::string& change, const std::string& warehouse = "w1") const {
    return absl::Substitute("sku: '$0' warehouse_id: '$1' $2", Sku(suffix), warehouse, change);
  }
  // Chunks of 500 counts, each of a SKU of its own.
  std::vector<v1::ImportChunk> Counts(int rows) const {
    std::vector<v1::ImportChunk> chunks;
    for (int i = 0; i < rows; ++i) {
      if (i % 500 == 0) chunks.emplace_back().set_first_row(i + 1);
      v1::StockUpdate& update = *chunks.back().add_stock_updates();
      update.set_sku(Sku(absl::StrCat(i)));
      update.set_warehouse_id("w1");
      update.set_set_on_hand(i % 10);
    }
    return chunks;
  }
  static int64_t CountMovements() { return Sql("SELECT COUNT(*) FROM movement")[0].Int(0); }
  static int64_t CountAnswers(const std::string& import_id) {
    return Sql(absl::Substitute("SELECT COUNT(*) FROM request_record WHERE request_id LIKE '$0/%'", import_id))[0].Int(
        0);
  }
  // What ends a call of which only these messages are sent.
  static absl::Status EndOf(const std::vector<std::string>& messages) {
    ImportCall call(client());
    for (const std::string& message : messages) call.Send(Pb<v1::ImportInventoryRequest>(message));
    call.Close();
    while (call.Receive()) {
    }
    return call.Finish();
  }
  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    EXPECT_EQ(Outcome(status), "INVALID_ARGUMENT INVALID_FIELDS");
    const auto fields = ViolationsOf(status);
    return {fields.begin(), fields.end()};
  }
};

TEST_F(ImportTest, TakesEveryKindOfRow) {
  const std::string id = Name("w");
  const auto imported =
      Import(client(), Name("all"),
             {Chunk(1, "warehouses", {absl::Substitute("warehouse_id: '$0' name: 'One'", id)}),
              Chunk(2, "items",
                    {absl::Substitute("sku: '$0' min_order_quantity: 2", Sku("kit-part")),
                     absl::Substitute("sku: '$0' components { sku: '$1' quantity: 3 }", Sku("kit"), Sku("kit-part"))}),
              Chunk(4, "stock_updates",
                    {Update("kit-part", "set_on_hand: 7", id), Update("kit-part", "adjust_on_hand: -1", id),
                     Update("kit-part", "set_safety_stock: 2", id), Update("kit", "set_on_hand: 1", id)})});
  EXPECT_EQ(Outcome(imported.status), "OK") << imported.status;
  EXPECT_EQ(Show(imported), "6 applied, 7: FAILED_PRECONDITION ITEM_IS_KIT");
  ASSERT_TRUE(imported.summary);
  EXPECT_THAT(*imported.summary, EqualsProto(Pb<v1::ImportSummary>("row_count: 7 applied_count: 6 rejected_count: 1")));
  EXPECT_EQ(Show(LevelOf(Sku("kit-part"), id)), "6 on hand, 0 reserved, 2 safety, 4 available");
  EXPECT_EQ(Must(client().Call(Pb<v1::GetItemRequest>(absl::Substitute("sku: '$0'", Sku("kit"))))).components_size(),
            1);
}

TEST_F(ImportTest, ChangesOfItemsAndWarehousesWhatTheMaskSays) {
  const std::string sku = Sku("item");
  const auto item = [&sku](const std::string& fields) {
    return Chunk(1, "items", {absl::Substitute("sku: '$0' $1", sku, fields)});
  };
  const auto stored = [&sku] {
    return Must(client().Call(Pb<v1::GetItemRequest>(absl::Substitute("sku: '$0'", sku))));
  };
  Import(client(), Name("1"), {item("display_availability: true min_order_quantity: 2")});
  Import(client(), Name("2"), {item("min_order_quantity: 3")});
  EXPECT_TRUE(stored().display_availability());
  EXPECT_EQ(stored().min_order_quantity(), 3);
  Import(client(), Name("3"), {item("min_order_quantity: 4")}, "item_mask { paths: 'display_availability' }");
  EXPECT_FALSE(stored().display_availability());
  EXPECT_EQ(stored().min_order_quantity(), 3);
  Import(client(), Name("4"), {item("")}, "item_mask { paths: '*' }");
  EXPECT_EQ(stored().min_order_quantity(), 1);
}

TEST_F(ImportTest, RefusedRowsAreReportedAndTheOthersGoOn) {
  const auto imported =
      Import(client(), Name("id"),
             {Chunk(10, "stock_updates",
                    {Update("a", "set_on_hand: 5"), Update("a", "adjust_on_hand: -6"), Update("a", ""),
                     "sku: ' a' warehouse_id: '' set_on_hand: -1", Update("a", "set_on_hand: 1", Name("none")),
                     Update("a", "set_on_hand: 9 etag: '7'"), Update("a", "set_on_hand: 9 unit: 'box'"),
                     Update("a", "adjust_on_hand: -2")}),
              Chunk(100, "items", {"sku: ''", absl::Substitute("sku: '$0' multiple_order_quantity: 0", Sku("a"))}),
              Chunk(200, "warehouses", {"name: 'no id'", absl::Substitute("warehouse_id: '$0'", Name("w"))})});
  EXPECT_EQ(Show(imported),
            "2 applied, 11: FAILED_PRECONDITION INSUFFICIENT_ON_HAND, 12: INVALID_ARGUMENT INVALID_FIELDS, "
            "13: INVALID_ARGUMENT INVALID_FIELDS, 14: NOT_FOUND WAREHOUSE_NOT_FOUND, 15: ABORTED ETAG_MISMATCH, "
            "16: INVALID_ARGUMENT UNIT_UNKNOWN, 100: INVALID_ARGUMENT INVALID_FIELDS, "
            "101: INVALID_ARGUMENT INVALID_FIELDS, 200: INVALID_ARGUMENT INVALID_FIELDS, "
            "201: INVALID_ARGUMENT INVALID_FIELDS");
  const auto fields = [&imported](int chunk, int reject) {
    return FieldsOf(FromProto(imported.results.at(chunk).rejects(reject).error()));
  };
  EXPECT_THAT(fields(0, 1), ElementsAre("stock_update"));
  EXPECT_THAT(fields(0, 2), ElementsAre("stock_update.set_on_hand", "stock_update.sku", "stock_update.warehouse_id"));
  EXPECT_THAT(fields(1, 1), ElementsAre("item.multiple_order_quantity"));
  EXPECT_THAT(fields(2, 1), ElementsAre("warehouse.name"));
  EXPECT_EQ(LevelOf(Sku("a"), "w1").on_hand(), 3);
}

// Random chunks over few levels: every level ends with its last row, and its ledger has its rows in order.
TEST_F(ImportTest, RowsOfOneLevelApplyInOrderOverAllChunks) {
  std::mt19937 random(7);
  std::vector<v1::ImportChunk> chunks;
  std::map<std::string, std::vector<int64_t>> counts;
  int64_t row = 1;
  for (int i = 0; i < 60; ++i) {
    chunks.emplace_back().set_first_row(row);
    const int rows = 1 + static_cast<int>(random() % 40);
    for (int j = 0; j < rows; ++j, ++row) {
      v1::StockUpdate& update = *chunks.back().add_stock_updates();
      update.set_sku(Sku(absl::StrCat(random() % 200)));
      update.set_warehouse_id(random() % 2 == 0 ? "w1" : "w2");
      update.set_set_on_hand(row);
      counts[absl::StrCat(update.sku(), " ", update.warehouse_id())].push_back(row);
    }
  }
  const Imported imported = Import(client(), Name("id"), chunks);
  EXPECT_EQ(Show(imported), absl::StrCat(row - 1, " applied"));
  std::vector<int64_t> first_rows;
  for (const auto& result : imported.results) first_rows.push_back(result.first_row());
  EXPECT_TRUE(std::is_sorted(first_rows.begin(), first_rows.end()));
  EXPECT_THAT(first_rows, SizeIs(60));
  std::map<std::string, std::vector<int64_t>> ledger;
  const storage::Rows movements = Sql(absl::Substitute(
      "SELECT sku, warehouse_id, balance_on_hand FROM movement WHERE sku LIKE '$0%' ORDER BY sku, sequence", Sku("")));
  for (const auto& movement : movements) {
    const std::string level = absl::StrCat(std::string(movement.Text(0)), " ", std::string(movement.Text(1)));
    ledger[level].push_back(movement.Int(2));
  }
  EXPECT_EQ(ledger, counts);
}

// All chunks of an atomic import wait for its end, so together they take no more memory than one request may.
TEST_F(ImportTest, AtomicTakesNoMoreMemoryThanARequest) {
  v1::ImportChunk chunk = Chunk(1, "items", {absl::Substitute("sku: '$0'", Sku("a"))});
  for (int i = 0; i < 150'000; ++i) chunk.mutable_items(0)->mutable_units_of_measure()->add_units();
  v1::ImportChunk next = chunk;
  next.set_first_row(2);
  next.mutable_items(0)->set_sku(Sku("b"));
  const Imported refused = Import(client(), Name("large"), {chunk, next, next}, "error_policy: ERROR_POLICY_ATOMIC");
  EXPECT_EQ(Outcome(refused.status), "INVALID_ARGUMENT REQUEST_TOO_LARGE");
}

TEST_F(ImportTest, AtomicIsAllOrNothingAndNamesTheRow) {
  const std::string atomic = "error_policy: ERROR_POLICY_ATOMIC";
  const std::vector<v1::ImportChunk> good = {Chunk(1, "stock_updates", {Update("a", "set_on_hand: 5")}),
                                             Chunk(7, "stock_updates", {Update("b", "set_on_hand: 6")})};
  std::vector<v1::ImportChunk> bad = good;
  bad.push_back(Chunk(20, "stock_updates", {Update("a", "adjust_on_hand: 1"), Update("a", "adjust_on_hand: -9")}));
  const Imported refused = Import(client(), Name("bad"), bad, atomic);
  EXPECT_EQ(Outcome(refused.status), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  EXPECT_EQ(MetadataOf(refused.status)["row"], "21");
  EXPECT_TRUE(absl::StartsWith(refused.status.message(), "row 21: ")) << refused.status;
  EXPECT_EQ(Sql(absl::Substitute("SELECT COUNT(*) FROM movement WHERE sku LIKE '$0%'", Sku("")))[0].Int(0), 0);

  for (int i = 0; i < 2; ++i) {
    const Imported done = Import(client(), Name("good"), good, atomic);
    EXPECT_EQ(Show(done), "2 applied");
    ASSERT_THAT(done.results, SizeIs(1));
    EXPECT_EQ(done.results[0].first_row(), 1);
  }
  EXPECT_EQ(LevelOf(Sku("b"), "w1").version(), 1);
  EXPECT_EQ(Outcome(Import(client(), Name("good"), good).status), "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_EQ(Outcome(Import(client(), Name("none"), {}, atomic).status), "OK");

  const Imported large = Import(client(), Name("large"), Counts(1001), atomic);
  EXPECT_THAT(FieldsOf(large.status), ElementsAre("chunk"));
  const Imported mixed =
      Import(client(), Name("mixed"), {good[0], Chunk(2, "items", {absl::Substitute("sku: '$0'", Sku("a"))})}, atomic);
  EXPECT_THAT(FieldsOf(mixed.status), ElementsAre("chunk"));
  EXPECT_EQ(Show(Import(client(), Name("most"), Counts(1000), atomic)), "1000 applied");
}

TEST_F(ImportTest, ARepeatedImportOfTenThousandRowsDoesNothingAndAnswersTheSame) {
  const std::vector<v1::ImportChunk> chunks = Counts(10'000);
  const Imported first = Import(client(), Name("feed"), chunks, "", absl::Minutes(2));
  EXPECT_EQ(Show(first), "10000 applied");
  const int64_t movements = CountMovements();
  const Imported again = Import(client(), Name("feed"), chunks, "", absl::Minutes(2));
  EXPECT_EQ(Outcome(again.status), "OK");
  ASSERT_EQ(again.results.size(), first.results.size());
  for (std::size_t i = 0; i < first.results.size(); ++i) {
    EXPECT_THAT(again.results[i], EqualsProto(first.results[i]));
  }
  EXPECT_THAT(*again.summary, EqualsProto(*first.summary));
  // Another id is another import; nothing differs, so nothing moves.
  EXPECT_EQ(Show(Import(client(), Name("other"), chunks, "", absl::Minutes(2))), "10000 applied");
  EXPECT_EQ(CountMovements(), movements);
}

TEST_F(ImportTest, TheSameIdWithAnotherStartOrOtherRowsIsRefused) {
  const v1::ImportChunk chunk = Chunk(1, "items", {absl::Substitute("sku: '$0'", Sku("a"))});
  ASSERT_EQ(Outcome(Import(client(), Name("id"), {chunk}).status), "OK");
  EXPECT_EQ(
      Outcome(Import(client(), Name("id"), {Chunk(1, "items", {absl::Substitute("sku: '$0'", Sku("b"))})}).status),
      "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_EQ(Outcome(Import(client(), Name("id"), {chunk}, "item_mask { paths: '*' }").status),
            "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_EQ(Outcome(Import(client(), Name("id"), {chunk}).status), "OK");
}

TEST_F(ImportTest, AStreamThatIsNoImportIsToldWhatIsWrong) {
  const std::string start = absl::Substitute("start { import_id: '$0' }", Name("id"));
  const std::string row = "stock_updates { sku: 'x' warehouse_id: 'w1' set_on_hand: 1 }";
  EXPECT_THAT(FieldsOf(EndOf({})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({start})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({""})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({"end {}"})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({absl::Substitute("chunk { first_row: 1 $0 }", row)})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({start, start})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({start, ""})), ElementsAre("message"));
  EXPECT_THAT(FieldsOf(EndOf({"start {}"})), ElementsAre("start.import_id"));
  EXPECT_THAT(FieldsOf(EndOf({absl::Substitute(
                  "start { import_id: '$0' error_policy: 9 item_mask { paths: 'sku' } warehouse_mask { paths: 'x' } }",
                  std::string(97, 'x'))})),
              ElementsAre("start.error_policy", "start.import_id", "start.item_mask", "start.warehouse_mask"));
  const auto chunk = [&](const std::string& fields) {
    return FieldsOf(EndOf({start, absl::Substitute("chunk { $0 }", fields)}));
  };
  EXPECT_THAT(chunk(""), ElementsAre("chunk", "chunk.first_row"));
  EXPECT_THAT(chunk("first_row: 0 " + row), ElementsAre("chunk.first_row"));
  EXPECT_THAT(chunk("first_row: 1000000000000001 " + row), ElementsAre("chunk.first_row"));
  EXPECT_THAT(chunk(absl::StrCat("first_row: 1 items { sku: 'x' } ", row)), ElementsAre("chunk"));
  std::string many = "first_row: 1";
  for (int i = 0; i < 501; ++i) absl::StrAppend(&many, " ", row);
  EXPECT_THAT(chunk(many), ElementsAre("chunk.stock_updates"));
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM item WHERE sku = 'x'")[0].Int(0), 0);
}

TEST_F(ImportTest, RowsBeforeABrokenMessageAreDoneAndAnswered) {
  ImportCall call(client());
  call.Start(Name("id"));
  call.SendChunk(Chunk(5, "stock_updates", {Update("a", "set_on_hand: 5")}));
  call.SendChunk(Chunk(5, "stock_updates", {Update("b", "set_on_hand: 5")}));
  const auto answer = call.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->chunk_result().applied_count(), 1);
  EXPECT_FALSE(call.Receive());
  EXPECT_THAT(FieldsOf(call.Finish()), ElementsAre("chunk.first_row"));
  EXPECT_EQ(LevelOf(Sku("a"), "w1").on_hand(), 5);
}

TEST_F(ImportTest, MessagesThatAreTooLargeOrNoMessagesEndTheStream) {
  ImportCall call(client());
  call.Start(Name("id"));
  v1::ImportChunk chunk = Chunk(1, "stock_updates", {Update("a", "set_on_hand: 5")});
  chunk.mutable_stock_updates(0)->set_reason(std::string(5 << 20, 'x'));
  call.SendChunk(chunk);
  call.SendEnd();
  while (const auto answer = call.Receive()) EXPECT_FALSE(answer->has_summary());
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kResourceExhausted);

  grpc::GenericStub stub(client().channel());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(&context, "/inventory.v1.InventoryService/ImportInventory", &queue);
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  stream->StartCall(nullptr);
  ASSERT_TRUE(wait());
  const grpc::Slice garbage(std::string("\xff\xff\xff\xff"));
  stream->Write(grpc::ByteBuffer(&garbage, 1), nullptr);
  ASSERT_TRUE(wait());
  grpc::ByteBuffer nothing;
  stream->Read(&nothing, nullptr);
  EXPECT_FALSE(wait());
  grpc::Status status;
  stream->Finish(&status, nullptr);
  ASSERT_TRUE(wait());
  EXPECT_EQ(Outcome(FromGrpc(status)), "INVALID_ARGUMENT MALFORMED_REQUEST");
}

// Answers that nobody reads stop the reading of rows: neither memory nor work runs ahead of the caller.
TEST_F(ImportTest, ACallerWhoDoesNotReadIsWaitedFor) {
  constexpr int kChunks = 60;
  std::vector<v1::ImportChunk> chunks;
  for (int i = 0; i < kChunks; ++i) {
    chunks.emplace_back().set_first_row(i * 500 + 1);
    for (int row = 0; row < 500; ++row) {
      // A long refusal each, so that answers fill what the connection holds for the caller.
      *chunks.back().add_stock_updates() = Pb<v1::StockUpdate>(Update("a", "adjust_on_hand: -1", Name("none")));
    }
  }
  // A connection that holds 64 KiB for its caller, instead of more and more.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  ImportCall call(grpc::CreateCustomChannel(server().address(), grpc::InsecureChannelCredentials(), arguments),
                  absl::Minutes(2));
  std::thread sender([&] {
    call.Start(Name("id"));
    for (const v1::ImportChunk& chunk : chunks) call.SendChunk(chunk);
    call.SendEnd();
  });
  ASSERT_TRUE(Eventually([&] { return CountAnswers(Name("id")) >= 4; }));
  // Had the server gone on, it would have while it answered these.
  for (int i = 0; i < 200; ++i) SetStock(Sku("b"), "w1", i);
  EXPECT_LT(CountAnswers(Name("id")), kChunks / 2);
  int results = 0;
  while (const auto answer = call.Receive()) results += answer->has_chunk_result() ? 1 : 0;
  sender.join();
  EXPECT_EQ(Outcome(call.Finish()), "OK");
  EXPECT_EQ(results, kChunks);
}

TEST_F(ImportTest, OnlySoManyStreamsAreOpenAtOnce) {
  constexpr int kMostOfOneCaller = 8;
  std::vector<std::unique_ptr<ImportCall>> open;
  for (int i = 0; i < kMostOfOneCaller; ++i) {
    open.push_back(std::make_unique<ImportCall>(client()));
    open.back()->Start(Name(absl::StrCat(i)));
    open.back()->SendChunk(Chunk(1, "stock_updates", {Update(absl::StrCat(i), "set_on_hand: 1")}));
    ASSERT_TRUE(open.back()->Receive()) << open.back()->Finish();
  }
  const Imported refused = Import(client(), Name("more"), {});
  EXPECT_EQ(Outcome(refused.status), "RESOURCE_EXHAUSTED TOO_MANY_STREAMS");
  EXPECT_TRUE(RetryDelayOf(refused.status));
  v1::ExportInventoryRequest request;
  request.mutable_items();
  EXPECT_EQ(Outcome(Export(client(), request).status), "RESOURCE_EXHAUSTED TOO_MANY_STREAMS");
  open.clear();
  EXPECT_TRUE(Eventually([&] { return Import(client(), Name("more"), {}).status.ok(); }));
}

TEST_F(ImportTest, ADeadlineEndsIt) {
  ImportCall call(client(), absl::Milliseconds(300));
  call.Start(Name("id"));
  while (call.Receive()) {
  }
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace inventory::integration
