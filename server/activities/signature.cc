#include "server/activities/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/activities/destinations.h"

namespace inventory::activities {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMinSecretBytes = 16;
constexpr std::size_t kMaxSecrets = 10;
constexpr std::string_view kHosts = ".hosts";  // Ends the name of the file with a secret's hosts.
constexpr std::size_t kMaxHostsBytes = 64 << 10;

std::string HmacSha256(const std::string& secret, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

// The hosts in the file; the message of an error follows "the secret x".
absl::StatusOr<Hosts> ReadHosts(const std::string& path) {
  std::ifstream file(path);
  if (!file.is_open()) return absl::FailedPreconditionError("has no file of hosts that it may be used for");
  std::string list;
  for (std::string line; list.size() < kMaxHostsBytes && std::getline(file, line);) {
    const std::string text(absl::StripAsciiWhitespace(line));
    if (!text.empty()) absl::StrAppend(&list, list.empty() ? "" : ",", text);
  }
  absl::StatusOr<Hosts> hosts = Hosts::Parse(list);
  // An empty list would stand for every host.
  if (list.empty() || list.size() >= kMaxHostsBytes || !hosts.ok()) {
    return absl::FailedPreconditionError("has a file of hosts that does not list any as it should");
  }
  return hosts;
}

}  // namespace

std::string Sign(std::string_view body, absl::Time time, const std::vector<std::string>& secrets) {
  const std::string seconds = absl::StrCat(absl::ToUnixSeconds(time));
  const std::string signed_text = absl::StrCat(seconds, ".", std::string(body));
  std::string header = absl::StrCat("t=", seconds);
  for (const std::string& secret : secrets) {
    absl::StrAppend(&header, ",v1=", absl::BytesToHexString(HmacSha256(secret, signed_text)));
  }
  return header;
}

bool IsSecretName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' && !name.ends_with(kHosts) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
         });
}

absl::StatusOr<std::vector<std::string>> ReadSecrets(const std::string& folder, const std::string& name,
                                                     std::string_view host) {
  const auto problem = [&name](std::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat("the secret ", name, " ", std::string(what)));
  };
  if (!IsSecretName(name)) return absl::FailedPreconditionError("the secret has a name that can't be one");
  if (folder.empty()) return problem("can't be had: the server has no folder of secrets");
  const absl::StatusOr<Hosts> hosts = ReadHosts(absl::StrCat(folder, "/", name, std::string(kHosts)));
  if (!hosts.ok()) return problem(std::string(hosts.status().message()));
  if (!hosts->Contain(host)) return problem("is not for this host: its file of hosts does not name it");
  absl::StatusOr<std::vector<std::string>> secrets = ReadSecretFile(folder + "/" + name);
  return secrets.ok() ? secrets : problem(std::string(secrets.status().message()));
}

// The message of an error follows "the secret".
absl::StatusOr<std::vector<std::string>> ReadSecretFile(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> secrets;
  for (std::string line; secrets.size() < kMaxSecrets && std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.size() < kMinSecretBytes) return absl::FailedPreconditionError("is shorter than 16 bytes");
    secrets.push_back(line);
  }
  if (secrets.empty()) return absl::FailedPreconditionError("can't be read");
  return secrets;
}

}  // namespace inventory::activities
