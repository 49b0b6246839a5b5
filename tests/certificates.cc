#include "tests/certificates.h"

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
  return Request(name, {"-CA", Pem(authority), "-CAkey", Key(authority), "-addext", "subjectAltName=IP:" + address,
                        "-addext", "basicConstraints=critical,CA:FALSE"});
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
