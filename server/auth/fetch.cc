#include "server/auth/fetch.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/http/call.h"
#include "server/http/url.h"

namespace inventory::auth {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);
// Of the answer's headers, besides the document.
constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 10;

}  // namespace

absl::StatusOr<std::string> Get(const Fetch& fetch, const std::atomic<bool>& stop) {
  if (!absl::StartsWith(fetch.url, "https://") || !http::UrlProblem(fetch.url).empty()) {
    return absl::InvalidArgumentError("it is not a URL of https without user, password and fragment");
  }
  absl::StatusOr<http::Answer> answer =
      http::Send({.url = fetch.url,
                  .deadline = absl::Now() + kPatience,
                  .ca_file = fetch.ca_file,
                  .most_answer_bytes = fetch.max_bytes + kMaxHeaderBytes,
                  .give_up = [&stop] { return stop.load(std::memory_order_relaxed); }});
  if (!answer.ok()) return absl::UnavailableError(answer.status().message());
  if (answer->status != 200) return absl::UnavailableError(absl::StrCat("the answer was ", answer->status));
  if (answer->body.size() > fetch.max_bytes) {
    return absl::UnavailableError(absl::StrCat("the answer has more than ", fetch.max_bytes, " bytes"));
  }
  if (!answer->whole) return absl::UnavailableError("the answer did not come whole, or in time");
  return std::move(answer->body);
}

}  // namespace inventory::auth
