// Certificates for tests of TLS.
#ifndef INVENTORY_TESTS_CERTIFICATES_H_
#define INVENTORY_TESTS_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace inventory {

// Authorities and certificates in a directory, made with the openssl command.
class Certificates {
 public:
  explicit Certificates(std::string folder);

  // An authority `name`: name.pem, name.key.
  absl::Status MakeAuthority(const std::string& name) const;
  // A certificate `name` for an address, signed by an authority.
  absl::Status MakeCertificate(const std::string& name, const std::string& address, const std::string& authority) const;

  std::string Pem(const std::string& name) const;
  std::string Key(const std::string& name) const;

 private:
  absl::Status Request(const std::string& name, const std::vector<std::string>& more) const;

  const std::string folder_;
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_CERTIFICATES_H_
