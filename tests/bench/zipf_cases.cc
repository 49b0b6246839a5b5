// Orders of several lines, some SKUs being in most of them.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/cases.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"
#include "tests/bench/zipf.h"

namespace inventory::bench {
namespace {

constexpr Workload kStock = Workload::kUniform;
constexpr int kLines = 3;
constexpr int kZipfInFlight = 256;

// Neighbours in popularity are not neighbours in the tables.
int SkuOfRank(int rank) {
  constexpr int kStep = 7919;  // Has no factor in common with the number of SKUs, so that every SKU has one rank.
  return rank * kStep % kSkus;
}

// Draws different SKUs.
std::vector<std::string> DrawOrder(ZipfRanks& ranks) {
  std::vector<std::string> skus;
  while (skus.size() < kLines) {
    std::string sku = Sku(kStock, SkuOfRank(ranks.Next()));
    if (std::find(skus.begin(), skus.end(), sku) == skus.end()) skus.push_back(std::move(sku));
  }
  return skus;
}

absl::StatusOr<Sample> RunZipf(Site& site, const Timing& timing) {
  absl::StatusOr<Sample> sample =
      Drive(Traffic<v1::ReserveStockRequest, v1::ReserveStockResponse>{.address = site.server_address(),
                                                                       .method = kReserveStock,
                                                                       .in_flight = kZipfInFlight,
                                                                       .next =
                                                                           [](v1::ReserveStockRequest& request) {
                                                                             thread_local ZipfRanks ranks(kSkus);
                                                                             FillRequest(DrawOrder(ranks), request);
                                                                           },
                                                                       .check = CheckAnswer},
            timing);
  if (!sample.ok()) return sample;
  sample->more["lines_per_second"] = kLines * sample->per_second;
  site.Acknowledge(kStock, kLines * sample->acknowledged);
  absl::Status checked = site.CheckReserved(kStock);
  if (!checked.ok()) return checked;
  return sample;
}

}  // namespace

std::vector<Case> ZipfCases() {
  return {{.id = absl::StrCat("zipf-", kZipfInFlight),
           .series = "zipf",
           .kind = Kind::kOther,
           .workload = {},
           .concurrency = kZipfInFlight,
           .description =
               absl::StrCat("orders of ", kLines, " lines, Zipf(", kZipfExponent, "), ", kZipfInFlight, " in flight"),
           .run = RunZipf}};
}

}  // namespace inventory::bench
