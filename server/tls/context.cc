#include "server/tls/context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <string>

namespace inventory::tls {
namespace {

constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";

absl::Status Refused() {
  char text[256] = "";
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
  ERR_clear_error();
  return absl::InvalidArgumentError(text);
}

bool UseChain(SSL_CTX* context, const std::string& text) {
  const Bio bio = Reading(text);
  const Certificate own(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (own == nullptr || SSL_CTX_use_certificate(context, own.get()) != 1) return false;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return false;
    }
  }
  ERR_clear_error();  // The end of the text.
  return true;
}

bool UseKey(SSL_CTX* context, const std::string& text) {
  const Bio bio = Reading(text);
  const PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  return key != nullptr && SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
}

bool TrustClients(SSL_CTX* context, const std::string& text) {
  const Bio bio = Reading(text);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    const Certificate owned(next);
    if (X509_STORE_add_cert(store, next) != 1 || SSL_CTX_add_client_CA(context, next) != 1) return false;
  }
  ERR_clear_error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return true;
}

}  // namespace

absl::StatusOr<Context> MakeServerContext(const Credentials& credentials, bool mutual) {
  Context context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kCiphers) != 1 ||
      !UseChain(context.get(), credentials.texts.certificate) || !UseKey(context.get(), credentials.texts.key)) {
    return Refused();
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A session that is taken up again would outlive the trust in its client's authority.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  if (mutual && !TrustClients(context.get(), credentials.texts.client_ca)) return Refused();
  return context;
}

}  // namespace inventory::tls
