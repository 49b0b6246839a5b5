// Connections over gRPC, against a server in this process.
#include "inventory/client/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "inventory/client/errors.h"
#include "sample/v1/sample_service.client.h"
#include "tests/client/sample_server.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

using integration::Eventually;
using integration::FreePort;
using sample::client::MakeSampleClient;
using sample::client::SampleClient;
using sample::v1::CreateThingRequest;
using sample::v1::GetThingRequest;
using sample::v1::Thing;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Context = grpc::ServerContext;

const grpc::Status kAway(grpc::StatusCode::UNAVAILABLE, "away");

std::unique_ptr<SampleClient> ClientOf(const std::vector<std::string>& addresses, ConnectionOptions options = {}) {
  options.addresses = addresses;
  options.plaintext = true;
  absl::StatusOr<std::shared_ptr<Connection>> connection = Connect(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return MakeSampleClient(*std::move(connection));
}

// What the server received under a name.
std::string Header(const Context& context, const std::string& name) {
  const auto header = context.client_metadata().find(name);
  if (header == context.client_metadata().end()) return "";
  return std::string(header->second.data(), header->second.size());
}

TEST(ConnectionTest, CarriesCalls) {
  SampleServer server({.get = [](Context&, const GetThingRequest& request, Thing& response) {
    response.set_name(absl::StrCat(request.name(), "!"));
    return grpc::Status::OK;
  }});
  GetThingRequest request;
  request.set_name("a");
  const absl::StatusOr<Thing> thing = ClientOf({server.address()})->GetThing(request);
  ASSERT_TRUE(thing.ok()) << thing.status();
  EXPECT_EQ(thing->name(), "a!");
}

TEST(ConnectionTest, SendsUserAgentMetadataAndDeadline) {
  std::string agent;
  std::string text;
  std::string bytes;
  absl::Time deadline;
  SampleServer server({.get = [&](Context& context, auto&&...) {
    agent = Header(context, "user-agent");
    text = Header(context, "x-trace");
    bytes = Header(context, "x-raw-bin");
    deadline = absl::FromChrono(context.deadline());
    return grpc::Status::OK;
  }});
  const auto client = ClientOf({server.address()}, {.user_agent = "checkout/3.2"});
  const absl::Time before = absl::Now();
  CallOptions options = {.timeout = absl::Minutes(5)};
  options.metadata = {{"x-trace", "7"}, {"x-raw-bin", std::string("\0\xff\n", 3)}};
  EXPECT_TRUE(client->GetThing({}, options).ok());
  EXPECT_THAT(agent, StartsWith("checkout/3.2 inventory-client/"));
  EXPECT_EQ(text, "7");
  EXPECT_EQ(bytes, std::string("\0\xff\n", 3));
  EXPECT_GE(deadline, before + absl::Minutes(4));
  EXPECT_LE(deadline, absl::Now() + absl::Minutes(5) + absl::Seconds(1));
}

TEST(ConnectionTest, EndsAtItsDeadline) {
  SampleServer server({.get = [&](Context& context, auto&&...) {
    Eventually([&] { return context.IsCancelled(); });
    return grpc::Status::OK;
  }});
  const auto client = ClientOf({server.address()});
  const absl::StatusOr<Thing> thing = client->GetThing({}, {.timeout = absl::Milliseconds(100)});
  EXPECT_EQ(thing.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(client->GetThing({}, {.deadline = absl::Now() - absl::Hours(1)}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(ConnectionTest, HasDetailsOfErrorsAndHonoursRetryInfo) {
  std::atomic<int> attempts = 0;
  SampleServer server({.create = [&](auto&&...) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(200'000'000);
    google::rpc::ErrorInfo info;
    info.set_reason("QUEUE_FULL");
    google::rpc::Status status;
    status.set_code(grpc::StatusCode::RESOURCE_EXHAUSTED);
    status.add_details()->PackFrom(info);
    if (++attempts < 3) status.add_details()->PackFrom(retry);
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full", status.SerializeAsString());
  }});
  const absl::Time before = absl::Now();
  const absl::StatusOr<Thing> thing = ClientOf({server.address()})->CreateThing({});
  EXPECT_EQ(ReasonOf(thing.status()), "QUEUE_FULL");
  EXPECT_EQ(server.calls(), 3) << "two were to be repeated, the third was not";
  EXPECT_GE(absl::Now() - before, absl::Milliseconds(400));
}

TEST(ConnectionTest, HonoursPushback) {
  std::vector<absl::Time> times;
  SampleServer server({.create = [&](Context& context, auto&&...) {
    times.push_back(absl::Now());
    context.AddTrailingMetadata("grpc-retry-pushback-ms", times.size() == 1 ? "300" : "-1");
    return kAway;
  }});
  EXPECT_EQ(ClientOf({server.address()})->CreateThing({}).status().code(), absl::StatusCode::kUnavailable);
  ASSERT_THAT(times, SizeIs(2)) << "the second pushback forbids a third attempt";
  EXPECT_GE(times[1] - times[0], absl::Milliseconds(300));
}

TEST(ConnectionTest, KeepsTheRequestIdOverAttempts) {
  std::set<std::string> ids;
  SampleServer server({.create = [&](Context&, const CreateThingRequest& request, Thing&) {
    ids.insert(request.request_id());
    return kAway;
  }});
  const auto client = ClientOf({server.address()});
  EXPECT_FALSE(client->CreateThing({}, {.retry = RetryOptions{.max_attempts = 5}}).ok());
  EXPECT_EQ(server.calls(), 5);
  EXPECT_THAT(ids, SizeIs(1));
  EXPECT_NE(*ids.begin(), "");
}

// Goal: there is one retry loop, the library's. gRPC's own would repeat calls of any method.
TEST(ConnectionTest, NothingRepeatsWhatMayHappenTwice) {
  SampleServer server({.poke = [](auto&&...) { return kAway; }});
  EXPECT_EQ(ClientOf({server.address()})->PokeThing({}).status(), absl::UnavailableError("away"));
  EXPECT_EQ(server.calls(), 1);
}

TEST(ConnectionTest, RefusesAnswersThatAreTooLong) {
  SampleServer server({.get = [](Context&, const GetThingRequest&, Thing& response) {
    response.set_name(std::string(2000, 'x'));
    return grpc::Status::OK;
  }});
  const auto client = ClientOf({server.address()}, {.max_response_bytes = 1000});
  EXPECT_EQ(client->GetThing({}).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(server.calls(), 1) << "a repetition would be as long";
}

// ---- Calls that don't wait ----

TEST(ConnectionTest, CarriesManyCallsThatDontWait) {
  SampleServer server({.get = [](Context&, const GetThingRequest& request, Thing& response) {
    response.set_name(request.name());
    return grpc::Status::OK;
  }});
  const auto client = ClientOf({server.address()});
  constexpr int kCalls = 200;
  std::vector<std::promise<std::string>> answers(kCalls);
  for (int i = 0; i < kCalls; ++i) {
    GetThingRequest request;
    request.set_name(absl::StrCat(i));
    client->GetThingAsync(request, [&answers, i](const absl::StatusOr<Thing>& thing) {
      answers[i].set_value(thing.ok() ? thing->name() : thing.status().ToString());
    });
  }
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(answers[i].get_future().get(), absl::StrCat(i));
}

TEST(ConnectionTest, CallsGoOnWithoutTheirConnection) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> attempts = 0;
  SampleServer server({.get = [&](auto&&...) {
    released.wait();
    return ++attempts < 3 ? kAway : grpc::Status::OK;
  }});
  std::promise<absl::Status> done;
  ClientOf({server.address()})->GetThingAsync({}, [&](const absl::StatusOr<Thing>& thing) {
    done.set_value(thing.status());
  });
  release.set_value();
  EXPECT_EQ(done.get_future().get(), absl::OkStatus());
  EXPECT_EQ(server.calls(), 3);
}

// Goal: the end of a connection may come on any thread, also on gRPC's own.
TEST(ConnectionTest, MayEndInACallback) {
  SampleServer server({});
  for (int i = 0; i < 50; ++i) {
    std::shared_ptr<SampleClient> client = ClientOf({server.address()});
    SampleClient& calls = *client;
    std::promise<absl::Status> done;
    calls.GetThingAsync({}, [&done, client = std::move(client)](const absl::StatusOr<Thing>& thing) mutable {
      client.reset();
      done.set_value(thing.status());
    });
    EXPECT_EQ(done.get_future().get(), absl::OkStatus());
  }
}

// ---- Many servers, and none ----

TEST(ConnectionTest, TakesTurnsOverServers) {
  SampleServer first({});
  SampleServer second({});
  const auto client = ClientOf({first.address(), second.address()});
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(client->GetThing({}).ok());
    return first.calls() > 10 && second.calls() > 10;
  }));
}

TEST(ConnectionTest, LeavesOutDeadServers) {
  SampleServer server({});
  const auto client = ClientOf({absl::StrCat("127.0.0.1:", FreePort()), server.address()});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(client->GetThing({}).ok());
  EXPECT_EQ(server.calls(), 100);
}

TEST(ConnectionTest, NoServerIsUnavailable) {
  const auto client = ClientOf({absl::StrCat("127.0.0.1:", FreePort())});
  const absl::Status status = client->GetThing({}, {.retry = RetryOptions{.max_attempts = 3}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("(attempt 3)"));
}

TEST(ConnectionTest, WaitsForAServerIfAsked) {
  const int port = FreePort();
  const auto client = ClientOf({absl::StrCat("127.0.0.1:", port)}, {.wait_for_ready = true});
  std::promise<absl::Status> done;
  client->GetThingAsync({}, [&](const absl::StatusOr<Thing>& thing) { done.set_value(thing.status()); });
  SampleServer server({}, port);
  EXPECT_EQ(done.get_future().get(), absl::OkStatus());
  EXPECT_EQ(server.calls(), 1);
}

TEST(ConnectionTest, FindsAServerAgainThatWasAway) {
  auto server = std::make_unique<SampleServer>(SampleHandlers{});
  const int port = server->port();
  const auto client = ClientOf({server->address()});
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(client->GetThing({}).ok());
    server.reset();
    server = std::make_unique<SampleServer>(SampleHandlers{}, port);
    EXPECT_TRUE(client->GetThing({}).ok());
    EXPECT_EQ(server->calls(), 1);
  }
}

}  // namespace
}  // namespace inventory::client
