#include "inventory/client/internal/checks.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "inventory/client/errors.h"
#include "inventory/client/internal/addresses.h"

namespace inventory::client::internal {
namespace {

// Servers cut callers that ping more often.
constexpr absl::Duration kShortestKeepalive = absl::Seconds(10);

class Violations {
 public:
  void Unless(bool right, const std::string& field, const std::string& description) {
    if (!right) violations_.push_back({field, description});
  }

  absl::Status ToStatus() const {
    if (violations_.empty()) return absl::OkStatus();
    const std::string list = absl::StrJoin(violations_, "; ", [](std::string* out, const FieldViolation& violation) {
      absl::StrAppend(out, violation.field, ": ", violation.description);
    });
    return MakeError(absl::StatusCode::kInvalidArgument, list,
                     {.reason = "INVALID_OPTIONS", .field_violations = violations_});
  }

 private:
  std::vector<FieldViolation> violations_;
};

void CheckRetry(const RetryOptions& retry, Violations& violations) {
  violations.Unless(retry.max_attempts >= 0, "retry.max_attempts", "must be 0 or more");
  violations.Unless(retry.initial_backoff > absl::ZeroDuration() && retry.initial_backoff <= retry.max_backoff,
                    "retry.initial_backoff", "must be more than 0 and at most max_backoff");
  violations.Unless(retry.max_backoff < absl::InfiniteDuration(), "retry.max_backoff", "must be finite");
  violations.Unless(retry.multiplier >= 1, "retry.multiplier", "must be at least 1");
}

void CheckTls(const ConnectionOptions& options, Violations& violations) {
  const TlsOptions& tls = options.tls;
  const auto one_of = [&](const std::string& file, const std::string& pem, const std::string& what) {
    violations.Unless(file.empty() || pem.empty(), absl::StrCat("tls.", what, "_pem"),
                      absl::StrCat("can't be together with ", what, "_file"));
    return !file.empty() || !pem.empty();
  };
  const bool ca = one_of(tls.ca_file, tls.ca_pem, "ca");
  const bool certificate = one_of(tls.certificate_file, tls.certificate_pem, "certificate");
  const bool key = one_of(tls.key_file, tls.key_pem, "key");
  violations.Unless(!certificate || key, "tls.key_file", "a certificate needs its key");
  violations.Unless(!key || certificate, "tls.certificate_file", "a key needs its certificate");
  violations.Unless(!options.plaintext || (!ca && !certificate && !key && tls.server_name.empty()), "plaintext",
                    "excludes the options of tls");
  violations.Unless(tls.reload_interval >= absl::Seconds(1) && tls.reload_interval <= absl::Hours(24),
                    "tls.reload_interval", "must be 1 s to 24 h");
  violations.Unless(options.plaintext || options.addresses.size() <= 1 || !tls.server_name.empty(), "tls.server_name",
                    "must say which name the certificates of several addresses have");
}

bool IsMetadataKey(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool IsPrintable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

absl::Status CheckConnectionOptions(const ConnectionOptions& options) {
  Violations violations;
  const absl::Status addresses = CheckAddresses(options.addresses);
  violations.Unless(addresses.ok(), "addresses", std::string(addresses.message()));
  CheckTls(options, violations);
  violations.Unless(!options.token || !options.plaintext || options.send_token_over_plaintext, "token",
                    "is not sent over plaintext, where anybody on the way could read it; use TLS, or set "
                    "send_token_over_plaintext if something on this host encrypts");
  violations.Unless(IsPrintable(options.user_agent), "user_agent", "must be printable ASCII");
  violations.Unless(options.timeout > absl::ZeroDuration(), "timeout", "must be more than 0");
  CheckRetry(options.retry, violations);
  violations.Unless(
      options.keepalive_interval == absl::ZeroDuration() || options.keepalive_interval >= kShortestKeepalive,
      "keepalive_interval", "must be 0 or at least 10 s");
  violations.Unless(options.keepalive_timeout > absl::ZeroDuration(), "keepalive_timeout", "must be more than 0");
  violations.Unless(options.connect_timeout > absl::ZeroDuration(), "connect_timeout", "must be more than 0");
  violations.Unless(options.max_response_bytes > 0, "max_response_bytes", "must be at least 1");
  return violations.ToStatus();
}

absl::Status CheckCallOptions(const CallOptions& options) {
  Violations violations;
  if (options.retry) CheckRetry(*options.retry, violations);
  for (const auto& [key, value] : options.metadata) {
    const std::string field = absl::StrCat("metadata.", key);
    violations.Unless(IsMetadataKey(key), field, "names have lower-case letters, digits, '-', '_' and '.'");
    violations.Unless(!absl::StartsWith(key, "grpc-") && key != "authorization", field,
                      "is set by the library; see ConnectionOptions::token");
    violations.Unless(absl::EndsWith(key, "-bin") || IsPrintable(value), field,
                      "must be printable ASCII; any bytes go under a name that ends with -bin");
  }
  return violations.ToStatus();
}

absl::Status CheckToken(const std::string& token) {
  const bool right = !token.empty() && IsPrintable(token) && !absl::StrContains(token, " ");
  if (right) return absl::OkStatus();
  return absl::UnauthenticatedError("the token provider gave no token: it must be printable ASCII without spaces");
}

}  // namespace inventory::client::internal
