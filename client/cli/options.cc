#include "client/cli/options.h"

#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/output.h"
#include "client/cli/private_file.h"
#include "client/cli/profile.h"
#include "inventory/client/internal/addresses.h"

namespace inventory::cli {
namespace {

using Kind = Argument::Kind;
using Values = std::vector<std::string>;

constexpr char kDefaultAddress[] = "127.0.0.1:50051";
constexpr char kDefaultTimeout[] = "10s";
constexpr unsigned kOpenToOthers = 0077;

// The values of options, from where they were found first.
class Sources {
 public:
  Sources(const Arguments& flags, const Environment& environment, Profile profile)
      : flags_(flags), environment_(environment), profile_(std::move(profile)) {}

  Values All(const std::string& option) const {
    if (flags_.Has(option)) return flags_.All(option);
    const auto in_profile = profile_.find(option);
    if (flags_.Has("profile") && in_profile != profile_.end()) return in_profile->second;
    const std::string variable = VariableOf(option);
    const auto value = variable.empty() ? std::nullopt : environment_(variable);
    if (value.has_value()) return {*value};
    return in_profile == profile_.end() ? Values() : in_profile->second;
  }
  std::string Get(const std::string& option, const std::string& otherwise = "") const {
    const Values values = All(option);
    return values.empty() ? otherwise : values.back();
  }

