// Whether a call costs more when the tables are large: the same load on few SKUs with a history and on many.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/bench/cases.h"
#include "tests/bench/history.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"
#include "tests/bench/sites.h"

namespace inventory::bench {
namespace {

constexpr int kWritesInFlight = 256;
constexpr int kReadsInFlight = 64;
constexpr int kSkusOfRead = 20;
constexpr Method<v1::GetAvailabilityRequest, v1::GetAvailabilityResponse> kGetGrown(
    "/inventory.v1.InventoryService/GetAvailability");

std::string AnySku(int64_t skus) {
  thread_local absl::BitGen random;
  return HistorySku(absl::Uniform<int64_t>(random, 0, skus));
}

// How many units of each SKU reservations have been acknowledged for. Thread-safe.
class Reserved {
 public:
  explicit Reserved(int64_t skus) : units_(static_cast<std::size_t>(skus)) {}

  void Add(const std::string& sku) { At(sku).fetch_add(1, std::memory_order_relaxed); }
  int64_t Of(const std::string& sku) const { return At(sku).load(std::memory_order_relaxed); }

 private:
  std::atomic<int32_t>& At(const std::string& sku) { return units_.at(NumberOfHistorySku(sku)); }
  const std::atomic<int32_t>& At(const std::string& sku) const { return units_.at(NumberOfHistorySku(sku)); }

  std::vector<std::atomic<int32_t>> units_;
};

// Runs the load and adds how large the tables are.
template <typename Request, typename Response>
absl::StatusOr<Sample> DriveGrown(Site& site, const Traffic<Request, Response>& traffic, const Timing& timing) {
  absl::StatusOr<Sample> sample = Drive(traffic, timing);
  if (!sample.ok()) return sample;
  sample->more["skus"] = static_cast<double>(site.history_skus());
  sample->more["movements"] = static_cast<double>(site.history_skus() * kHistoryMovements);
  return sample;
}

absl::StatusOr<Sample> Reserve(Site& site, const Timing& timing, Reserved& reserved) {
  absl::StatusOr<Sample> sample = DriveGrown(
      site,
      Traffic<v1::ReserveStockRequest, v1::ReserveStockResponse>{
          .address = site.server_address(),
          .method = kReserveStock,
          .in_flight = kWritesInFlight,
          .next = [&site](v1::ReserveStockRequest& request) { FillRequest(AnySku(site.history_skus()), request); },
          .check =
              [&reserved](const v1::ReserveStockRequest& request, const v1::ReserveStockResponse& response) {
                absl::Status right = CheckAnswer(request, response);
                if (right.ok()) reserved.Add(request.lines(0).sku());
                return right;
              }},
      timing);
  if (!sample.ok()) return sample;
  site.Acknowledge(kHistoryPrefix, sample->acknowledged);
  absl::Status exact = site.CheckStored(kHistoryPrefix);
  if (!exact.ok()) return exact;
  return sample;
}

absl::Status CheckAvailability(const v1::GetAvailabilityRequest& request, const v1::GetAvailabilityResponse& response,
                               const Reserved& reserved) {
  bool right = response.availabilities_size() == request.skus_size();
  for (int i = 0; right && i < request.skus_size(); ++i) {
    const v1::Availability& found = response.availabilities(i);
    right = found.sku() == request.skus(i) && found.status() == v1::AVAILABILITY_STATUS_IN_STOCK &&
            found.quantity() == kHistoryAvailable - reserved.Of(found.sku());
  }
  if (right) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("a wrong availability: ", response.ShortDebugString()));
}

absl::StatusOr<Sample> Read(Site& site, const Timing& timing, const Reserved& reserved) {
  return DriveGrown(
      site,
      Traffic<v1::GetAvailabilityRequest, v1::GetAvailabilityResponse>{
          .address = site.server_address(),
          .method = kGetGrown,
          .in_flight = kReadsInFlight,
          .next =
              [&site](v1::GetAvailabilityRequest& request) {
                request.set_channel_id(kChannel);
                request.set_view(v1::AVAILABILITY_VIEW_OPERATOR);  // With numbers.
                request.clear_skus();
                for (int i = 0; i < kSkusOfRead; ++i) request.add_skus(AnySku(site.history_skus()));
              },
          .check =
              [&reserved](const v1::GetAvailabilityRequest& request, const v1::GetAvailabilityResponse& response) {
                return CheckAvailability(request, response, reserved);
              }},
      timing);
}

Case GrowthCase(Place place, bool reads, const std::shared_ptr<Reserved>& reserved) {
  const int64_t skus = HistorySkus(place);
  const std::string size = absl::StrCat(skus, " SKUs, ", skus * kHistoryMovements, " movements");
  return {.id = absl::StrCat(reads ? "growth-read-" : "growth-", ShortCount(skus)),
          .series = "",
          .kind = Kind::kOther,
          .workload = {},
          .concurrency = reads ? kReadsInFlight : kWritesInFlight,
          .description = reads ? absl::StrCat("GetAvailability of ", kSkusOfRead, " of ", skus, " SKUs")
                               : absl::StrCat("ReserveStock, ", size),
          .run =
              [reads, reserved](Site& site, const Timing& timing) {
                return reads ? Read(site, timing, *reserved) : Reserve(site, timing, *reserved);
              },
          .place = place};
}

}  // namespace

std::vector<Case> GrowthCases(const std::vector<Place>& places) {
  std::vector<Case> cases;
  for (const Place place : places) {
    const auto reserved = std::make_shared<Reserved>(HistorySkus(place));
    for (const bool reads : {false, true}) cases.push_back(GrowthCase(place, reads, reserved));
  }
  return cases;
}

}  // namespace inventory::bench
