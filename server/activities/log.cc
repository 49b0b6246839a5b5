// The activity `log`.
#include "absl/strings/str_cat.h"
#include "server/activities/activity.h"
#include "server/logging.h"

namespace inventory::activities {
namespace {

class Log final : public Activity {
 public:
  std::string_view key() const override { return "log"; }
  std::string_view label() const override { return "Write to the server's log"; }

  absl::Status Execute(const LowStockEvent& event, Context&) const override {
    const bool low = event.type == LowStockEvent::Type::kLow;
    server::LogFields fields = {{"event_id", event.event_id}, {"sku", event.sku}};
    if (!event.warehouse_id.empty()) fields.emplace_back("warehouse_id", event.warehouse_id);
    if (!event.channel_id.empty()) fields.emplace_back("channel_id", event.channel_id);
    fields.emplace_back("available", absl::StrCat(event.available));
    fields.emplace_back("threshold", absl::StrCat(event.threshold));
    server::Log(low ? server::LogLevel::kWarning : server::LogLevel::kInfo,
                low ? "stock is low" : "stock has recovered", fields);
    return absl::OkStatus();
  }
};

const Registered<Log> kLog;

}  // namespace
}  // namespace inventory::activities
