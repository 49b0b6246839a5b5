#include "inventory/client/internal/credentials.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "inventory/client/internal/read_file.h"

namespace inventory::client::internal {
namespace {

using grpc::experimental::CertificateProviderInterface;
using grpc::experimental::FileWatcherCertificateProvider;
using grpc::experimental::IdentityKeyCertPair;
using grpc::experimental::StaticDataCertificateProvider;

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

// An item of TlsOptions.
struct Pem {
  std::string name;  // "tls.ca_file /etc/inventory/ca.pem" or "tls.ca_pem", which errors may show.
  std::string text;  // Empty if there is none.
};

absl::StatusOr<Pem> Load(const std::string& file, const std::string& pem, const std::string& what) {
  if (file.empty()) return Pem{absl::StrCat("tls.", what, "_pem"), pem};
  const std::string name = absl::StrCat("tls.", what, "_file ", file);
  absl::StatusOr<std::string> text = ReadFile(file, name);
  if (!text.ok()) return text.status();
  if (text->empty()) return absl::InvalidArgumentError(absl::StrCat(name, " is empty"));
  return Pem{name, *std::move(text)};
}

// A key with a password is not asked for it on somebody's terminal.
int NoPassword(char*, int, int, void*) { return -1; }

Certificate FirstCertificate(const std::string& text) {
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
}

Key ReadKey(const std::string& text) {
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
}

// gRPC would only let every handshake fail, and that much later.
absl::Status Check(const Pem& ca, const Pem& certificate, const Pem& key) {
  for (const Pem* pem : {&ca, &certificate}) {
    if (pem->text.empty() || FirstCertificate(pem->text) != nullptr) continue;
    return absl::InvalidArgumentError(absl::StrCat(pem->name, " has no certificate in PEM"));
  }
  if (key.text.empty()) return absl::OkStatus();
  const Key parsed = ReadKey(key.text);
  if (parsed == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(key.name, " has no private key in PEM, or one with a password"));
  }
  if (X509_check_private_key(FirstCertificate(certificate.text).get(), parsed.get()) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(key.name, " does not belong to the first certificate of ", certificate.name));
  }
  return absl::OkStatus();
}

// Files are watched; texts can't change.
std::shared_ptr<CertificateProviderInterface> Provider(const TlsOptions& tls, const Pem& ca, const Pem& certificate,
                                                       const Pem& key) {
  if (tls.ca_pem.empty() && tls.certificate_pem.empty() && tls.key_pem.empty()) {
    const auto seconds = static_cast<unsigned>(absl::ToInt64Seconds(tls.reload_interval));
    return std::make_shared<FileWatcherCertificateProvider>(tls.key_file, tls.certificate_file, tls.ca_file, seconds);
  }
  std::vector<IdentityKeyCertPair> pairs;
  if (!key.text.empty()) pairs.push_back({key.text, certificate.text});
  return std::make_shared<StaticDataCertificateProvider>(ca.text, pairs);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const ConnectionOptions& options) {
  if (options.plaintext) return grpc::InsecureChannelCredentials();
  const TlsOptions& tls = options.tls;
  absl::StatusOr<Pem> ca = Load(tls.ca_file, tls.ca_pem, "ca");
  if (!ca.ok()) return ca.status();
  absl::StatusOr<Pem> certificate = Load(tls.certificate_file, tls.certificate_pem, "certificate");
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<Pem> key = Load(tls.key_file, tls.key_pem, "key");
  if (!key.ok()) return key.status();
  if (absl::Status checked = Check(*ca, *certificate, *key); !checked.ok()) return checked;
  grpc::experimental::TlsChannelCredentialsOptions channel;
  if (!ca->text.empty()) channel.watch_root_certs();
  if (!key->text.empty()) channel.watch_identity_key_cert_pairs();
  if (!ca->text.empty() || !key->text.empty()) channel.set_certificate_provider(Provider(tls, *ca, *certificate, *key));
  return grpc::experimental::TlsCredentials(channel);
}

}  // namespace inventory::client::internal
