#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "inventory/v1/stock.pb.h"
#include "server/commands/convert.h"
#include "server/commands/stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

constexpr int kMaxAtomicRows = 1'000;
constexpr int kMaxRows = 10'000;
constexpr int kChunkRows = 500;

LevelChange ChangeOf(const v1::StockUpdate& update) {
  LevelChange change{
      .sku = update.sku(), .warehouse_id = update.warehouse_id(), .reason = update.reason(), .etag = update.etag()};
  switch (update.change_case()) {
    case v1::StockUpdate::kAdjustOnHand:
      change.kind = LevelChange::Kind::kAdjustOnHand;
      change.quantity = update.adjust_on_hand();
      change.condition = update.condition();
      break;
    case v1::StockUpdate::kSetSafetyStock:
      change.kind = LevelChange::Kind::kSetSafetyStock;
      change.quantity = update.set_safety_stock();
      break;
    case v1::StockUpdate::kSetOnHand:
    case v1::StockUpdate::CHANGE_NOT_SET:
      change.kind = LevelChange::Kind::kSetOnHand;
      change.quantity = update.set_on_hand();
      if (update.has_as_of_time()) change.as_of = ToStoredTime(update.as_of_time());
      break;
  }
  return change;
}

// The refusal of a row as that of the whole call: it says which row it was.
absl::Status OfRow(const absl::Status& status, int row) {
  google::rpc::Status refusal = ToProto(status);
  refusal.set_message(absl::StrCat("updates[", row, "]: ", refusal.message()));
  for (google::protobuf::Any& detail : *refusal.mutable_details()) {
    google::rpc::ErrorInfo info;
    if (!detail.Is<google::rpc::ErrorInfo>() || !detail.UnpackTo(&info)) continue;
    (*info.mutable_metadata())["row"] = absl::StrCat(row);
    detail.set_value(info.SerializeAsString());
  }
  return FromProto(refusal);
}

// Some rows of the call in one commit. `response` holds the results of exactly these.
class UpdateRows final : public pipeline::Command {
 public:
  UpdateRows(const v1::BatchUpdateStockRequest& request, int begin, int end, bool atomic)
      : request_(request), begin_(begin), end_(end), atomic_(atomic) {}

  const v1::BatchUpdateStockResponse& response() const { return response_; }

  std::string_view name() const override { return "BatchUpdateStock"; }

  pipeline::Needs needs() const override {
    pipeline::Needs needs{.create_items = true};
    for (int row = begin_; row < end_; ++row) {
      needs.skus.push_back(request_.updates(row).sku());
      needs.warehouses.push_back(request_.updates(row).warehouse_id());
      for (pipeline::LevelMoment& then : PastLevels(ChangeOf(request_.updates(row)))) {
        needs.past_levels.push_back(std::move(then));
      }
    }
    return needs;
  }

  absl::Status Apply(pipeline::Work& work) override {
    response_.Clear();
    for (int row = begin_; row < end_; ++row) {
      v1::BatchUpdateStockResponse::Result& result = *response_.add_results();
      const absl::Status done = work.Attempt([&] { return ApplyRow(row, work, result); });
      if (done.ok()) continue;
      if (atomic_) return OfRow(done, row);
      result.Clear();
      *result.mutable_error() = ToProto(done);
      response_.set_failed_count(response_.failed_count() + 1);
    }
    return absl::OkStatus();
  }

  std::string SaveReply() const override { return response_.SerializeAsString(); }
  bool LoadReply(std::string_view reply) override {
    return response_.ParseFromArray(reply.data(), static_cast<int>(reply.size()));
  }

 private:
  absl::Status ApplyRow(int row, pipeline::Work& work, v1::BatchUpdateStockResponse::Result& result) const {
    bool changed = false;
    v1::StockUpdate update = request_.updates(row);
    absl::Status converted = rpc::ToSmallestUnits(work, update);
    if (!converted.ok()) return converted;
    absl::Status done =
        Change(ChangeOf(update), work, *result.mutable_stock_level(), result.mutable_movement(), changed);
    if (!changed) result.clear_movement();
    return done;
  }

  const v1::BatchUpdateStockRequest& request_;
  const int begin_;
  const int end_;
  const bool atomic_;
  v1::BatchUpdateStockResponse response_;
};

