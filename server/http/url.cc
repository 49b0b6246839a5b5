#include "server/http/url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/http/curl.h"

namespace inventory::http {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;

using Url = std::unique_ptr<CURLU, Freed<curl_url_cleanup>>;
using Text = std::unique_ptr<char, Freed<curl_free>>;

// Null if it is no URL that curl knows.
Url Parse(const std::string& text) {
  Url url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

// Empty if the URL does not have it, or is none.
std::string Part(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (url == nullptr) return "";
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return "";
  return Text(text).get();
}

}  // namespace

std::string UrlProblem(const std::string& text) {
  if (text.size() > kMaxUrlBytes) return absl::StrCat("is longer than ", kMaxUrlBytes, " bytes");
  const Url url = Parse(text);
  const std::string scheme = Part(url, CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || Part(url, CURLUPART_HOST).empty()) {
    return "is not a URL of http or https";
  }
  if (!Part(url, CURLUPART_USER).empty() || !Part(url, CURLUPART_PASSWORD).empty()) {
    return "must not hold a user or a password";
  }
  return Part(url, CURLUPART_FRAGMENT).empty() ? "" : "must not have a fragment";
}

std::string HostOf(const std::string& url) { return absl::AsciiStrToLower(Part(Parse(url), CURLUPART_HOST)); }

}  // namespace inventory::http
