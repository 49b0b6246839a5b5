// Goal: the recipes of SECURITY.md work as they stand there. Method: their commands are run, and the server is started
// with the options and the policy that they show.
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "grpcpp/security/credentials.h"
#include "storage/child_process.h"
#include "tests/integration/server_fixture.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

// The first block of code of this kind after these words.
std::string Block(const std::string& after, const std::string& kind) {
  const std::string text = ReadFile(INVENTORY_SOURCE_DIR "/SECURITY.md");
  const std::string begin = "```" + kind + "\n";
  const std::size_t from = text.find(begin, text.find(after));
  EXPECT_NE(from, std::string::npos) << after;
  const std::size_t at = from + begin.size();
  return text.substr(at, text.find("```", at) - at);
}

// The lines of a block that begin so.
std::vector<std::string> Lines(const std::string& block, const std::string& beginning) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(block, '\n')) {
    if (absl::StartsWith(line, beginning)) lines.emplace_back(line);
  }
  return lines;
}

TEST(SecurityRecipes, MutualTlsWithSpiffeIds) {
  const ScratchFolder folder;
  const std::string in_folder = folder.path() + "/";
  const std::string recipe = Block("Mutual TLS with SPIFFE ids", "sh");
  for (const std::string& command : Lines(recipe, "openssl ")) {
    const absl::Status ran = storage::RunChild({"/bin/sh", "-c", "cd " + folder.path() + " && " + command},
                                               in_folder + "openssl.log", "/dev/null");
    ASSERT_TRUE(ran.ok()) << command << ": " << ran << ReadFile(in_folder + "openssl.log");
  }
  std::ofstream(in_folder + "policy.json") << Block("## Who may do what", "json");

  std::vector<std::string> arguments;
  const std::string serve = "inventory-server serve ";
  const std::vector<std::string> served = Lines(recipe, serve);
  ASSERT_EQ(served.size(), 1u);
  for (const absl::string_view option : absl::StrSplit(served[0].substr(serve.size()), ' ')) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(option, absl::MaxSplits('=', 1));
    arguments.push_back(parts.first + "=" + in_folder + parts.second);
  }
  const auto credentials = grpc::SslCredentials({.pem_root_certs = ReadFile(in_folder + "ca.pem"),
                                                 .pem_private_key = ReadFile(in_folder + "checkout.key"),
                                                 .pem_cert_chain = ReadFile(in_folder + "checkout.pem")});
  const storage::DatabaseOptions database = storage::NewDatabase();
  {
    ServerProcess server(
        {.database_url = storage::UrlOf(database), .arguments = arguments, .credentials = credentials});
    const Client checkout(server.address(), credentials);
    v1::GetItemRequest get;
    get.set_sku("A");
    EXPECT_EQ(Outcome(checkout.Call(get)), "NOT_FOUND ITEM_NOT_FOUND");
    EXPECT_EQ(Outcome(Reserve(checkout, {{"A", 1}}, {.channel = "web-us"})), "PERMISSION_DENIED OUT_OF_SCOPE");
    EXPECT_EQ(Outcome(Reserve(checkout, {{"A", 1}}, {.channel = "web-eu"})), "NOT_FOUND CHANNEL_NOT_FOUND");
    EXPECT_EQ(Client(server.address(), grpc::SslCredentials({.pem_root_certs = ReadFile(in_folder + "ca.pem"),
                                                             .pem_private_key = {},
                                                             .pem_cert_chain = {}}))
                  .Health(),
              "UNAVAILABLE");
    EXPECT_EQ(server.Stop(), 0) << server.run().output();
  }
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
