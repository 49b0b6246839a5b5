// The activity `webhook`: an HTTP POST of a CloudEvent, see cloud_event.h, signed as signature.h says.
#include <algorithm>

#include "server/activities/activity.h"
#include "server/activities/cloud_event.h"
#include "server/activities/http_post.h"
#include "server/activities/signature.h"
#include "server/http/url.h"

namespace inventory::activities {
namespace {

// The longest wait that a receiver can ask for by Retry-After.
constexpr absl::Duration kMaxRetryAfter = absl::Hours(1);

class Webhook final : public Activity {
 public:
  std::string_view key() const override { return "webhook"; }
  std::string_view label() const override { return "Call an HTTP endpoint"; }

  std::vector<ParameterFacts> parameters() const override {
    return {
        {.name = "url",
         .meaning = "Where to POST the event, by http or https. Shown to all who read the rule, so no place for "
                    "credentials.",
         .required = true},
        {.name = "secret",
         .meaning = "Name of the secret to sign with, a file in the server's folder of secrets, which must be for the "
                    "URL's host. Without it the call is not signed."}};
  }

  std::vector<ParameterProblem> CheckValues(const Parameters& parameters) const override {
    std::vector<ParameterProblem> problems;
    std::string url_problem = http::UrlProblem(parameters.find("url")->second);
    if (!url_problem.empty()) problems.push_back({"url", std::move(url_problem)});
    const auto secret = parameters.find("secret");
    if (secret != parameters.end() && !IsSecretName(secret->second)) {
      problems.push_back(
          {"secret",
           "must be the name of a secret: 1 to 64 of [A-Za-z0-9._-], neither beginning with a dot nor ending in "
           ".hosts"});
    }
    return problems;
  }

  std::string destination(const Parameters& parameters) const override {
    const auto url = parameters.find("url");
    return url == parameters.end() ? "" : http::HostOf(url->second);
  }

  // Every answer but 2xx is tried again; attempts are limited.
  absl::Status Execute(const LowStockEvent& event, Context& context) const override {
    const std::string& url = event.parameters.find("url")->second;
    std::vector<std::string> secrets;
    if (const auto secret = event.parameters.find("secret"); secret != event.parameters.end()) {
      auto read = ReadSecrets(context.options().webhook_secrets, secret->second, http::HostOf(url));
      if (!read.ok()) return read.status();
      secrets = *std::move(read);
    }
    http::Request request = SignedPost(url, "application/cloudevents+json", CloudEventJson(event), secrets);
    request.deadline = context.deadline();
    request.give_up = [&context] { return context.stopping(); };
    const absl::StatusOr<http::Answer> answer = HttpPost(std::move(request), context.options());
    if (!answer.ok()) return answer.status();
    absl::Status outcome = OutcomeOf(*answer);
    if (outcome.ok() || !answer->retry_after) return outcome;
    return AfterAtLeast(std::move(outcome), std::min(*answer->retry_after, kMaxRetryAfter));
  }
};

const Registered<Webhook> kWebhook;

}  // namespace
}  // namespace inventory::activities