struct BatchUpdateStock {
  using Request = v1::BatchUpdateStockRequest;
  using Response = v1::BatchUpdateStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckEnum<v1::ErrorPolicy_IsValid>(request.error_policy(), "error_policy", violations);
    const int most = PerRow(request) ? kMaxRows : kMaxAtomicRows;
    rpc::CheckCount(request.updates_size(), 1, most, "updates", violations);
    for (int row = 0; row < std::min(request.updates_size(), most); ++row) CheckRow(request, row, violations);
  }

  static void Start(const Request& request, Response& response, std::shared_ptr<rpc::Steps> steps) {
    if (PerRow(request)) {
      NextChunk(request, response, std::move(steps), 0);
      return;
    }
    auto all = std::make_unique<UpdateRows>(request, 0, request.updates_size(), /*atomic=*/true);
    steps->Run(std::move(all), "", [&response, steps](pipeline::Command& ended, const absl::Status& status) {
      if (status.ok()) response = static_cast<UpdateRows&>(ended).response();
      steps->Finish(status);
    });
  }

 private:
  static bool PerRow(const Request& request) { return request.error_policy() == v1::ERROR_POLICY_PER_ROW; }

  static void CheckRow(const Request& request, int row, Violations& violations) {
    const v1::StockUpdate& update = request.updates(row);
    const auto field = [row](std::string_view name) { return rpc::Path("updates", row, name); };
    rpc::CheckSku(update.sku(), field("sku"), violations);
    rpc::CheckId(update.warehouse_id(), field("warehouse_id"), violations);
    rpc::CheckText(update.reason(), 255, field("reason"), violations);
    CheckCondition(update, field("condition"), violations);
    CheckAsOf(update, field("as_of_time"), violations);
    switch (update.change_case()) {
      case v1::StockUpdate::kSetOnHand:
        rpc::CheckQuantity(update.set_on_hand(), 0, field("set_on_hand"), violations);
        break;
      case v1::StockUpdate::kAdjustOnHand:
        CheckDelta(update.adjust_on_hand(), field("adjust_on_hand"), violations);
        break;
      case v1::StockUpdate::kSetSafetyStock:
        rpc::CheckQuantity(update.set_safety_stock(), 0, field("set_safety_stock"), violations);
        break;
      case v1::StockUpdate::CHANGE_NOT_SET:
        violations.Add(absl::StrCat("updates[", row, "]"),
                       "needs one of set_on_hand, adjust_on_hand and set_safety_stock");
        break;
    }
  }

  static void CheckCondition(const v1::StockUpdate& update, const std::string& field, Violations& violations) {
    const bool adjusts = update.change_case() == v1::StockUpdate::kAdjustOnHand;
    if (adjusts || update.condition() == v1::STOCK_CONDITION_UNSPECIFIED) {
      rpc::CheckEnum<v1::StockCondition_IsValid>(update.condition(), field, violations);
    } else {
      violations.Add(field, "belongs to adjust_on_hand");
    }
  }

  static void CheckAsOf(const v1::StockUpdate& update, const std::string& field, Violations& violations) {
    if (!update.has_as_of_time()) return;
    rpc::CheckTimestamp(update.as_of_time(), field, violations);
    if (update.change_case() != v1::StockUpdate::kSetOnHand) violations.Add(field, "belongs to set_on_hand");
  }

  // Chunks commit one after another, so that rows of one level apply in order. One that can't be carried out ends the
  // call: the rows before it are done, and a repetition of the call gets their first results and goes on from there.
  static void NextChunk(const Request& request, Response& response, std::shared_ptr<rpc::Steps> steps, int begin) {
    const int end = std::min(begin + kChunkRows, request.updates_size());
    auto chunk = std::make_unique<UpdateRows>(request, begin, end, /*atomic=*/false);
    rpc::Steps& runner = *steps;
    runner.Run(std::move(chunk), begin == 0 ? "" : absl::StrCat(begin),
               [&request, &response, steps, end](pipeline::Command& ended, const absl::Status& status) {
                 if (status.ok()) response.MergeFrom(Appended(response, static_cast<UpdateRows&>(ended).response()));
                 if (!status.ok() || end == request.updates_size()) {
                   steps->Finish(status);
                 } else {
                   NextChunk(request, response, steps, end);
                 }
               });
  }

  // What merging must add: repeated fields are appended, but a number is replaced.
  static Response Appended(const Response& before, Response part) {
    part.set_failed_count(before.failed_count() + part.failed_count());
    return part;
  }
};

const rpc::Registered<BatchUpdateStock> kRegistered;

}  // namespace
}  // namespace inventory::commands
