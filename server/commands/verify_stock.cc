#include <algorithm>
#include <utility>
#include <vector>

#include "inventory/v1/ledger.pb.h"
#include "server/commands/mismatches.h"
#include "server/commands/repair_stock.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/verify_repository.h"

namespace inventory::commands {
namespace {

constexpr int kDefaultPageSize = 1'000;
constexpr int kMaxPageSize = 10'000;
// SKUs that one repair locks at most; the page ends after them.
constexpr std::size_t kMaxRepairs = 500;

struct VerifyStock {
  using Request = v1::VerifyStockRequest;
  using Response = v1::VerifyStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSkuPrefix(request.sku_prefix(), "sku_prefix", violations);
    rpc::CheckPageSize(request.page_size(), violations);
    const auto after = rpc::DecodePageToken<std::string>(Scope(request), request.page_token());
    if (!after.ok()) violations.Add("page_token", std::string(after.status().message()));
  }

  // Keeps the steps until the read is on its way, when it may have ended already; likewise below.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  static void Start(const Request& request, Response& response, std::shared_ptr<rpc::Steps> steps) {
    auto found = std::make_shared<FoundMismatches>();
    rpc::Steps& runner = *steps;
    runner.Read([&request, found](reading::Reader& reader) { return Look(request, reader, *found); },
                [&request, &response, found, steps] {
                  // A repair without a mismatch runs too: its record makes a repetition get the first answer.
                  if (request.repair()) {
                    RunRepair(found, response, steps);
                  } else {
                    response = found->response;
                    steps->Finish(absl::OkStatus());
                  }
                });
  }

 private:
  // A page may be repaired or only looked at, under any request id.
  static std::string Scope(const Request& request) {
    Request scope;
    scope.set_sku_prefix(request.sku_prefix());
    return rpc::PageScope(scope);
  }

  static absl::Status Look(const Request& request, reading::Reader& reader, FoundMismatches& found) {
    const int64_t limit = request.page_size() == 0 ? kDefaultPageSize : std::min(request.page_size(), kMaxPageSize);
    const auto after = rpc::DecodePageToken<std::string>(Scope(request), request.page_token());
    if (!after.ok()) return after.status();
    auto snapshot = storage::ReadVerifySnapshot(reader.connection(), request.sku_prefix(), *after, limit);
    if (!snapshot.ok()) return snapshot.status();
    found.response.set_skus_checked(static_cast<int64_t>(snapshot->items.size()));
    found.response.set_levels_checked(static_cast<int64_t>(snapshot->levels.size()));
    std::string next = snapshot->next_after_sku;
    for (v1::Mismatch& mismatch : FindMismatches(*snapshot)) {
      found.skus.insert(mismatch.sku());
      *found.response.add_mismatches() = std::move(mismatch);
    }
    CountMismatches(found.response.mismatches_size());
    if (request.repair()) LimitRepairs(*snapshot, found, next);
    if (!next.empty()) found.response.set_next_page_token(rpc::EncodePageToken(Scope(request), next));
    return absl::OkStatus();
  }

  static void LimitRepairs(const storage::VerifySnapshot& snapshot, FoundMismatches& found, std::string& next) {
    if (found.skus.size() > kMaxRepairs) {
      auto rest = found.skus.begin();
      std::advance(rest, kMaxRepairs);
      next = *std::prev(rest);
      found.skus.erase(rest, found.skus.end());
      const auto checked = [&next](const auto& part) { return part.sku <= next; };
      found.response.set_skus_checked(std::count_if(snapshot.items.begin(), snapshot.items.end(), checked));
      found.response.set_levels_checked(std::count_if(snapshot.levels.begin(), snapshot.levels.end(), checked));
    }
    for (const v1::Mismatch& mismatch : found.response.mismatches()) {
      const bool of_reservation = !mismatch.reservation_id().empty();
      if (of_reservation && found.skus.contains(mismatch.sku())) found.reservations.insert(mismatch.reservation_id());
    }
  }

  static void RunRepair(std::shared_ptr<const FoundMismatches> found, Response& response,
                        std::shared_ptr<rpc::Steps> steps) {  // NOLINT(performance-unnecessary-value-param)
    rpc::Steps& runner = *steps;
    runner.Run(std::make_unique<RepairStock>(std::move(found)), "",
               [&response, steps](pipeline::Command& ended, const absl::Status& status) {
                 if (status.ok()) response = static_cast<RepairStock&>(ended).response();
                 steps->Finish(status);
               });
  }
};

const rpc::Registered<VerifyStock> kVerifyStock;

}  // namespace
}  // namespace inventory::commands
