#include "server/http/call.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/http/curl.h"
#include "server/http/url.h"

namespace inventory::http {
namespace {

using Handle = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Headers = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;

// What the callbacks of one call know.
struct Call {
  const Request& request;
  std::string body = {};
  std::size_t answer_bytes = 0;
  bool refused = false;  // An address may not be called.
};

curl_socket_t OpenSocket(void* data, curlsocktype, curl_sockaddr* where) {
  Call& call = *static_cast<Call*>(data);
  call.refused = call.request.may_connect && !call.request.may_connect(where->addr);
  if (call.refused) return CURL_SOCKET_BAD;
  return socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

// Fewer bytes than were offered end the call.
std::size_t Count(Call& call, std::size_t bytes) {
  call.answer_bytes += bytes;
  return call.answer_bytes > call.request.most_answer_bytes ? 0 : bytes;
}
std::size_t TakeHeader(char*, std::size_t size, std::size_t count, void* data) {
  return Count(*static_cast<Call*>(data), size * count);
}
std::size_t TakeBody(char* bytes, std::size_t size, std::size_t count, void* data) {
  Call& call = *static_cast<Call*>(data);
  const std::size_t taken = Count(call, size * count);
  call.body.append(bytes, taken);
  return taken;
}

int Progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const Call& call = *static_cast<const Call*>(data);
  return call.request.give_up && call.request.give_up() ? 1 : 0;
}

template <typename Value>
void Set(const Handle& handle, CURLoption option, Value value) {
  curl_easy_setopt(handle.get(), option, value);
}

void SetDestination(const Handle& handle, Call& call) {
  Set(handle, CURLOPT_URL, call.request.url.c_str());
  Set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  Set(handle, CURLOPT_PROXY, "");
  Set(handle, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  Set(handle, CURLOPT_OPENSOCKETDATA, &call);
  if (call.request.ca_file.empty()) return;
  Set(handle, CURLOPT_CAINFO, call.request.ca_file.c_str());
  // The system's authorities would count too.
  Set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void SetBody(const Handle& handle, const std::optional<std::string>& body) {
  if (!body) return;
  Set(handle, CURLOPT_POST, 1L);
  Set(handle, CURLOPT_POSTFIELDS, body->c_str());
  Set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
}

void SetLimits(const Handle& handle, Call& call) {
  const absl::Duration time = std::min(call.request.deadline - absl::Now(), absl::Hours(1));
  const int64_t left = std::max<int64_t>(1, absl::ToInt64Milliseconds(time));
  Set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left));  // NOLINT(google-runtime-int): curl's type.
  Set(handle, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::min(left, absl::ToInt64Milliseconds(kConnectTimeout))));  // NOLINT(google-runtime-int)
  // Neither signals, which are the process's, nor waiting for a resolver that hangs.
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_QUICK_EXIT, 1L);
  Set(handle, CURLOPT_NOPROGRESS, 0L);
  Set(handle, CURLOPT_XFERINFOFUNCTION, Progress);
  Set(handle, CURLOPT_XFERINFODATA, &call);
  Set(handle, CURLOPT_HEADERFUNCTION, TakeHeader);
  Set(handle, CURLOPT_HEADERDATA, &call);
  Set(handle, CURLOPT_WRITEFUNCTION, TakeBody);
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
  if (call.refused) return absl::PermissionDeniedError("the host's address may not be called");
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

absl::StatusOr<Answer> Send(const Request& request) {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (std::string problem = UrlProblem(request.url); !problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the URL ", problem));
  }
  const Handle handle(curl_easy_init());
  if (kInitialised != CURLE_OK || handle == nullptr) return absl::UnavailableError("no memory for a call");
  Call call{.request = request};
  const Headers headers = MakeHeaders(request.headers);
  SetDestination(handle, call);
  SetLimits(handle, call);
  SetBody(handle, request.body);
  Set(handle, CURLOPT_HTTPHEADER, headers.get());

  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;  // NOLINT(google-runtime-int): curl's type.
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  // How the rest of the answer ends does not undo the status, once that is there. Those of 1xx are only preliminary.
  if (status < 200) return Failure(code, call);
  Answer answer{.status = static_cast<int>(status), .body = std::move(call.body), .whole = code == CURLE_OK};
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (retry_after > 0) answer.retry_after = absl::Seconds(retry_after);
  return answer;
}

}  // namespace inventory::http
