// How fast availability is read, alone and beside reservations, and whether it is right.
#include <optional>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "inventory/v1/availability.pb.h"
#include "tests/bench/availability_bounds.h"
#include "tests/bench/core_cases.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"
#include "tests/bench/steps.h"

namespace inventory::bench {
namespace {

constexpr Method<v1::GetAvailabilityRequest, v1::GetAvailabilityResponse> kGetAvailability(
    "/inventory.v1.InventoryService/GetAvailability");

constexpr Workload kRead = Workload::kUniform;
constexpr int kReadInFlight = 64;

// One caller after another asks for the availability of some SKUs and checks what is shown.
class Asker {
 public:
  Asker(const AvailabilityBounds& bounds, int skus) : bounds_(bounds), chosen_(static_cast<std::size_t>(skus)) {
    request_.set_channel_id(kChannel);
    request_.set_view(v1::AVAILABILITY_VIEW_OPERATOR);  // With numbers, whatever the items display.
    for (int i = 0; i < skus; ++i) request_.add_skus();
  }

  // Asks for random SKUs; the first one may be given.
  const v1::GetAvailabilityRequest& NextRequest(std::optional<int> first = {}) {
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const int sku = i == 0 && first ? *first : absl::Uniform(random_, 0, SkuCount(kRead));
      chosen_[i] = {.sku = sku, .at_most = bounds_.AtMost(sku)};
      request_.set_skus(static_cast<int>(i), Sku(kRead, sku));
    }
    return request_;
  }

  v1::GetAvailabilityResponse& response() { return response_; }

  absl::Status CheckResponse() const {
    if (response_.availabilities_size() != request_.skus_size()) return Wrong();
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      const v1::Availability& shown = response_.availabilities(static_cast<int>(i));
      if (shown.sku() != request_.skus(static_cast<int>(i)) || shown.status() != v1::AVAILABILITY_STATUS_IN_STOCK ||
          !shown.has_quantity() || shown.quantity() > chosen_[i].at_most ||
          shown.quantity() < bounds_.AtLeast(chosen_[i].sku)) {
        return Wrong();
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Chosen {
    int sku = 0;
    int64_t at_most = 0;
  };

  absl::Status Wrong() const {
    return absl::InternalError(absl::StrCat("availability is wrong: ", response_.ShortDebugString()));
  }

  const AvailabilityBounds& bounds_;
  absl::BitGen random_;
  std::vector<Chosen> chosen_;
  v1::GetAvailabilityRequest request_;
  v1::GetAvailabilityResponse response_;
};

Flow KeepAsking(const AvailabilityBounds& bounds, int skus, Load& load) {
  Asker asker(bounds, skus);
  while (load.Open()) {
    CallEnd call = co_await load.client().Call(kGetAvailability, asker.NextRequest(), asker.response());
    if (call.status.ok()) call.status = asker.CheckResponse();
    if (!load.Count(call)) co_return;
  }
}

absl::StatusOr<Sample> RunReads(Site& site, int skus, const Timing& timing) {
  absl::StatusOr<AvailabilityBounds> bounds = AvailabilityBounds::Now(site, kRead);
  if (!bounds.ok()) return bounds.status();
  return DriveFlows(site.server_address(), kReadInFlight, timing,
                    [&bounds, skus](Load& load) { KeepAsking(*bounds, skus, load); });
}

Case Reads(int skus) {
  return {.id = absl::StrCat("read-", skus),
          .series = "read",
          .kind = Kind::kOther,
          .workload = {},
          .concurrency = kReadInFlight,
          .description =
              absl::StrCat("GetAvailability of ", skus, skus == 1 ? " SKU, " : " SKUs, ", kReadInFlight, " in flight"),
          .run = [skus](Site& site, const Timing& timing) { return RunReads(site, skus, timing); }};
}

// Nine of ten calls read, one reserves. What a caller has just reserved must be missing in what it reads next.
Flow ReadAndReserve(AvailabilityBounds& bounds, int skus, Steps& steps, Load& load) {
  absl::BitGen random;
  Asker asker(bounds, skus);
  v1::ReserveStockRequest order;
  v1::ReserveStockResponse reserved;
  std::optional<int> last_reserved;
  while (load.Open()) {
    CallEnd call;
    const bool reserves = absl::Bernoulli(random, 0.1);
    if (reserves) {
      last_reserved = absl::Uniform(random, 0, SkuCount(kRead));
      FillRequest(Sku(kRead, *last_reserved), order);
      bounds.Begin(*last_reserved);
      call = co_await load.client().Call(kReserveStock, order, reserved);
      if (call.status.ok()) call.status = CheckAnswer(order, reserved);
      if (call.status.ok()) bounds.Acknowledge(*last_reserved);
    } else {
      call = co_await load.client().Call(kGetAvailability, asker.NextRequest(last_reserved), asker.response());
      if (call.status.ok()) call.status = asker.CheckResponse();
    }
    if (!load.Count(call)) co_return;
    steps.Add(reserves ? "reserve" : "read", call.start, call.end, load.window());
  }
}

absl::StatusOr<Sample> RunMix(Site& site, int skus, const Timing& timing) {
  absl::StatusOr<AvailabilityBounds> bounds = AvailabilityBounds::Now(site, kRead);
  if (!bounds.ok()) return bounds.status();
  Steps steps;
  absl::StatusOr<Sample> sample = DriveFlows(site.server_address(), kReadInFlight, timing,
                                             [&](Load& load) { ReadAndReserve(*bounds, skus, steps, load); });
  if (!sample.ok()) return sample;
  steps.Report(timing, *sample);
  site.Acknowledge(kRead, bounds->Acknowledged());
  absl::Status checked = site.CheckReserved(kRead);
  if (!checked.ok()) return checked;
  return sample;
}

Case Mix(int skus) {
  return {.id = "mix-reads",
          .series = "",
          .kind = Kind::kOther,
          .workload = {},
          .concurrency = kReadInFlight,
          .description = absl::StrCat("9 reads of ", skus, " SKUs per reservation, ", kReadInFlight, " in flight"),
          .run = [skus](Site& site, const Timing& timing) { return RunMix(site, skus, timing); }};
}

}  // namespace

std::vector<Case> ReadCases() {
  // The echo carries a reservation of about 140 bytes there and back; an answer about 20 SKUs has about 800 bytes, each
  // with quantity, status and label, and needs the database.
  return {EchoCase(kReadInFlight), Reads(1), Reads(20), Mix(20)};
}

}  // namespace inventory::bench
