#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

  void Describe(const std::string& sku, const reading::SkuStock& own, v1::Availability& out) const {
    const Sellable sellable = SellableOf(
        own, offer_, [this](const std::string& part) -> const reading::SkuStock& { return stock_.component(part); });
    out.set_sku(sku);
    if (!offer_.reason.empty()) {
      out.set_reason(offer_.reason);
    } else if (!own.published) {
      out.set_reason("ITEM_UNPUBLISHED");
    }
    out.set_status(out.reason().empty() ? StatusOf(sellable, IsLow(own, offer_))
                                        : v1::AVAILABILITY_STATUS_NOT_SELLABLE);
    const bool show_all = request_.view() == v1::AVAILABILITY_VIEW_OPERATOR;
    if (sellable.quantity && (show_all || own.display_stock_quantity)) out.set_quantity(*sellable.quantity);
    if (!show_all && !own.display_availability) return;
    out.set_label(LabelOf(out.status()));
    ShowEstimate(own, out);
    if (sellable.any() || !own.components.empty() || out.status() == v1::AVAILABILITY_STATUS_NOT_SELLABLE) return;
    const std::optional<absl::Time> restock = RestockTime(own, offer_, stock_.now());
    if (restock) *out.mutable_restock_time() = ToTimestamp(*restock);
  }

 private:
  void ShowEstimate(const reading::SkuStock& own, v1::Availability& out) const {
    if (own.availability_estimate.empty()) return;
    const auto* estimate = configuration_.FindEstimateByUid(own.availability_estimate);
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
      if (!rpc::IsSku(request.skus(i))) rpc::CheckSku(request.skus(i), absl::StrCat("skus[", i, "]"), violations);
    }
  }

  using Turn = reading::KnownStock::Turn;

  // Kept until all are answered, if nothing has to be read for that.
  static Turn AwaitTurn(reading::Reader& reader) {
    return reader.known_stock() == nullptr ? Turn() : reader.known_stock()->AwaitTurn();
  }

  static absl::Status ReadTogether(std::vector<rpc::Asked<GetAvailability>>& asked, Turn& turn,
                                   reading::Reader& reader) {
    std::vector<std::string_view> skus;
    for (const auto& one : asked) skus.insert(skus.end(), one.request->skus().begin(), one.request->skus().end());
    const absl::StatusOr<Stock> stock = ReadStock(skus, reader.connection(), turn);
    if (!stock.ok()) return stock.status();
    auto configuration = reader.configurations().At(stock->configuration_version(), reader.connection());
    if (!configuration.ok()) return configuration.status();
    std::map<std::string_view, absl::StatusOr<Offer>> offers;
    std::size_t first = 0;
    for (auto& one : asked) {
      const std::string& channel_id = one.request->channel_id();
      auto offer = offers.find(channel_id);
      if (offer == offers.end()) offer = offers.emplace(channel_id, OfferOf(channel_id, **configuration)).first;
      one.status = AnswerTo(*one.request, *stock, first, **configuration, offer->second, *one.response);
      first += static_cast<std::size_t>(one.request->skus_size());
    }
    return absl::OkStatus();
  }

 private:
  // The request's SKUs are in the stock from place `first` on.
  static absl::Status AnswerTo(const Request& request, const Stock& stock, std::size_t first,
                               const pipeline::Configuration& configuration, const absl::StatusOr<Offer>& offer,
                               Response& response) {
    if (!offer.ok()) return offer.status();
    const Answer answer(request, stock, configuration, *offer);
    response.mutable_availabilities()->Reserve(request.skus_size());
    std::size_t place = first;
    for (const std::string& sku : request.skus()) {
      answer.Describe(sku, stock.at(place++), *response.add_availabilities());
    }
    return absl::OkStatus();
  }
};

const rpc::Registered<GetAvailability> kGetAvailability;

}  // namespace
}  // namespace inventory::queries
