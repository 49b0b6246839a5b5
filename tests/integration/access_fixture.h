// A server that asks who calls, and callers with tokens and certificates.
#ifndef INVENTORY_TESTS_INTEGRATION_ACCESS_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_ACCESS_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/certificates.h"
#include "tests/integration/server_fixture.h"
#include "tests/token_issuer.h"

namespace inventory::integration {

// One server, with mutual TLS and tokens, on a database of its own, with the warehouses w1 and w2,
// the channels web and shop, which sell from both, and a unit of "any" in w1. Files that a test changes it puts back.
// The policy:
//   jwt:admin admin; jwt:operator, jwt:seller, jwt:reader their roles; jwt:nobody nothing
//   jwt:berlin operator in w1; jwt:web seller in channel web; jwt:web-reader reader in channel web
//   spiffe://shop.example/checkout seller; dns:reports.shop.example reader; whoever is in the group admins admin
class AccessTest : public ::testing::Test {
 public:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

 protected:
  static constexpr char kIssuer[] = "https://login.shop.example";
  static constexpr char kAudience[] = "inventory";

  static const Certificates& certificates();
  static const TokenIssuer& issuer();
  static ServerProcess& server();

  // The claims of a good token.
  static nlohmann::json Claims(const std::string& subject);
  static std::string Token(const std::string& subject) { return issuer().Sign(Claims(subject)); }

  // A caller by this token; empty: none. `certificate` is one of certificates(), or empty.
  static Client CallerWith(const std::string& token, const std::string& certificate = "");
  static Client CallerAs(const std::string& subject) { return CallerWith(Token(subject)); }
  static std::shared_ptr<grpc::ChannelCredentials> Channel(const std::string& certificate = "");

  static void WritePolicy(const nlohmann::json& bindings);
  static nlohmann::json Bindings();
  static void WriteKeys(const std::vector<nlohmann::json>& keys);
  static void WriteText(const std::string& path, const std::string& text);
  static std::string PolicyPath();
  static std::string KeysPath();

  // What the server has written to its log so far.
  static std::string Log();
  static std::string Metrics();
};

// The options of a server of a test's own, in the clear, that takes tokens of the issuer "me" for "us", whose keys are
// there, and lets them do what the bindings say; `folder` has what they name.
std::vector<std::string> TakeTokens(const ScratchFolder& folder, const std::string& keys,
                                    const nlohmann::json& bindings);
std::vector<std::string> TakeTokens(const ScratchFolder& folder, const TokenIssuer& issuer,
                                    const nlohmann::json& bindings);
// The claims of a token that is good there.
nlohmann::json ClaimsOf(const std::string& subject);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_ACCESS_FIXTURE_H_
