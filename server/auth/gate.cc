#include "server/auth/gate.h"

#include <atomic>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/auth/caller_cache.h"
#include "server/auth/credentials.h"
#include "server/auth/failure_limit.h"
#include "server/auth/key_source.h"
#include "server/auth/policy.h"
#include "server/auth/token.h"
#include "server/auth/watched_file.h"
#include "server/errors.h"
#include "server/logging.h"
#include "server/net/addresses.h"
#include "server/periodic.h"
#include "server/steady_time.h"
#include "storage/mutex.h"

namespace inventory::auth {
namespace {

using CallerPtr = std::shared_ptr<const Caller>;

// Names in certificates whose grants are remembered.
constexpr std::size_t kMaxCertificates = 10'000;

absl::Status Unusable(const std::string& what) { return absl::FailedPreconditionError(what); }

absl::Status Later(std::string_view reason, std::string_view message) {
  return WithRetryDelay(Refusal(absl::StatusCode::kUnavailable, reason, message), absl::Seconds(1));
}

absl::Status TooManyBadTokens() {
  return WithRetryDelay(Refusal(absl::StatusCode::kResourceExhausted, "TOO_MANY_BAD_TOKENS",
                                "of the tokens from this host too many were bad; it can show new ones in a second"),
                        absl::Seconds(1));
}

// Whether the signature of a token was looked at that was refused for this reason: that is what takes time.
bool WasVerified(std::string_view reason) {
  return reason != "TOKEN_TOO_LARGE" && reason != "TOKEN_MALFORMED" && reason != "TOKEN_KEY_UNKNOWN" &&
         reason != "TOKEN_ALGORITHM_REFUSED";
}

// Says once what goes wrong again and again.
class Complaint {
 public:
  void Say(const char* message, const absl::Status& status) {
    const std::string text(status.message());
    if (std::exchange(last_, text) == text || text.empty()) return;
    server::Log(server::LogLevel::kError, message, {{"error", text}});
  }

 private:
  std::string last_;
};

// What gauges read, which may outlive the gate.
struct Freshness {
  std::atomic<bool> policy_refused = false;
  std::atomic<int64_t> keys_confirmed = 0;  // Unix seconds; 0: never.
};

void AddGauges(const std::shared_ptr<const Freshness>& freshness, bool has_keys, server::Metrics& metrics) {
  metrics.AddGauge("inventory_policy_refused", "1 while the policy on disk is not in use because it is broken.", {},
                   [freshness] { return freshness->policy_refused ? 1.0 : 0.0; });
  if (!has_keys) return;
  metrics.AddGauge("inventory_token_keys_confirmed_timestamp_seconds",
                   "When the keys of tokens were last had, in Unix seconds; 0 if never.", {},
                   [freshness] { return static_cast<double>(freshness->keys_confirmed); });
}

}  // namespace

struct Gate::Parts {
  Parts(const server::ServerOptions& options, server::Metrics& metrics_of)
      : metrics(metrics_of),
        names_certificates(!options.tls_client_ca_file.empty()),
        rules{.issuer = options.jwt_issuer,
              .audience = options.jwt_audience,
              .clock_skew = options.jwt_clock_skew,
              .max_bytes = static_cast<std::size_t>(options.jwt_max_bytes)},
        audit(options.audit_max_lines),
        tokens(options.jwt_cache_size),
        bad_tokens(options.jwt_max_failures),
        certificates(kMaxCertificates) {
    if (!options.auth_policy_file.empty()) policy_file.emplace(options.auth_policy_file, Policy::kMaxBytes);
    if (options.jwt_keys.empty()) return;
    keys.emplace(KeySource::Options{.location = options.jwt_keys,
                                    .ca_file = options.jwt_keys_ca_file,
                                    .refresh = options.jwt_keys_refresh,
                                    .min_refresh = options.jwt_keys_min_refresh,
                                    .max_age = options.jwt_keys_max_age});
  }

  absl::Status RefreshPolicy();
  absl::Status RefreshKeys();
  void Refresh();
  absl::StatusOr<CallerPtr> ByToken(const std::string& token, const std::string& host);
  absl::StatusOr<CallerPtr> ByCertificate(const grpc::ServerContextBase& context);
  std::pair<std::shared_ptr<const Policy>, uint64_t> CurrentPolicy();

