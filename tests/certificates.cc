#include "tests/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/child_process.h"

namespace inventory {

Certificates::Certificates(std::string folder) : folder_(std::move(folder)) {}

absl::Status Certificates::MakeAuthority(const std::string& name) const {
  return Request(name, {"-addext", "keyUsage=critical,keyCertSign,cRLSign"});
}

absl::Status Certificates::MakeCertificate(const std::string& name, const std::string& address,
                                           const std::string& authority) const {
  return MakeCertificateFor(name, "IP:" + address, authority);
}

absl::Status Certificates::MakeCertificateFor(const std::string& name, const std::string& names,
                                              const std::string& authority,
                                              const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = {"-CA",     Pem(authority),
                                        "-CAkey",  Key(authority),
                                        "-addext", "subjectAltName=" + names,
                                        "-addext", "basicConstraints=critical,CA:FALSE"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Request(name, arguments);
}

absl::Status Certificates::SetValidity(const std::string& name, const std::string& authority, absl::Time from,
                                       absl::Time to) const {
  const auto open = [](const std::string& path, const char* mode) {
    return std::unique_ptr<BIO, decltype(&BIO_free_all)>(BIO_new_file(path.c_str(), mode), BIO_free_all);
  };
  const auto in = open(Pem(name), "r");
  const auto key_file = open(Key(authority), "r");
  if (in == nullptr || key_file == nullptr) return absl::NotFoundError(name);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                                X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(key_file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(to));
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) return absl::InternalError("X509_sign");
  const auto out = open(Pem(name), "w");
  return PEM_write_bio_X509(out.get(), certificate.get()) == 1 ? absl::OkStatus() : absl::InternalError(name);
}

std::string Certificates::Pem(const std::string& name) const { return absl::StrCat(folder_, "/", name, ".pem"); }

std::string Certificates::Key(const std::string& name) const { return absl::StrCat(folder_, "/", name, ".key"); }

absl::Status Certificates::Request(const std::string& name, const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = {"/usr/bin/openssl",
                                        "req",
                                        "-x509",
                                        "-newkey",
                                        "ec",
                                        "-pkeyopt",
                                        "ec_paramgen_curve:prime256v1",
                                        "-nodes",
                                        "-days",
                                        "2",
                                        "-subj",
                                        "/CN=" + name,
                                        "-keyout",
                                        Key(name),
                                        "-out",
                                        Pem(name)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return storage::RunChild(arguments, folder_ + "/openssl.log");
}

}  // namespace inventory
