#include "server/options/transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::server::options {
namespace {

void CheckCertificateFiles(const ServerOptions& options, Problems& problems) {
  const bool tls = !options.tls_cert_file.empty();
  if (tls && options.tls_key_file.empty()) {
    problems.emplace_back("--tls-key-file: is empty, but --tls-cert-file is given; give the certificate's private key");
  }
  if (!tls && !options.tls_key_file.empty()) {
    problems.emplace_back("--tls-cert-file: is empty, but --tls-key-file is given; give the key's certificate");
  }
  if (!tls && !options.tls_client_ca_file.empty()) {
    problems.emplace_back(
        "--tls-client-ca-file: needs --tls-cert-file and --tls-key-file: without TLS clients can't "
        "show a certificate");
  }
  if (!tls && options.metrics_tls != MetricsTls::kOff) {
    problems.emplace_back("--metrics-tls: needs --tls-cert-file and --tls-key-file");
  }
  if (options.metrics_tls == MetricsTls::kMutual && options.tls_client_ca_file.empty()) {
    problems.emplace_back("--metrics-tls: mutual needs --tls-client-ca-file, to verify clients' certificates with");
  }
}

}  // namespace

bool IsLocal(const std::string& address) {
  if (absl::StartsWith(address, "unix:")) return true;
  std::string host = address.substr(0, address.rfind(':'));
  if (host == "localhost") return true;
  in_addr v4 = {};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return false;
  host = host.substr(1, host.size() - 2);
  in6_addr v6 = {};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

void CheckTransport(const ServerOptions& options, Problems& problems) {
  CheckCertificateFiles(options, problems);
  if (options.tls_cert_file.empty() && !options.allow_plaintext && !IsLocal(options.listen)) {
    problems.push_back(absl::StrCat(
        "--listen: ", options.listen,
        " is reached by other machines, and without TLS whoever is on the way reads and changes everything; give "
        "--tls-cert-file and --tls-key-file, or listen on 127.0.0.1, or give --allow-plaintext where something else "
        "encrypts"));
  }
  if (!options.metrics_listen.empty() && options.metrics_tls == MetricsTls::kOff && !options.metrics_allow_plaintext &&
      !IsLocal(options.metrics_listen)) {
    problems.push_back(
        absl::StrCat("--metrics-listen: ", options.metrics_listen,
                     " is reached by other machines; give --metrics-tls=on, or listen on 127.0.0.1, or give "
                     "--metrics-allow-plaintext"));
  }
}

}  // namespace inventory::server::options
