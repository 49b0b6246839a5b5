#include "server/activities/http_post.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace inventory::activities {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::size_t kMaxAnswerBytes = 64 << 10;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* owned) const {
    Free(owned);
  }
};
using Url = std::unique_ptr<CURLU, Freed<curl_url_cleanup>>;
using Handle = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Headers = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;
using Text = std::unique_ptr<char, Freed<curl_free>>;

// What the callbacks of one call know.
struct Call {
  const Options& options;
  const HttpRequest& request;
  std::size_t answer_bytes = 0;
  bool refused = false;  // An address may not be called.
};

// Null if it is not a URL of http or https.
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

curl_socket_t OpenSocket(void* data, curlsocktype, curl_sockaddr* where) {
  Call& call = *static_cast<Call*>(data);
  const std::optional<Address> address = AddressOf(where->addr);
  if (!address || !(IsPublic(*address) || call.options.webhook_private_networks.Contain(*address))) {
    call.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

// Takes headers and body. Fewer bytes than were offered end the call.
std::size_t Discard(char*, std::size_t size, std::size_t count, void* data) {
  Call& call = *static_cast<Call*>(data);
  call.answer_bytes += size * count;
  return call.answer_bytes > kMaxAnswerBytes ? 0 : size * count;
}

int Progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const Call& call = *static_cast<const Call*>(data);
  return call.request.give_up && call.request.give_up() ? 1 : 0;
}

template <typename Value>
void Set(const Handle& handle, CURLoption option, Value value) {
  curl_easy_setopt(handle.get(), option, value);
}

void SetDestination(const Handle& handle, const Url& url, Call& call) {
  Set(handle, CURLOPT_CURLU, url.get());
  Set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  Set(handle, CURLOPT_PROXY, "");
  Set(handle, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  Set(handle, CURLOPT_OPENSOCKETDATA, &call);
  const std::string& authorities = call.options.webhook_ca_file;
  if (authorities.empty()) return;
  Set(handle, CURLOPT_CAINFO, authorities.c_str());
  // The system's authorities would count too.
  Set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void SetLimits(const Handle& handle, Call& call) {
  const int64_t left = std::max<int64_t>(1, absl::ToInt64Milliseconds(call.request.deadline - absl::Now()));
  Set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left));  // NOLINT(google-runtime-int): curl's type.
  Set(handle, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::min(left, absl::ToInt64Milliseconds(kConnectTimeout))));  // NOLINT(google-runtime-int)
  // Neither signals, which are the process's, nor waiting for a resolver that hangs.
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_QUICK_EXIT, 1L);
  Set(handle, CURLOPT_NOPROGRESS, 0L);
  Set(handle, CURLOPT_XFERINFOFUNCTION, Progress);
  Set(handle, CURLOPT_XFERINFODATA, &call);
  Set(handle, CURLOPT_HEADERFUNCTION, Discard);
  Set(handle, CURLOPT_HEADERDATA, &call);
  Set(handle, CURLOPT_WRITEFUNCTION, Discard);
  Set(handle, CURLOPT_WRITEDATA, &call);
}

Headers MakeHeaders(const std::vector<std::string>& lines) {
  Headers headers;
  for (const std::string& line : lines) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  }
  return headers;
}

absl::Status Failure(CURLcode code, const Call& call) {
  if (call.refused) {
    return absl::PermissionDeniedError(
        "the host's address is not a public one; see the option webhook-private-networks");
  }
  const std::string what = absl::StrCat("no answer: ", curl_easy_strerror(code));
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return absl::DeadlineExceededError(what);
    case CURLE_ABORTED_BY_CALLBACK:
      return absl::CancelledError("given up");
    default:
      return absl::UnavailableError(what);
  }
}

}  // namespace

std::string UrlProblem(const std::string& text) {
  if (text.size() > kMaxUrlBytes) return absl::StrCat("is longer than ", kMaxUrlBytes, " bytes");
  const Url url = Parse(text);
  const std::string scheme = url == nullptr ? "" : Part(url, CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || Part(url, CURLUPART_HOST).empty())
    return "is not a URL of http or https";
  if (!Part(url, CURLUPART_USER).empty() || !Part(url, CURLUPART_PASSWORD).empty()) {
    return "must not hold a user or a password";
  }
  return Part(url, CURLUPART_FRAGMENT).empty() ? "" : "must not have a fragment";
}

std::string HostOf(const std::string& url) { return absl::AsciiStrToLower(Part(Parse(url), CURLUPART_HOST)); }

absl::StatusOr<HttpAnswer> HttpPost(const HttpRequest& request, const Options& options) {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (std::string problem = UrlProblem(request.url); !problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the URL ", problem));
  }
  const Url url = Parse(request.url);
  if (!options.webhook_hosts.Contain(HostOf(request.url))) {
    return absl::PermissionDeniedError("the host is none that may be called; see the option webhook-hosts");
  }
  const Handle handle(curl_easy_init());
  if (kInitialised != CURLE_OK || handle == nullptr) return absl::UnavailableError("no memory for a call");
  Call call{.options = options, .request = request};
  const Headers headers = MakeHeaders(request.headers);
  SetDestination(handle, url, call);
  SetLimits(handle, call);
  Set(handle, CURLOPT_HTTPHEADER, headers.get());
  Set(handle, CURLOPT_POST, 1L);
  Set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
  Set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));

  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;  // NOLINT(google-runtime-int): curl's type.
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  // How the rest of the answer ends does not matter once its status is there. Those of 1xx are only preliminary.
  if (status < 200) return Failure(code, call);
  HttpAnswer answer{.status = static_cast<int>(status)};
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (retry_after > 0) answer.retry_after = absl::Seconds(retry_after);
  return answer;
}

}  // namespace inventory::activities
