#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "inventory/v1/availability.pb.h"
#include "server/commands/availability_estimates.h"
#include "server/commands/convert.h"
#include "server/queries/estimate_text.h"
#include "server/queries/offer.h"
#include "server/queries/stock.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

constexpr int kMaxSkus = 1'000;

const char* LabelOf(v1::AvailabilityStatus status) {
  switch (status) {
    case v1::AVAILABILITY_STATUS_IN_STOCK:
      return "In stock";
    case v1::AVAILABILITY_STATUS_LOW_STOCK:
      return "Low stock";
    case v1::AVAILABILITY_STATUS_BACKORDER:
      return "On backorder";
    case v1::AVAILABILITY_STATUS_OUT_OF_STOCK:
      return "Out of stock";
    default:
      return "Not available";
  }
}

v1::AvailabilityStatus StatusOf(const Sellable& sellable, bool low) {
  if (sellable.any()) return low ? v1::AVAILABILITY_STATUS_LOW_STOCK : v1::AVAILABILITY_STATUS_IN_STOCK;
  return sellable.may_wait ? v1::AVAILABILITY_STATUS_BACKORDER : v1::AVAILABILITY_STATUS_OUT_OF_STOCK;
}

// Answers one call.
class Answer {
 public:
  // Everything must outlive the answer.
  Answer(const v1::GetAvailabilityRequest& request, const Stock& stock, const pipeline::Configuration& configuration,
         const Offer& offer)
      : request_(request), stock_(stock), configuration_(configuration), offer_(offer) {}

  void Describe(const std::string& sku, v1::Availability& out) const {
    const storage::ItemRecord& item = stock_.item(sku);
    const Sellable sellable = SellableOf(stock_, offer_, sku);
    out.set_sku(sku);
    out.set_reason(!offer_.reason.empty() ? offer_.reason : item.published ? "" : "ITEM_UNPUBLISHED");
    out.set_status(out.reason().empty() ? StatusOf(sellable, IsLow(stock_, offer_, sku))
                                        : v1::AVAILABILITY_STATUS_NOT_SELLABLE);
    const bool show_all = request_.view() == v1::AVAILABILITY_VIEW_OPERATOR;
    if (sellable.quantity && (show_all || item.display_stock_quantity)) out.set_quantity(*sellable.quantity);
    if (!show_all && !item.display_availability) return;
    out.set_label(LabelOf(out.status()));
    ShowEstimate(item, out);
    if (sellable.any() || item.is_kit() || out.status() == v1::AVAILABILITY_STATUS_NOT_SELLABLE) return;
    const std::optional<absl::Time> restock = RestockTime(stock_, offer_, sku);
    if (restock) *out.mutable_restock_time() = ToTimestamp(*restock);
  }

 private:
  void ShowEstimate(const storage::ItemRecord& item, v1::Availability& out) const {
    const auto* estimate = configuration_.FindEstimateByUid(item.availability_estimate);
    if (estimate == nullptr) return;
    v1::EstimateText& text = *out.mutable_availability_estimate();
    text.set_availability_estimate_id(estimate->availability_estimate_id);
    text.set_title(TitleIn(*estimate, request_.locale()));
  }

  const v1::GetAvailabilityRequest& request_;
  const Stock& stock_;
  const pipeline::Configuration& configuration_;
  const Offer& offer_;
};

struct GetAvailability {
  using Request = v1::GetAvailabilityRequest;
  using Response = v1::GetAvailabilityResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckEnum<v1::AvailabilityView_IsValid>(request.view(), "view", violations);
    if (!request.locale().empty() && !commands::IsLanguageTag(absl::AsciiStrToLower(request.locale()))) {
      violations.Add("locale", "must be a BCP 47 tag of at most 35 bytes, such as \"pt-BR\", or empty");
    }
    rpc::CheckCount(request.skus_size(), 1, kMaxSkus, "skus", violations);
    for (int i = 0; i < std::min(request.skus_size(), kMaxSkus); ++i) {
      rpc::CheckSku(request.skus(i), absl::StrCat("skus[", i, "]"), violations);
    }
  }

  static absl::Status ReadTogether(std::vector<rpc::Asked<GetAvailability>>& asked, reading::Reader& reader) {
    std::set<std::string> skus;
    for (const auto& one : asked) skus.insert(one.request->skus().begin(), one.request->skus().end());
    absl::StatusOr<Stock> stock = ReadStock(skus, reader.connection());
    if (!stock.ok()) return stock.status();
    auto configuration = reader.configurations().At(stock->configuration_version, reader.connection());
    if (!configuration.ok()) return configuration.status();
    for (auto& one : asked) one.status = AnswerTo(*one.request, *stock, **configuration, *one.response);
    return absl::OkStatus();
  }

 private:
  static absl::Status AnswerTo(const Request& request, const Stock& stock, const pipeline::Configuration& configuration,
                               Response& response) {
    const absl::StatusOr<Offer> offer = OfferOf(request.channel_id(), configuration);
    if (!offer.ok()) return offer.status();
    const Answer answer(request, stock, configuration, *offer);
    for (const std::string& sku : request.skus()) answer.Describe(sku, *response.add_availabilities());
    return absl::OkStatus();
  }
};

const rpc::Registered<GetAvailability> kRegistered;

}  // namespace
}  // namespace inventory::queries
