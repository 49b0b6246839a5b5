// Certificates for tests of TLS.
#ifndef INVENTORY_TESTS_CERTIFICATES_H_
#define INVENTORY_TESTS_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace inventory {

// Authorities and certificates in a directory, made with the openssl command.
class Certificates {
 public:
  explicit Certificates(std::string folder);

  // An authority `name`: name.pem, name.key.
  absl::Status MakeAuthority(const std::string& name) const;
  // A certificate `name` for an address, signed by an authority.
  absl::Status MakeCertificate(const std::string& name, const std::string& address, const std::string& authority) const;
  // The same with these subject alternative names ("IP:127.0.0.1", "URI:spiffe://shop/web", "DNS:shop", several
  // separated by commas) and with more arguments of `openssl req`.
  absl::Status MakeCertificateFor(const std::string& name, const std::string& names, const std::string& authority,
                                  const std::vector<std::string>& more = {}) const;

  // Signs the certificate `name` anew, with these times of validity.
  absl::Status SetValidity(const std::string& name, const std::string& authority, absl::Time from, absl::Time to) const;

  std::string Pem(const std::string& name) const;
  std::string Key(const std::string& name) const;

 private:
  absl::Status Request(const std::string& name, const std::vector<std::string>& more) const;

  const std::string folder_;
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_CERTIFICATES_H_
