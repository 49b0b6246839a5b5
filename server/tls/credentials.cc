#include "server/tls/credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/tls/context.h"
#include "server/tls/openssl.h"

namespace inventory::tls {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

// A key with a password is not asked for it on somebody's terminal.
int NoPassword(char*, int, int, void*) { return -1; }

absl::Status Wrong(const std::string& file, const std::string& what) {
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(file, " ", what));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof()) {
    return absl::NotFoundError(absl::StrCat(path, " can't be read"));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.empty()) return absl::FailedPreconditionError(absl::StrCat(path, " is empty"));
  if (text.size() > kMaxBytes) return absl::FailedPreconditionError(absl::StrCat(path, " is larger than 1 MiB"));
  return text;
}

// All certificates of a file, at least one.
absl::StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& file, const std::string& text) {
  std::vector<Certificate> all;
  const Bio bio = Reading(text);
  ERR_clear_error();
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) all.emplace_back(one);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) {
    return Wrong(file, absl::StrCat("can't be read after its first ", all.size(), " certificates: it is damaged"));
  }
  if (all.empty()) return Wrong(file, "has no certificate in PEM");
  return all;
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string SubjectOf(const X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

absl::Status CheckChain(const std::string& file, const std::vector<Certificate>& chain, absl::Time now) {
  X509* const own = chain.front().get();
  const absl::Time from = ToTime(X509_get0_notBefore(own));
  const absl::Time to = ToTime(X509_get0_notAfter(own));
  if (now >= to) return Wrong(file, absl::StrCat("has expired on ", Show(to)));
  if (now < from) return Wrong(file, absl::StrCat("is valid only from ", Show(from), " on"));
  if (X509_check_purpose(own, X509_PURPOSE_SSL_SERVER, 0) != 1) {
    return Wrong(file, "has as its first certificate one that is not for servers");
  }
  if (chain.size() > 1 && X509_check_issued(chain[1].get(), own) != X509_V_OK) {
    return Wrong(file, "has as its second certificate one that has not issued the first; put them in order");
  }
  return absl::OkStatus();
}

absl::Status CheckKey(const Files& files, const std::string& text, X509* certificate) {
  const Bio bio = Reading(text);
  const PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) return Wrong(files.key, "has no private key in PEM, or one with a password");
  if (X509_check_private_key(certificate, key.get()) != 1) {
    return Wrong(files.key, absl::StrCat("does not belong to the first certificate of ", files.certificate));
  }
  return absl::OkStatus();
}

absl::Status CheckAuthorities(const std::string& file, const std::string& text, absl::Time now) {
  const absl::StatusOr<std::vector<Certificate>> authorities = ReadCertificates(file, text);
  if (!authorities.ok()) return authorities.status();
  const bool one_is_valid = std::any_of(authorities->begin(), authorities->end(), [now](const Certificate& one) {
    return now < ToTime(X509_get0_notAfter(one.get()));
  });
  return one_is_valid ? absl::OkStatus() : Wrong(file, "has only certificates that have expired");
}

}  // namespace

std::string Show(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

absl::StatusOr<Texts> ReadFiles(const Files& files) {
  Texts texts;
  for (const auto& [path, text] : {std::pair(&files.certificate, &texts.certificate), std::pair(&files.key, &texts.key),
                                   std::pair(&files.client_ca, &texts.client_ca)}) {
    if (path->empty()) continue;
    absl::StatusOr<std::string> read = ReadFile(*path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  return texts;
}

absl::StatusOr<Credentials> Check(const Files& files, Texts texts, absl::Time now) {
  const absl::StatusOr<std::vector<Certificate>> chain = ReadCertificates(files.certificate, texts.certificate);
  if (!chain.ok()) return chain.status();
  X509* const own = chain->front().get();
  absl::Status status = CheckChain(files.certificate, *chain, now);
  status.Update(CheckKey(files, texts.key, own));
  if (!texts.client_ca.empty()) status.Update(CheckAuthorities(files.client_ca, texts.client_ca, now));
  if (!status.ok()) return status;
  Credentials credentials = {.texts = std::move(texts),
                             .subject = SubjectOf(own),
                             .not_before = ToTime(X509_get0_notBefore(own)),
                             .not_after = ToTime(X509_get0_notAfter(own))};
  // What the library does not take for any other reason, a key that is too short for one.
  const absl::StatusOr<Context> context =
      MakeServerContext(credentials, /*mutual=*/!credentials.texts.client_ca.empty());
  if (!context.ok()) return Wrong(files.certificate, absl::StrCat("is refused: ", context.status().message()));
  return credentials;
}

}  // namespace inventory::tls