 private:
  const Arguments& flags_;
  const Environment& environment_;
  const Profile profile_;
};

// A list parted by commas. "ipv4:" and "ipv6:" begin a list that gRPC reads itself.
Values Addresses(const Values& given) {
  Values addresses;
  for (const std::string& text : given) {
    if (absl::StartsWith(text, "ipv4:") || absl::StartsWith(text, "ipv6:")) {
      addresses.push_back(text);
      continue;
    }
    for (const absl::string_view address : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
      addresses.emplace_back(absl::StripAsciiWhitespace(address));
    }
  }
  if (addresses.empty()) addresses.push_back(kDefaultAddress);
  return addresses;
}

// Takes plaintext, timeout and output, which are not texts.
Values ReadChoices(const Sources& sources, Settings& settings) {
  Values problems;
  const bool no_tls = settings.tls_ca.empty() && settings.tls_cert.empty() && settings.tls_key.empty() &&
                      settings.tls_server_name.empty();
  const std::string plaintext = sources.Get("plaintext");
  settings.plaintext =
      plaintext.empty() ? client::internal::AllLoopback(settings.addresses) && no_tls : plaintext == "true";
  if (!plaintext.empty() && plaintext != "true" && plaintext != "false") {
    problems.push_back(absl::StrCat("plaintext: expected true or false, not \"", plaintext, "\""));
  }
  const std::string timeout = sources.Get("timeout", kDefaultTimeout);
  if (!absl::ParseDuration(timeout, &settings.timeout) || settings.timeout <= absl::ZeroDuration()) {
    problems.push_back(absl::StrCat("timeout: expected a duration as 500ms, 10s or 2m, not \"", timeout, "\""));
  }
  const std::string output = sources.Get("output");
  settings.output = FormatNamed(output);
  if (!output.empty() && !settings.output.has_value()) {
    problems.push_back(
        absl::StrCat("output: expected one of ", absl::StrJoin(FormatNames(), ", "), ", not \"", output, "\""));
  }
  return problems;
}

absl::StatusOr<client::TokenProvider> TokenOf(const std::string& path) {
  client::TokenProvider renewed = [path, read = client::TokenFromFile(path)]() -> absl::StatusOr<std::string> {
    if (absl::Status safe = CheckPrivate(path, kOpenToOthers); !safe.ok()) return safe;
    return read();
  };
  absl::StatusOr<std::string> first = renewed();
  if (!first.ok()) return first.status();
  // A pipe gives its token once.
  std::error_code unknown;
  if (std::filesystem::is_regular_file(path, unknown)) return renewed;
  return [first = *std::move(first)]() -> absl::StatusOr<std::string> { return first; };
}

}  // namespace

const std::vector<Argument>& Options() {
  static const auto& options = *new std::vector<Argument>{
      {.name = "output",
       .value = absl::StrJoin(FormatNames(), "|"),
       .help = "How answers are shown. Default: table on a terminal, otherwise json.",
       .choices = FormatNames(),
       .letter = 'o'},
      {.name = "address",
       .value = "HOST:PORT,...",
       .help = absl::StrCat("Where the servers are; may be repeated. Calls take turns over all that answer. Default ",
                            kDefaultAddress, "."),
       .repeated = true},
      {.name = "timeout",
       .value = "DURATION",
       .help = absl::StrCat("How long each call may take, repetitions included. Default ", kDefaultTimeout, ".")},
      {.name = "request-id",
       .value = "TEXT",
       .help = "Makes a repeated write harmless: the same id with the same request happens once. Default: a new one."},
      {.name = "profile",
       .value = "NAME",
       .help = "Section of $XDG_CONFIG_HOME/inventory/config.toml with values of these options. Default: default."},
      {.name = "plaintext",
       .kind = Kind::kSwitch,
       .help = "Do without TLS. Default: only towards this machine, and if no TLS option is given."},
      {.name = "tls-ca", .value = "FILE", .help = "Authorities to trust, in PEM. Default: those of the system."},
      {.name = "tls-cert", .value = "FILE", .help = "Your certificate, in PEM, for servers that ask for one."},
      {.name = "tls-key", .value = "FILE", .help = "Its key, in PEM. Only you may be able to read it."},
      {.name = "tls-server-name",
       .value = "NAME",
       .help = "The name that the server's certificate must have. Default: the address's host."},
      {.name = "token-file",
       .value = "FILE",
       .help = "File with the token that is sent with each call. Only you may be able to read it."},
  };
  return options;
}

std::string VariableOf(const std::string& option) {
  if (option == "request-id") return "";  // It belongs to one command.
  return absl::StrCat("INVENTORY_", absl::AsciiStrToUpper(absl::StrReplaceAll(option, {{"-", "_"}})));
}

absl::StatusOr<Settings> Resolve(const Arguments& flags, const Environment& environment) {
  std::optional<std::string> profile_name = flags.Get("profile");
  if (!profile_name.has_value()) profile_name = environment(VariableOf("profile"));
  absl::StatusOr<Profile> profile = ReadProfile(ProfilePath(environment), profile_name);
  if (!profile.ok()) return profile.status();
  const Sources sources(flags, environment, *std::move(profile));
  Settings settings;
  settings.addresses = Addresses(sources.All("address"));
  settings.tls_ca = sources.Get("tls-ca");
  settings.tls_cert = sources.Get("tls-cert");
  settings.tls_key = sources.Get("tls-key");
  settings.tls_server_name = sources.Get("tls-server-name");
  settings.token_file = sources.Get("token-file");
  settings.request_id = sources.Get("request-id");
  const Values problems = ReadChoices(sources, settings);
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  return settings;
}

absl::StatusOr<client::ConnectionOptions> ConnectionOptionsOf(const Settings& settings) {
  client::ConnectionOptions options;
  options.addresses = settings.addresses;
  options.plaintext = settings.plaintext;
  options.tls.ca_file = settings.tls_ca;
  options.tls.certificate_file = settings.tls_cert;
  options.tls.key_file = settings.tls_key;
  options.tls.server_name = settings.tls_server_name;
  options.timeout = settings.timeout;
  options.user_agent = absl::StrCat("inventoryctl/", INVENTORY_VERSION);
  if (!settings.tls_key.empty()) {
    if (absl::Status safe = CheckPrivate(settings.tls_key, kOpenToOthers); !safe.ok()) return safe;
  }
  if (!settings.token_file.empty()) {
    absl::StatusOr<client::TokenProvider> token = TokenOf(settings.token_file);
    if (!token.ok()) return token.status();
    options.token = *std::move(token);
    options.send_token_over_plaintext = client::internal::AllLoopback(settings.addresses);
  }
  return options;
}

}  // namespace inventory::cli
