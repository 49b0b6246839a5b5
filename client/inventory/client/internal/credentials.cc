#include "inventory/client/internal/credentials.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::client::internal {
namespace {

// The text of one item of TlsOptions; empty if there is none. `marker` stands in each PEM of its kind.
absl::StatusOr<std::string> Load(const std::string& file, const std::string& pem, const std::string& what,
                                 const std::string& marker) {
  if (file.empty() && pem.empty()) return std::string();
  std::string text = pem;
  if (!file.empty()) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return absl::ErrnoToStatus(errno, absl::StrCat("tls.", what, "_file ", file, " can't be read"));
    text.assign(std::istreambuf_iterator<char>(stream), {});
  }
  // gRPC would only say that the handshake failed, and that much later.
  if (!absl::StrContains(text, marker)) {
    const std::string source = file.empty() ? absl::StrCat(what, "_pem") : absl::StrCat(what, "_file ", file);
    return absl::InvalidArgumentError(absl::StrCat("tls.", source, " is not in PEM"));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const ConnectionOptions& options) {
  if (options.plaintext) return grpc::InsecureChannelCredentials();
  const TlsOptions& tls = options.tls;
  absl::StatusOr<std::string> ca = Load(tls.ca_file, tls.ca_pem, "ca", "-----BEGIN ");
  if (!ca.ok()) return ca.status();
  absl::StatusOr<std::string> certificate =
      Load(tls.certificate_file, tls.certificate_pem, "certificate", "-----BEGIN CERTIFICATE");
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = Load(tls.key_file, tls.key_pem, "key", "PRIVATE KEY-----");
  if (!key.ok()) return key.status();
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = *std::move(ca);
  ssl.pem_cert_chain = *std::move(certificate);
  ssl.pem_private_key = *std::move(key);
  return grpc::SslCredentials(ssl);
}

}  // namespace inventory::client::internal
