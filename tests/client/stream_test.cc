// Typed streams over gRPC, against a server in this process.
#include "inventory/client/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sample/v1/sample_service.client.h"
#include "tests/client/sample_server.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

using integration::Eventually;
using sample::client::SampleClient;
using sample::v1::StoreThingsResponse;
using sample::v1::Thing;
using ::testing::ElementsAre;

using Context = grpc::ServerContext;

const grpc::Status kBroken(grpc::StatusCode::DATA_LOSS, "broken");

Thing Named(const std::string& name) {
  Thing thing;
  thing.set_name(name);
  return thing;
}

std::unique_ptr<SampleClient> ClientOf(const SampleServer& server) {
  return sample::client::MakeSampleClient(*Connect({.addresses = {server.address()}, .plaintext = true}));
}

// The names that come, and how it ends.
std::vector<std::string> ReadAll(ReadStream<Thing>& stream) {
  std::vector<std::string> seen;
  while (true) {
    absl::StatusOr<std::optional<Thing>> thing = stream.Read();
    if (!thing.ok()) seen.push_back(thing.status().ToString());
    if (thing.ok() && !thing->has_value()) seen.push_back("end");
    if (!thing.ok() || !thing->has_value()) return seen;
    seen.push_back((*thing)->name());
  }
}

TEST(StreamTest, ReadsToTheEnd) {
  SampleServer server({.watch = [](Context&, grpc::ServerWriter<Thing>& writer) {
    for (const char* name : {"a", "b", "c"}) writer.Write(Named(name));
    return grpc::Status::OK;
  }});
  auto stream = ClientOf(server)->WatchThings({});
  ASSERT_TRUE(stream.ok());
  EXPECT_THAT(ReadAll(**stream), ElementsAre("a", "b", "c", "end"));
  EXPECT_THAT(ReadAll(**stream), ElementsAre("end")) << "the end stays";
}

TEST(StreamTest, ReadsToAnError) {
  SampleServer server({.watch = [](Context&, grpc::ServerWriter<Thing>& writer) {
    writer.Write(Named("a"));
    return kBroken;
  }});
  auto stream = ClientOf(server)->WatchThings({});
  ASSERT_TRUE(stream.ok());
  EXPECT_THAT(ReadAll(**stream), ElementsAre("a", "DATA_LOSS: broken"));
  EXPECT_THAT(ReadAll(**stream), ElementsAre("DATA_LOSS: broken"));
}

// Goal: a stream that is let go or cancelled does not go on at the server.
TEST(StreamTest, ReadingCanBeGivenUp) {
  std::atomic<int> ended = 0;
  SampleServer server({.watch = [&](Context&, grpc::ServerWriter<Thing>& writer) {
    while (writer.Write(Named("a"))) {
    }
    ++ended;
    return grpc::Status::OK;
  }});
  const auto client = ClientOf(server);
  {
    auto stream = client->WatchThings({});
    ASSERT_TRUE(stream.ok());
    EXPECT_TRUE((*stream)->Read().ok());
  }
  EXPECT_TRUE(Eventually([&] { return ended == 1; }));
  auto stream = client->WatchThings({});
  ASSERT_TRUE(stream.ok());
  EXPECT_TRUE((*stream)->Read().ok());
  (*stream)->Cancel();
  EXPECT_EQ(ReadAll(**stream).back().substr(0, 9), "CANCELLED");
  EXPECT_TRUE(Eventually([&] { return ended == 2; }));
}

