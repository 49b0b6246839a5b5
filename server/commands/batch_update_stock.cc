#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/stock.pb.h"
#include "server/commands/rows.h"
#include "server/commands/stock_updates.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

constexpr int kMaxAtomicUpdates = 1'000;
constexpr int kMaxRows = 10'000;
constexpr int kChunkRows = 500;

std::string PathOf(int row) { return absl::StrCat("updates[", row, "]"); }

// Some rows of the call in one commit. `response` holds the results of exactly these.
class UpdateRows final : public RowsCommand {
 public:
  UpdateRows(const v1::BatchUpdateStockRequest& request, int begin, int end, bool atomic)
      : RowsCommand(atomic), request_(request), begin_(begin), end_(end) {}

  const v1::BatchUpdateStockResponse& response() const { return response_; }

  std::string_view name() const override { return "BatchUpdateStock"; }

  pipeline::Needs needs() const override {
    pipeline::Needs needs;
    for (int row = begin_; row < end_; ++row) NeedStockUpdate(request_.updates(row), needs);
    return needs;
  }

  std::string SaveReply() const override { return response_.SerializeAsString(); }
  bool LoadReply(std::string_view reply) override {
    return response_.ParseFromArray(reply.data(), static_cast<int>(reply.size()));
  }

 private:
  void Begin() override { response_.Clear(); }
  int row_count() const override { return end_ - begin_; }

  absl::Status ApplyRow(int index, pipeline::Work& work) override {
    v1::BatchUpdateStockResponse::Result& result = *response_.add_results();
    bool changed = false;
    absl::Status done = ApplyStockUpdate(request_.updates(begin_ + index), work, *result.mutable_stock_level(),
                                         result.mutable_movement(), changed);
    if (!changed) result.clear_movement();
    return done;
  }

  void Report(int index, const absl::Status& status) override {
    if (status.ok()) return;
    v1::BatchUpdateStockResponse::Result& result = *response_.mutable_results(index);
    result.Clear();
    *result.mutable_error() = ToProto(status);
    response_.set_failed_count(response_.failed_count() + 1);
  }

  std::string NameOf(int index) const override { return PathOf(begin_ + index); }
  int64_t NumberOf(int index) const override { return begin_ + index; }

  const v1::BatchUpdateStockRequest& request_;
  const int begin_;
  const int end_;
  v1::BatchUpdateStockResponse response_;
};

struct BatchUpdateStock {
  using Request = v1::BatchUpdateStockRequest;
  using Response = v1::BatchUpdateStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckEnum<v1::ErrorPolicy_IsValid>(request.error_policy(), "error_policy", violations);
    const int most = PerRow(request) ? kMaxRows : kMaxAtomicUpdates;
    rpc::CheckCount(request.updates_size(), 1, most, "updates", violations);
    for (int row = 0; row < std::min(request.updates_size(), most); ++row) {
      CheckStockUpdate(request.updates(row), PathOf(row), violations);
    }
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

  // Chunks commit one after another, so that rows of one level apply in order. One that can't be carried out ends the
  // call: the rows before it are done, and a repetition of the call gets their first results and goes on from there.
  // Keeps the steps until the chunk is on its way, when it may have ended already.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
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

const rpc::Registered<BatchUpdateStock> kBatchUpdateStock;

}  // namespace
}  // namespace inventory::commands
