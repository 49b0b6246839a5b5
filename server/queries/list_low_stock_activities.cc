#include "inventory/v1/low_stock.pb.h"
#include "server/activities/activity.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

struct ListLowStockActivities {
  using Request = v1::ListLowStockActivitiesRequest;
  using Response = v1::ListLowStockActivitiesResponse;

  static void Validate(const Request&, const rpc::Bounds&, Violations&) {}

  static absl::Status Read(const Request&, reading::Reader&, Response& response) {
    for (const activities::Activity* activity : activities::All()) {
      v1::LowStockActivity& shown = *response.add_activities();
      shown.set_key(std::string(activity->key()));
      shown.set_label(std::string(activity->label()));
      for (const activities::ParameterFacts& facts : activity->parameters()) {
        v1::LowStockActivity::Parameter& parameter = *shown.add_parameters();
        parameter.set_key(facts.name);
        parameter.set_description(facts.meaning);
        parameter.set_required(facts.required);
      }
    }
    return absl::OkStatus();
  }
};

const rpc::Registered<ListLowStockActivities> kListLowStockActivities;

}  // namespace
}  // namespace inventory::queries
