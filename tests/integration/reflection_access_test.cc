// Reflection and channelz: who may ask them, and whether they are there.
#include <tuple>

#include "absl/strings/match.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/integration/access_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;

// What a call of an RPC by its path is answered; `response` gets the bytes.
std::string AskRaw(const Client& client, const std::string& path, const std::string& bytes, std::string* response) {
  grpc::GenericStub stub(client.channel());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, path, &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  grpc::Slice slice(bytes);
  if (ok) {
    call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    queue.Next(&tag, &ok);
  }
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  queue.Next(&tag, &ok);
  if (ok) {
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(answer.Dump(&slices).ok());
    for (const grpc::Slice& part : slices) response->append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  call->WritesDone(nullptr);
  queue.Next(&tag, &ok);
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  queue.Shutdown();
  return Outcome(FromGrpc(status));
}

TEST_F(AccessTest, ReflectionAndChannelzAreForAdmins) {
  const std::string list_services = "\x3a\x01*";  // Field 7: list_services.
  for (const auto& [path, bytes, expected] :
       {std::tuple("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services,
                   "inventory.v1.ChannelService"),
        std::tuple("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", list_services,
                   "grpc.channelz.v1.Channelz"),
        std::tuple("/grpc.channelz.v1.Channelz/GetServers", std::string(), "\x0a")}) {
    std::string response;
    EXPECT_EQ(AskRaw(CallerAs("admin"), path, bytes, &response), "OK") << path;
    EXPECT_THAT(response, HasSubstr(expected)) << path;
    response.clear();
    EXPECT_EQ(AskRaw(CallerAs("reader"), path, bytes, &response), "PERMISSION_DENIED ROLE_REQUIRED") << path;
    EXPECT_EQ(AskRaw(CallerWith(""), path, bytes, &response), "UNAUTHENTICATED CREDENTIALS_MISSING") << path;
    EXPECT_EQ(AskRaw(CallerWith("", "checkout"), path, bytes, &response), "PERMISSION_DENIED ROLE_REQUIRED") << path;
    EXPECT_EQ(response, "") << path;
  }
}

TEST(AccessOff, ReflectionAndChannelzAreServedByOption) {
  const storage::DatabaseOptions database = storage::NewDatabase();
  const auto outcomes = [&database](const std::vector<std::string>& arguments) {
    ServerProcess server({.database_url = storage::UrlOf(database), .arguments = arguments});
    const Client client(server.address());
    std::string response;
    const std::string reflection = AskRaw(client, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                          "\x22\x11inventory.v1.Item", &response);
    // The file of the message, as a descriptor.
    EXPECT_EQ(reflection == "OK", absl::StrContains(response, "inventory/v1/item.proto")) << response;
    const std::string channelz = AskRaw(client, "/grpc.channelz.v1.Channelz/GetServers", "", &response);
    EXPECT_EQ(server.Stop(), 0);
    return reflection + ", " + channelz;
  };
  EXPECT_EQ(outcomes({}), "OK, UNIMPLEMENTED");
  EXPECT_EQ(outcomes({"--reflection=false", "--channelz"}), "UNIMPLEMENTED, OK");
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
