// Options of authentication that don't fit together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/options/access.h"

namespace inventory::server::options {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Problems ProblemsOf(const ServerOptions& options) {
  Problems problems;
  CheckAccess(options, problems);
  return problems;
}

ServerOptions WithPolicy() {
  ServerOptions options;
  options.auth_policy_file = "/etc/inventory/policy.json";
  options.tls_cert_file = "/etc/inventory/tls.crt";
  options.tls_client_ca_file = "/etc/inventory/clients.pem";
  options.listen = "0.0.0.0:50051";
  return options;
}

TEST(CheckAccess, LetsOnlyThisMachineInWithoutAuthentication) {
  ServerOptions options;
  EXPECT_THAT(ProblemsOf(options), IsEmpty());
  options.listen = "unix:/run/inventory.sock";
  EXPECT_THAT(ProblemsOf(options), IsEmpty());
  options.listen = "0.0.0.0:50051";
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("--listen: 0.0.0.0:50051 is reached by other machines")));
  options.allow_unauthenticated = true;
  EXPECT_THAT(ProblemsOf(options), IsEmpty());
}

TEST(CheckAccess, TakesRequiredCertificatesForAuthentication) {
  ServerOptions options = WithPolicy();
  options.auth_policy_file.clear();
  EXPECT_THAT(ProblemsOf(options), IsEmpty());
  options.tls_client_auth = TlsClientAuth::kRequest;
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("--listen")));
}

TEST(CheckAccess, NeedsAllThatBelongsTogether) {
  EXPECT_THAT(ProblemsOf(WithPolicy()), IsEmpty());
  ServerOptions options = WithPolicy();
  options.tls_client_ca_file.clear();
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("callers have nothing to show")));
  options.jwt_keys = "/etc/inventory/keys.json";
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("--jwt-issuer"), HasSubstr("--jwt-audience")));
  options.jwt_issuer = "https://login.example";
  options.jwt_audience = "inventory";
  EXPECT_THAT(ProblemsOf(options), IsEmpty());
  options.tls_cert_file.clear();
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("only taken over TLS")));
  options.listen = "127.0.0.1:50051";
  EXPECT_THAT(ProblemsOf(options), IsEmpty());
  options.allow_unauthenticated = true;
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("--allow-unauthenticated: contradicts")));
  options = ServerOptions();
  options.jwt_keys = "/etc/inventory/keys.json";
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("--jwt-keys: needs --auth-policy-file")));
}

TEST(CheckAccess, KeysMustOutliveTheirRefresh) {
  ServerOptions options;
  options.jwt_keys_max_age = absl::Minutes(1);
  EXPECT_THAT(ProblemsOf(options), ElementsAre(HasSubstr("--jwt-keys-max-age: 1m is below --jwt-keys-refresh, 5m")));
}

}  // namespace
}  // namespace inventory::server::options
