#include "tests/https.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace inventory {
namespace {

std::size_t Append(char* bytes, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, size * count);
  return size * count;
}

}  // namespace

std::string HttpsGet(int port, const std::string& path, const HttpsCaller& caller) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> owned(curl_easy_init(), curl_easy_cleanup);
  CURL* const curl = owned.get();
  std::string body;
  curl_easy_setopt(curl, CURLOPT_URL, absl::StrCat("https://127.0.0.1:", port, path).c_str());
  curl_easy_setopt(curl, CURLOPT_CAINFO, caller.authority.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  if (!caller.certificate.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, caller.certificate.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, caller.key.c_str());
  }
  if (caller.only_old_tls) {
    curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                     static_cast<long>(CURL_SSLVERSION_TLSv1_0) | static_cast<long>(CURL_SSLVERSION_MAX_TLSv1_1));
    curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ALL@SECLEVEL=0");
  }
  const CURLcode code = curl_easy_perform(curl);
  return code == CURLE_OK ? body : absl::StrCat("curl: ", curl_easy_strerror(code));
}

}  // namespace inventory
