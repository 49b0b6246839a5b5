#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "inventory/v1/event.pb.h"
#include "server/convert.h"
#include "server/feed/cut.h"
#include "server/rpc/stream_rule.h"
#include "server/rpc/watch_stream.h"

namespace inventory::queries {
namespace {

constexpr int kMaxValues = 100;

struct Watch {
  using Request = v1::WatchRequest;
  using Response = v1::WatchResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    if (request.start_case() == Request::kResumeToken && !feed::Cut::FromToken(request.resume_token())) {
      violations.Add("resume_token", "is not one that this service has made");
    }
    if (request.start_case() == Request::kStartTime) {
      rpc::CheckTimestamp(request.start_time(), "start_time", violations);
    }
    if (request.has_heartbeat_interval()) CheckHeartbeat(request.heartbeat_interval(), violations);
    const Request::Filter& filter = request.filter();
    const auto check = [&violations](const auto& values, const std::string& field, auto check_one) {
      if (values.size() > kMaxValues) violations.Add(field, absl::StrCat("must have at most ", kMaxValues, " values"));
      for (int i = 0; i < std::min(values.size(), kMaxValues); ++i) {
        check_one(values[i], absl::StrCat(field, "[", i, "]"));
      }
    };
    check(filter.skus(), "filter.skus",
          [&](const std::string& sku, const std::string& field) { rpc::CheckSku(sku, field, violations); });
    const auto check_id = [&](const std::string& id, const std::string& field) { rpc::CheckId(id, field, violations); };
    check(filter.warehouse_ids(), "filter.warehouse_ids", check_id);
    check(filter.channel_ids(), "filter.channel_ids", check_id);
    check(filter.types(), "filter.types", [&](int type, const std::string& field) {
      if (type == v1::EVENT_TYPE_UNSPECIFIED || !v1::EventType_IsValid(type)) {
        violations.Add(field, "must be one of the event types");
      }
    });
  }

  static void Serve(rpc::Runtime& runtime, const rpc::MethodFacts& facts, rpc::Wire& wire,
                    rpc::StreamRequest<Request> asked) {
    absl::Status checked = asked.request.status();
    if (checked.ok()) {
      Violations violations;
      Validate(*asked.request, runtime.bounds(), violations);
      checked = violations.ToStatus();
    }
    Request request = checked.ok() ? *std::move(asked.request) : Request();
    rpc::WatchStream::Start(runtime, facts, wire, std::move(asked.admission), std::move(request), std::move(checked));
  }

 private:
  static void CheckHeartbeat(const google::protobuf::Duration& interval, Violations& violations) {
    const absl::Duration value = FromDuration(interval);
    if (value < absl::Seconds(1) || value > absl::Seconds(300)) {
      violations.Add("heartbeat_interval", "must be 1 to 300 seconds");
    }
  }
};

const rpc::RegisteredStream<Watch> kWatch;

}  // namespace
}  // namespace inventory::queries
