#include "server/options/access.h"

#include "absl/strings/str_cat.h"
#include "server/options/transport.h"

namespace inventory::server::options {
namespace {

// Without a policy nobody is asked for anything.
void CheckOff(const ServerOptions& options, Problems& problems) {
  if (!options.jwt_keys.empty()) {
    problems.emplace_back("--jwt-keys: needs --auth-policy-file, which says who may do what");
  }
  const bool certified = !options.tls_client_ca_file.empty() && options.tls_client_auth == TlsClientAuth::kRequire;
  if (options.allow_unauthenticated || certified || IsLocal(options.listen)) return;
  problems.push_back(absl::StrCat(
      "--listen: ", options.listen,
      " is reached by other machines, and without authentication all of them may do everything; give "
      "--auth-policy-file, or --tls-client-ca-file to let only certified callers in, or listen on 127.0.0.1, or give "
      "--allow-unauthenticated where something else keeps others out"));
}

void CheckOn(const ServerOptions& options, Problems& problems) {
  if (options.allow_unauthenticated) {
    problems.emplace_back("--allow-unauthenticated: contradicts --auth-policy-file");
  }
  if (options.jwt_keys.empty() && options.tls_client_ca_file.empty()) {
    problems.emplace_back(
        "--auth-policy-file: callers have nothing to show who they are; give --tls-client-ca-file for certificates, "
        "--jwt-keys for tokens, or both");
  }
  if (options.jwt_keys.empty()) return;
  if (options.jwt_issuer.empty()) problems.emplace_back("--jwt-issuer: is needed with --jwt-keys");
  if (options.jwt_audience.empty()) problems.emplace_back("--jwt-audience: is needed with --jwt-keys");
  if (options.tls_cert_file.empty() && !IsLocal(options.listen)) {
    problems.emplace_back("--jwt-keys: tokens are only taken over TLS, which needs --tls-cert-file");
  }
}

}  // namespace

void CheckAccess(const ServerOptions& options, Problems& problems) {
  if (options.auth_policy_file.empty()) {
    CheckOff(options, problems);
  } else {
    CheckOn(options, problems);
  }
  if (options.jwt_keys_max_age < options.jwt_keys_refresh) {
    problems.push_back(absl::StrCat("--jwt-keys-max-age: ", absl::FormatDuration(options.jwt_keys_max_age),
                                    " is below --jwt-keys-refresh, ", absl::FormatDuration(options.jwt_keys_refresh)));
  }
}

}  // namespace inventory::server::options
