#include "server/auth/fetch.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/activities/http_post.h"

namespace inventory::auth {
namespace {

constexpr long kTimeoutMilliseconds = 5000;  // NOLINT(google-runtime-int): curl's type.

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

// What the callbacks of one call know.
struct Call {
  const Fetch& fetch;
  const std::atomic<bool>& stop;
  std::string body = {};
  bool too_long = false;
};

// Fewer bytes than were offered end the call.
std::size_t Take(char* bytes, std::size_t size, std::size_t count, void* data) {
  Call& call = *static_cast<Call*>(data);
  call.too_long = call.body.size() + size * count > call.fetch.max_bytes;
  if (call.too_long) return 0;
  call.body.append(bytes, size * count);
  return size * count;
}

int Progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Call*>(data)->stop.load(std::memory_order_relaxed) ? 1 : 0;
}

template <typename Value>
void Set(CURL* handle, CURLoption option, Value value) {
  curl_easy_setopt(handle, option, value);
}

void Prepare(CURL* handle, Call& call) {
  Set(handle, CURLOPT_URL, call.fetch.url.c_str());
  Set(handle, CURLOPT_PROTOCOLS_STR, "https");
  Set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  Set(handle, CURLOPT_PROXY, "");
  Set(handle, CURLOPT_TIMEOUT_MS, kTimeoutMilliseconds);
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_QUICK_EXIT, 1L);
  Set(handle, CURLOPT_NOPROGRESS, 0L);
  Set(handle, CURLOPT_XFERINFOFUNCTION, Progress);
  Set(handle, CURLOPT_XFERINFODATA, &call);
  Set(handle, CURLOPT_WRITEFUNCTION, Take);
  Set(handle, CURLOPT_WRITEDATA, &call);
  if (call.fetch.ca_file.empty()) return;
  Set(handle, CURLOPT_CAINFO, call.fetch.ca_file.c_str());
  // The system's authorities would count too.
  Set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

}  // namespace

absl::StatusOr<std::string> Get(const Fetch& fetch, const std::atomic<bool>& stop) {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (!absl::StartsWith(fetch.url, "https://") || !activities::UrlProblem(fetch.url).empty()) {
    return absl::InvalidArgumentError("it is not a URL of https without user, password and fragment");
  }
  const std::unique_ptr<CURL, FreeHandle> handle(curl_easy_init());
  if (kInitialised != CURLE_OK || handle == nullptr) return absl::UnavailableError("no memory for a call");
  Call call{.fetch = fetch, .stop = stop};
  Prepare(handle.get(), call);
  const CURLcode code = curl_easy_perform(handle.get());
  if (call.too_long) {
    return absl::UnavailableError(absl::StrCat("the answer has more than ", fetch.max_bytes, " bytes"));
  }
  if (code != CURLE_OK) return absl::UnavailableError(absl::StrCat("no answer: ", curl_easy_strerror(code)));
  long status = 0;  // NOLINT(google-runtime-int): curl's type.
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return absl::UnavailableError(absl::StrCat("the answer was ", status));
  return std::move(call.body);
}

}  // namespace inventory::auth