TEST(StreamTest, EndsAtItsDeadline) {
  SampleServer server({.watch = [](Context& context, auto&&...) {
    Eventually([&] { return context.IsCancelled(); });
    return grpc::Status::OK;
  }});
  auto stream = ClientOf(server)->WatchThings({}, {.timeout = absl::Milliseconds(100)});
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ((*stream)->Read().status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(StreamTest, WritesToAnAnswer) {
  SampleServer server({.store = [](Context&, grpc::ServerReader<Thing>& reader, StoreThingsResponse& response) {
    for (Thing thing; reader.Read(&thing);) response.set_count(response.count() + 1);
    return grpc::Status::OK;
  }});
  auto stream = ClientOf(server)->StoreThings();
  ASSERT_TRUE(stream.ok());
  for (int i = 0; i < 100; ++i) EXPECT_EQ((*stream)->Write(Named(absl::StrCat(i))), absl::OkStatus());
  const absl::StatusOr<StoreThingsResponse> response = (*stream)->Finish();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->count(), 100);
}

TEST(StreamTest, FinishSaysWhyWritingFails) {
  SampleServer server({.store = [](auto&&...) { return kBroken; }});
  auto stream = ClientOf(server)->StoreThings();
  ASSERT_TRUE(stream.ok());
  EXPECT_TRUE(Eventually([&] { return !(*stream)->Write(Named("a")).ok(); }));
  EXPECT_EQ((*stream)->Finish().status(), absl::DataLossError("broken"));
}

TEST(StreamTest, FinishKeepsItsAnswer) {
  SampleServer server({.store = [](Context&, grpc::ServerReader<Thing>& reader, StoreThingsResponse& response) {
    for (Thing thing; reader.Read(&thing);) response.set_count(response.count() + 1);
    return grpc::Status::OK;
  }});
  auto stream = ClientOf(server)->StoreThings();
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ((*stream)->Write(Named("a")), absl::OkStatus());
  for (int i = 0; i < 2; ++i) {
    const absl::StatusOr<StoreThingsResponse> response = (*stream)->Finish();
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->count(), 1);
  }
  EXPECT_EQ((*stream)->Write(Named("b")).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(StreamTest, FinishKeepsItsError) {
  SampleServer server({.store = [](auto&&...) { return kBroken; }});
  auto stream = ClientOf(server)->StoreThings();
  ASSERT_TRUE(stream.ok());
  for (int i = 0; i < 2; ++i) EXPECT_EQ((*stream)->Finish().status(), absl::DataLossError("broken"));
}

TEST(StreamTest, WritingIsDoneOnce) {
  SampleServer server({.exchange = [](Context&, grpc::ServerReaderWriter<Thing, Thing>& stream) {
    for (Thing thing; stream.Read(&thing);) stream.Write(thing);
    return grpc::Status::OK;
  }});
  auto stream = ClientOf(server)->ExchangeThings();
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ((*stream)->Write(Named("a")), absl::OkStatus());
  EXPECT_EQ((*stream)->WritesDone(), absl::OkStatus());
  EXPECT_EQ((*stream)->WritesDone().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ((*stream)->Write(Named("b")).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(ReadAll(**stream), ElementsAre("a", "end"));
  EXPECT_EQ((*stream)->WritesDone().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(StreamTest, WritingAfterTheEndFails) {
  SampleServer server({.exchange = [](auto&&...) { return grpc::Status::OK; }});
  auto stream = ClientOf(server)->ExchangeThings();
  ASSERT_TRUE(stream.ok());
  EXPECT_THAT(ReadAll(**stream), ElementsAre("end"));
  EXPECT_EQ((*stream)->Write(Named("a")).code(), absl::StatusCode::kUnavailable);
  (*stream)->WritesDone().IgnoreError();
  EXPECT_THAT(ReadAll(**stream), ElementsAre("end"));
}

TEST(StreamTest, ExchangesBothWaysAtOnce) {
  SampleServer server({.exchange = [](Context&, grpc::ServerReaderWriter<Thing, Thing>& stream) {
    for (Thing thing; stream.Read(&thing);) stream.Write(thing);
    return grpc::Status::OK;
  }});
  auto stream = ClientOf(server)->ExchangeThings();
  ASSERT_TRUE(stream.ok());
  constexpr int kThings = 2000;
  const std::string much(10'000, 'x');  // More than the connection's windows hold: neither side can wait for the other.
  std::thread writer([&] {
    for (int i = 0; i < kThings; ++i) EXPECT_EQ((*stream)->Write(Named(absl::StrCat(i, much))), absl::OkStatus());
    EXPECT_EQ((*stream)->WritesDone(), absl::OkStatus());
  });
  for (int i = 0; i < kThings; ++i) {
    const absl::StatusOr<std::optional<Thing>> thing = (*stream)->Read();
    ASSERT_TRUE(thing.ok() && thing->has_value()) << i;
    EXPECT_EQ((*thing)->name(), absl::StrCat(i, much));
  }
  EXPECT_THAT(ReadAll(**stream), ElementsAre("end"));
  writer.join();
}

TEST(StreamTest, AWriterLearnsOfTheEnd) {
  SampleServer server({.exchange = [](auto&&...) { return kBroken; }});
  auto stream = ClientOf(server)->ExchangeThings();
  ASSERT_TRUE(stream.ok());
  EXPECT_TRUE(Eventually([&] { return !(*stream)->Write(Named("a")).ok(); }));
  EXPECT_THAT(ReadAll(**stream), ElementsAre("DATA_LOSS: broken"));
}

}  // namespace
}  // namespace inventory::client
