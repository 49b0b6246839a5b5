// Whose calls are in traces, and what traces show of them.
#include <set>
#include <thread>

#include "tests/integration/sessions.h"
#include "tests/integration/tracing_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using TracingSpansTest = TracingTest;

TEST_F(TracingSpansTest, AReservationIsATree) {
  SetStock(Sku(), "w1", 5);
  v1::ReserveStockRequest request = ReserveRequest({{Sku(), 2}}, {.request_id = Name("request")});
  Must(CallIn(Trace(), client(), request, &Stub::ReserveStock));
  const std::vector<Collected> spans = collector().Await(Trace(), 5);
  ASSERT_EQ(spans.size(), 5u);

  const Collected call = Named(spans, "inventory.v1.InventoryService/ReserveStock");
  EXPECT_EQ(call.parent_id, kCaller);
  EXPECT_EQ(call.kind, "SERVER");
  EXPECT_FALSE(call.failed);
  EXPECT_THAT(call.attributes,
              UnorderedElementsAre(Pair("rpc.system", "grpc"), Pair("rpc.service", "inventory.v1.InventoryService"),
                                   Pair("rpc.method", "ReserveStock"), Pair("rpc.grpc.status_code", "0"),
                                   Pair("inventory.request_id", Name("request"))));
  const Collected wait = Named(spans, "wait for a lane");
  const Collected batch = Named(spans, "batch");
  ExpectWithin(wait, call);
  ExpectWithin(batch, call);
  EXPECT_EQ(wait.end, batch.start);
  EXPECT_THAT(batch.attributes,
              UnorderedElementsAre(Pair("inventory.command", "ReserveStock"), Pair("inventory.batch_commands", "1")));
  const Collected load = Named(spans, "lock and load");
  const Collected commit = Named(spans, "write and commit");
  ExpectWithin(load, batch);
  ExpectWithin(commit, batch);
  EXPECT_LT(load.start, load.end);
  EXPECT_LE(load.end, commit.start);
  EXPECT_LT(commit.start, commit.end);
  for (const Collected& span : {load, commit}) {
    EXPECT_EQ(span.kind, "CLIENT");
    EXPECT_THAT(span.attributes, UnorderedElementsAre(Pair("db.system", "mysql")));
  }
  std::set<std::string> ids;
  for (const Collected& span : spans) {
    ids.insert(span.span_id);
    EXPECT_EQ(span.state, "shop=a1,other=b2");
  }
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_EQ(call.resource.at("service.name"), "inventory-server");
  EXPECT_NE(call.resource.at("service.version"), "");
  EXPECT_NE(call.resource.at("service.instance.id"), "");
}

