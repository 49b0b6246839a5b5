#include "server/rpc/server_credentials.h"

#include <string>
#include <utility>

#include "grpc/grpc.h"
#include "grpc/grpc_security.h"
#include "storage/mutex.h"

namespace inventory::rpc {
namespace {

grpc_ssl_client_certificate_request_type RequestType(bool has_authorities, server::TlsClientAuth client_auth) {
  if (!has_authorities) return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  // In both cases one that is shown is verified.
  return client_auth == server::TlsClientAuth::kRequire ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                        : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
}

// gRPC asks for each connection whether there is something new to be used from it on.
class StoreCredentials final : public grpc::ServerCredentials {
 public:
  StoreCredentials(const tls::Store& store, server::TlsClientAuth client_auth) : store_(store) {
    grpc_ssl_server_credentials_options* options = grpc_ssl_server_credentials_create_options_using_config_fetcher(
        RequestType(!store.current()->texts.client_ca.empty(), client_auth), Fetch, this);
    credentials_ = grpc_ssl_server_credentials_create_with_options(options);
  }
  ~StoreCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& processor) override {
    GPR_ASSERT(processor == nullptr);  // Not used: see server/auth.
  }

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<StoreCredentials*>(self)->Fetch(config);
  }

  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config) {
    std::shared_ptr<const tls::Credentials> current = store_.current();
    {
      storage::MutexLock lock(mutex_);
      if (current == fetched_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
      fetched_ = current;
    }
    const tls::Texts& texts = current->texts;
    const grpc_ssl_pem_key_cert_pair pair = {texts.key.c_str(), texts.certificate.c_str()};
    // gRPC wants authorities even if no client is asked for a certificate; then it makes no use of them.
    const std::string& authorities = texts.client_ca.empty() ? texts.certificate : texts.client_ca;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const tls::Store& store_;
  grpc_server_credentials* credentials_ = nullptr;
  storage::Mutex mutex_;
  std::shared_ptr<const tls::Credentials> fetched_ GUARDED_BY(mutex_);
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> TlsCredentials(const tls::Store& store, server::TlsClientAuth client_auth) {
  return std::make_shared<StoreCredentials>(store, client_auth);
}

}  // namespace inventory::rpc