  server::Metrics& metrics;
  const bool names_certificates;
  const TokenRules rules;
  Audit audit;
  CallerCache tokens;
  FailureLimit bad_tokens;
  CallerCache certificates;
  std::optional<KeySource> keys;  // None: tokens are not accepted.
  const CallerPtr nobody = std::make_shared<const Caller>();

  std::optional<WatchedFile> policy_file;  // None: grants don't count. Used by Refresh.
  const std::shared_ptr<Freshness> freshness = std::make_shared<Freshness>();
  Complaint policy_complaint;
  Complaint keys_complaint;

  storage::Mutex mutex;
  std::shared_ptr<const Policy> policy GUARDED_BY(mutex);
  uint64_t policy_generation GUARDED_BY(mutex) = 0;

  std::optional<server::Periodic> keep_fresh;
};

// A broken policy leaves the one before it in place: half of a file must not shut everybody out, nor let anybody in.
absl::Status Gate::Parts::RefreshPolicy() {
  absl::StatusOr<std::optional<std::string>> text = policy_file->ReadIfChanged();
  if (!text.ok()) return text.status();
  if (!text->has_value()) return absl::OkStatus();
  absl::StatusOr<Policy> parsed = Policy::Parse(**text);
  if (!parsed.ok()) {
    policy_file->Forget();
    return absl::FailedPreconditionError(absl::StrCat(policy_file->path(), ": ", parsed.status().message()));
  }
  server::Log(server::LogLevel::kInfo, "policy read", {{"bindings", absl::StrCat(parsed->size())}});
  storage::MutexLock lock(mutex);
  policy = std::make_shared<const Policy>(*std::move(parsed));
  ++policy_generation;
  return absl::OkStatus();
}

absl::Status Gate::Parts::RefreshKeys() {
  const absl::Time now = SteadyNow();
  absl::Status refreshed = keys->Refresh(now);
  if (keys->confirmed() == now) freshness->keys_confirmed = absl::ToUnixSeconds(absl::Now());
  return refreshed;
}

void Gate::Parts::Refresh() {
  if (policy_file) {
    const absl::Status read = RefreshPolicy();
    freshness->policy_refused = !read.ok();
    policy_complaint.Say("the policy can't be used; the one before it stays", read);
  }
  if (keys) {
    const absl::Status refreshed = RefreshKeys();
    const bool any = keys->Current(SteadyNow()).set != nullptr;
    keys_complaint.Say(any ? "the keys of tokens can't be refreshed; those before them stay"
                           : "the keys of tokens can't be had; no token can be verified",
                       refreshed);
  }
  audit.CatchUp(absl::Now());
}

std::pair<std::shared_ptr<const Policy>, uint64_t> Gate::Parts::CurrentPolicy() {
  storage::MutexLock lock(mutex);
  return {policy, policy_generation};
}

absl::StatusOr<CallerPtr> Gate::Parts::ByToken(const std::string& token, const std::string& host) {
  if (!keys) return Unauthenticated("TOKENS_NOT_ACCEPTED", "this server takes client certificates, and no tokens");
  const absl::Time steady_now = SteadyNow();
  const KeySource::Keys known = keys->Current(steady_now);
  if (known.set == nullptr) {
    keys->AskFor(steady_now);
    return Later("TOKEN_KEYS_UNAVAILABLE", "the keys of the issuer of tokens can't be had; call again");
  }
  const auto [rulebook, generation] = CurrentPolicy();
  const CallerCache::Generations generations{known.generation, generation};
  const CallerCache::Digest digest = CallerCache::DigestOf(token);
  const absl::Time now = absl::Now();  // Tokens say by everybody's clock how long they are good.
  if (CallerPtr caller = tokens.Find(digest, generations, now)) return caller;
  if (bad_tokens.Reached(host, steady_now)) return TooManyBadTokens();
  absl::StatusOr<TokenClaims> claims = VerifyToken(token, *known.set, rules, now);
  if (!claims.ok()) {
    const std::string reason = ReasonOf(claims.status());
    if (WasVerified(reason)) bad_tokens.Count(host, steady_now);
    if (reason != "TOKEN_KEY_UNKNOWN" || !keys->AskFor(steady_now)) return claims.status();
    return Later("TOKEN_KEYS_REFRESHING", "the token's key is not known yet and being looked for; call again");
  }
  const Identity identity{.name = absl::StrCat("jwt:", claims->subject), .source = Identity::Source::kToken};
  if (identity.name.size() > kMaxNameBytes) {
    return Unauthenticated("IDENTITY_TOO_LONG",
                           absl::StrCat("the token's sub has more than ", kMaxNameBytes - 4, " bytes"));
  }
  auto caller = std::make_shared<const Caller>(rulebook->Judge(identity, &claims->all));
  tokens.Add(digest, generations, claims->valid_until, caller);
  return caller;
}

absl::StatusOr<CallerPtr> Gate::Parts::ByCertificate(const grpc::ServerContextBase& context) {
  const std::shared_ptr<const grpc::AuthContext> connection = context.auth_context();
  if (connection == nullptr) return nobody;
  absl::StatusOr<Identity> identity = IdentityOf(NamesOf(*connection));
  if (!identity.ok()) return identity.status();
  if (identity->name.empty()) return nobody;
  const auto [rulebook, generation] = CurrentPolicy();
  const CallerCache::Digest digest = CallerCache::DigestOf(identity->name);
  if (CallerPtr caller = certificates.Find(digest, {0, generation}, absl::Now())) return caller;
  auto caller = std::make_shared<const Caller>(rulebook == nullptr ? Caller{*identity, {}}
                                                                   : rulebook->Judge(*identity, /*claims=*/nullptr));
  certificates.Add(digest, {0, generation}, absl::InfiniteFuture(), caller);
  return caller;
}

absl::StatusOr<std::unique_ptr<Gate>> Gate::Make(const server::ServerOptions& options, server::Metrics& metrics) {
  auto parts = std::make_unique<Parts>(options, metrics);
  if (!parts->policy_file) {
    server::Log(server::LogLevel::kWarning,
                "authorisation is off: whoever reaches the server may do everything; see auth-policy-file",
                {{"listen", options.listen}});
    return std::unique_ptr<Gate>(new Gate(std::move(parts)));
  }
  absl::Status read = parts->RefreshPolicy();
  if (!read.ok()) return Unusable(absl::StrCat("the policy can't be used: ", read.message()));
  if (parts->keys) {
    read = parts->RefreshKeys();
    const bool from_file = !absl::StrContains(options.jwt_keys, "://");
    if (!read.ok() && from_file) {
      return Unusable(absl::StrCat("the keys of jwt-keys can't be used: ", read.message()));
    }
    // An issuer that is away must not keep certificates from being served.
    parts->keys_complaint.Say("the keys of tokens can't be had; tokens are refused until they can", read);
  }
  AddGauges(parts->freshness, parts->keys.has_value(), metrics);
  return std::unique_ptr<Gate>(new Gate(std::move(parts)));
}

Gate::Gate(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  parts_->keep_fresh.emplace([this] {
    parts_->Refresh();
    return KeySource::kPause;
  });
}

Gate::~Gate() {
  if (parts_->keys) parts_->keys->Stop();
  parts_->keep_fresh.reset();
  parts_->audit.CatchUp(absl::InfiniteFuture());
}

bool Gate::authorizes() const { return parts_->policy_file.has_value(); }

absl::StatusOr<CallerPtr> Gate::Authenticate(const grpc::ServerContextBase& context) {
  if (!authorizes() && !parts_->names_certificates) return parts_->nobody;
  if (authorizes()) {
    absl::StatusOr<std::string> token = BearerToken(context);
    if (!token.ok()) return token.status();
    if (!token->empty()) {
      // On any other connection whoever is on the way has it by now.
      if (KeepsSecrets(context)) return parts_->ByToken(*token, net::HostOf(context.peer()));
      return Unauthenticated("TLS_REQUIRED",
                             "a token is taken over TLS only; get a new one, this one may be known to others");
    }
  }
  absl::StatusOr<CallerPtr> caller = parts_->ByCertificate(context);
  if (!caller.ok() || !authorizes() || !(*caller)->identity.name.empty()) return caller;
  return Unauthenticated("CREDENTIALS_MISSING", parts_->keys ? "the call needs a bearer token or a client certificate"
                                                             : "the call needs a client certificate");
}

void Gate::Denied(const Attempt& attempt, const absl::Status& status) {
  parts_->metrics.Denied(ReasonOf(status));
  parts_->audit.Denied(attempt, status, absl::Now());
}

}  // namespace inventory::auth