TEST_F(TracingSpansTest, ACallThatIsRefusedIsATreeToo) {
  SetStock(Sku(), "w1", 1);
  EXPECT_EQ(Outcome(CallIn(Trace(1), client(), ReserveRequest({{Sku(), 2}}), &Stub::ReserveStock)),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  const std::vector<Collected> spans = collector().Await(Trace(1), 5);
  ASSERT_EQ(spans.size(), 5u);
  const Collected call = Named(spans, "inventory.v1.InventoryService/ReserveStock");
  EXPECT_EQ(call.attributes.at("rpc.grpc.status_code"), "9");
  EXPECT_EQ(call.attributes.at("inventory.reason"), "INSUFFICIENT_STOCK");
  EXPECT_FALSE(call.failed) << "it is the caller who has asked for too much";

  EXPECT_EQ(Outcome(CallIn(Trace(2), client(), v1::ReserveStockRequest(), &Stub::ReserveStock)),
            "INVALID_ARGUMENT INVALID_FIELDS");
  const std::vector<Collected> malformed = collector().Await(Trace(2), 1);
  ASSERT_EQ(malformed.size(), 1u);
  EXPECT_EQ(malformed[0].attributes.at("rpc.grpc.status_code"), "3");
}

TEST_F(TracingSpansTest, AReadHasItsWaitAndItsQuery) {
  SetStock(Sku(), "w1", 5);
  Must(GetLevel(Trace(1), Sku()));
  v1::GetAvailabilityRequest request;
  request.set_channel_id("web");
  request.add_skus(Sku());
  Must(CallIn(Trace(2), client(), request, &Stub::GetAvailability));
  for (const auto& [trace, method] : {std::pair(Trace(1), "GetStockLevel"), {Trace(2), "GetAvailability"}}) {
    const std::vector<Collected> spans = collector().Await(trace, 3);
    ASSERT_EQ(spans.size(), 3u) << method;
    const Collected call = Named(spans, absl::StrCat("inventory.v1.InventoryService/", method));
    const Collected wait = Named(spans, "wait for a reader");
    const Collected read = Named(spans, "read");
    ExpectWithin(wait, call);
    ExpectWithin(read, call);
    EXPECT_EQ(wait.end, read.start);
    EXPECT_LT(read.start, read.end);
    EXPECT_EQ(read.kind, "CLIENT");
    EXPECT_EQ(read.attributes.at("db.system"), "mysql");
  }
}

TEST_F(TracingSpansTest, AStreamHasWhatItsStepsDo) {
  SetStock(Sku(), "w1", 5);
  Stub stub(client().channel());
  grpc::ClientContext context;
  context.AddMetadata("traceparent", absl::StrCat("00-", Trace(), "-", kCaller, "-01"));
  v1::ExportInventoryRequest request;
  request.mutable_stock_levels();
  const auto stream = stub.ExportInventory(&context, request);
  v1::ExportInventoryResponse page;
  while (stream->Read(&page)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  const std::vector<Collected> spans = collector().Await(Trace(), 3);
  const Collected call = Named(spans, "inventory.v1.InventoryService/ExportInventory");
  ExpectWithin(Named(spans, "read"), call);
}

TEST_F(TracingSpansTest, OfALongStreamTheFirstStepsAreRecordedAndTheRestCounted) {
  for (int i = 0; i < 105; ++i) SetStock(Sku(absl::StrCat(i)), "w1", 5);
  Stub stub(client().channel());
  grpc::ClientContext context;
  context.AddMetadata("traceparent", absl::StrCat("00-", Trace(), "-", kCaller, "-01"));
  v1::ExportInventoryRequest request;
  request.mutable_stock_levels();
  request.set_page_size(1);
  const auto stream = stub.ExportInventory(&context, request);
  int pages = 0;
  for (v1::ExportInventoryResponse page; stream->Read(&page);) ++pages;
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_GE(pages, 105);
  const std::vector<Collected> spans = collector().Await(Trace(), 201);
  EXPECT_EQ(spans.size(), 201u);
  EXPECT_EQ(CountNamed(spans, "read"), 100u);
  const Collected call = Named(spans, "inventory.v1.InventoryService/ExportInventory");
  EXPECT_EQ(call.attributes.at("inventory.steps"), absl::StrCat(pages));
}

TEST_F(TracingSpansTest, ACommandWhoseDeadlinePassesHasWaitedInVain) {
  SetStock(Sku(), "w1", 5);
  const std::unique_ptr<storage::Connection> blocker = storage::MustOpen(database());
  storage::Must(*blocker, {"BEGIN", absl::StrCat("SELECT * FROM item WHERE sku = '", Sku(), "' FOR UPDATE")});
  v1::AdjustStockRequest adjust;
  adjust.set_sku(Sku());
  adjust.set_warehouse_id("w1");
  adjust.set_delta(1);
  std::thread first([&] { Must(CallIn(Trace(1), client(), adjust, &Stub::AdjustStock)); });
  storage::WaitForLockWaits(*storage::MustOpen(database()), database().database);
  EXPECT_EQ(Outcome(CallIn(Trace(2), client(), adjust, &Stub::AdjustStock, "01", absl::Milliseconds(300))),
            "DEADLINE_EXCEEDED");
  // The server counts from when the call came, and would take it for cancelled before.
  absl::SleepFor(absl::Milliseconds(300));
  storage::Must(*blocker, {"COMMIT"});
  first.join();
  EXPECT_FALSE(Named(collector().Await(Trace(1), 5), "wait for a lane").failed);
  const std::vector<Collected> spans = collector().Await(Trace(2), 2);
  const Collected wait = Named(spans, "wait for a lane");
  EXPECT_TRUE(wait.failed);
  EXPECT_EQ(wait.parent_id, Named(spans, "inventory.v1.InventoryService/AdjustStock").span_id);
  EXPECT_EQ(CountNamed(spans, "batch"), 0u);
}

TEST_F(TracingSpansTest, WhoIsNotSampledIsNotExported) {
  SetStock(Sku(), "w1", 5);
  Must(GetLevel(Trace(1), Sku(), client(), "00"));
  Must(GetLevel("", Sku()));
  // Spans are posted in the order in which they end.
  Must(GetLevel(Trace(2), Sku()));
  EXPECT_EQ(collector().Await(Trace(2), 3).size(), 3u);
  EXPECT_EQ(collector().SpansOf(Trace(1)).size(), 0u);
  // Every span of this suite's server has a parent: no call began a trace.
  for (const Collected& span : collector().SpansOf("")) EXPECT_NE(span.parent_id, "") << span.name;
}

TEST_F(TracingSpansTest, OfCallsThatDecideNothingTheRatioIsExported) {
  SetStock(Sku(), "w1", 5);
  Collector own;
  const auto second = Start({own.option(), "--trace-ratio=1"},
                            {{"OTEL_SERVICE_NAME", "stock-eu"}, {"OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=stock-0"}});
  const Client calls(second->address());
  Must(GetLevel("", Sku(), calls));
  const Collected call = Named(own.Await("", 3), "inventory.v1.InventoryService/GetStockLevel");
  EXPECT_EQ(call.parent_id, "");
  EXPECT_EQ(call.trace_id.size(), 32u);
  EXPECT_EQ(call.resource.at("service.name"), "stock-eu");
  EXPECT_EQ(call.resource.at("k8s.pod.name"), "stock-0");
  // What waits when the server stops is posted.
  for (int i = 0; i < 100; ++i) Must(GetLevel("", Sku(), calls));
  EXPECT_EQ(second->Stop(), 0);
  EXPECT_EQ(own.SpansOf("").size(), 303u);
}

}  // namespace
}  // namespace inventory::integration
