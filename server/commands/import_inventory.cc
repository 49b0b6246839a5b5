#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "inventory/v1/bulk.pb.h"
#include "server/commands/field_mask.h"
#include "server/commands/import_rows.h"
#include "server/commands/items.h"
#include "server/commands/warehouses.h"
#include "server/rpc/bounds.h"
#include "server/rpc/stream_rule.h"

namespace inventory::commands {
namespace {

using google::protobuf::Message;
using rpc::StreamStep;

constexpr int kMaxChunkRows = 500;
constexpr int kMaxAtomicRows = 1'000;
constexpr std::size_t kMaxAtomicBytes = std::size_t{4} << 20;
constexpr int64_t kMaxRowNumber = 1'000'000'000'000'000;

int RowCount(const v1::ImportChunk& chunk) {
  return chunk.stock_updates_size() + chunk.items_size() + chunk.warehouses_size();
}

int KindCount(const v1::ImportChunk& chunk) {
  return (chunk.stock_updates_size() > 0) + (chunk.items_size() > 0) + (chunk.warehouses_size() > 0);
}

absl::Status Broken(const std::string& field, const std::string& description) {
  Violations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

absl::Status CheckStart(const v1::ImportStart& start) {
  Violations violations;
  if (start.import_id().empty()) violations.Add("start.import_id", "is required");
  const auto check = [&violations](std::string_view field, auto rule) {
    Violations found;
    rule(found);
    violations.AddAll(found, [field](const std::string&) { return absl::StrCat("start.", std::string(field)); });
  };
  check("import_id", [&](Violations& found) { rpc::CheckRequestId(start.import_id(), found, /*max_bytes=*/96); });
  check("item_mask", [&](Violations& found) {
    CheckUpdateMask(start.item_mask(), *v1::Item::descriptor(), kFixedItemFields, found);
  });
  check("warehouse_mask", [&](Violations& found) {
    CheckUpdateMask(start.warehouse_mask(), *v1::Warehouse::descriptor(), kFixedWarehouseFields, found);
  });
  rpc::CheckEnum<v1::ErrorPolicy_IsValid>(start.error_policy(), "start.error_policy", violations);
  return violations.ToStatus();
}

// Rows of levels touch these, so that chunks which have none in common run together. Items and warehouses name each
// other in many ways, so their chunks run alone.
std::vector<uint64_t> LevelsOf(const v1::ImportChunk& chunk) {
  std::vector<uint64_t> levels;
  levels.reserve(static_cast<std::size_t>(chunk.stock_updates_size()));
  for (const v1::StockUpdate& update : chunk.stock_updates()) {
    levels.push_back(absl::HashOf(update.sku(), update.warehouse_id()));
  }
  return levels;
}

// One import.
class Import final : public rpc::StreamSession {
 public:
  explicit Import(const rpc::Bounds& bounds) : bounds_(bounds) {}

  std::unique_ptr<Message> NewMessage() const override { return std::make_unique<v1::ImportInventoryRequest>(); }

  absl::StatusOr<std::optional<StreamStep>> Take(std::unique_ptr<Message> message) override {
    const std::shared_ptr<Message> owned = std::move(message);
    auto& request = static_cast<v1::ImportInventoryRequest&>(*owned);
    if (request.has_start() == started_) {
      return Broken("message", started_ ? "start was sent before" : "the first message must be start");
    }
    switch (request.message_case()) {
      case v1::ImportInventoryRequest::kStart:
        return TakeStart(request.start());
      case v1::ImportInventoryRequest::kChunk:
        return TakeChunk(std::shared_ptr<v1::ImportChunk>(owned, request.mutable_chunk()));
      case v1::ImportInventoryRequest::kEnd:
        complete_ = true;
        if (atomic_chunk_ == nullptr) return std::optional<StreamStep>();
        return MakeStep(std::move(atomic_chunk_), std::move(atomic_numbers_));
      case v1::ImportInventoryRequest::MESSAGE_NOT_SET:
        break;
    }
    return Broken("message", "needs one of chunk and end");
  }

  bool complete() const override { return complete_; }

  absl::Status Incomplete() const override {
    return Broken("message", "the stream was closed before its last message, which must be end");
  }

  std::unique_ptr<Message> Answer(const pipeline::Command& command) override {
    auto response = std::make_unique<v1::ImportInventoryResponse>();
    v1::ImportChunkResult& result = *response->mutable_chunk_result();
    result = static_cast<const ImportRows&>(command).result();
    summary_.set_applied_count(summary_.applied_count() + result.applied_count());
    summary_.set_rejected_count(summary_.rejected_count() + result.rejects_size());
    return response;
  }

  std::unique_ptr<Message> Summary() override {
    auto response = std::make_unique<v1::ImportInventoryResponse>();
    summary_.set_row_count(summary_.applied_count() + summary_.rejected_count());
    *response->mutable_summary() = summary_;
    return response;
  }

 private:
  bool atomic() const { return start_.error_policy() == v1::ERROR_POLICY_ATOMIC; }

  absl::StatusOr<std::optional<StreamStep>> TakeStart(const v1::ImportStart& start) {
    absl::Status valid = CheckStart(start);
    if (!valid.ok()) return valid;
    started_ = true;
    start_ = start;
    return std::optional<StreamStep>();
  }

  absl::StatusOr<std::optional<StreamStep>> TakeChunk(std::shared_ptr<v1::ImportChunk> chunk) {
    absl::Status valid = CheckChunk(*chunk);
    if (!valid.ok()) return valid;
    const int rows = RowCount(*chunk);
    std::vector<int64_t> numbers;
    for (int64_t row = chunk->first_row(); row < chunk->first_row() + rows; ++row) numbers.push_back(row);
    last_row_ = numbers.back();
    if (!atomic()) return MakeStep(std::move(chunk), std::move(numbers));
    valid = Collect(*chunk, numbers);
    if (!valid.ok()) return valid;
    return std::optional<StreamStep>();
  }

  absl::Status CheckChunk(const v1::ImportChunk& chunk) const {
    Violations violations;
    rpc::CheckRange(chunk.first_row(), 1, kMaxRowNumber, "chunk.first_row", violations);
    if (chunk.first_row() > 0 && chunk.first_row() <= last_row_) {
      violations.Add("chunk.first_row", absl::StrCat("must be above ", last_row_, ", the last row before"));
    }
    if (KindCount(chunk) != 1) violations.Add("chunk", "needs rows of one kind: stock_updates, items or warehouses");
    rpc::CheckCount(chunk.stock_updates_size(), 0, kMaxChunkRows, "chunk.stock_updates", violations);
    rpc::CheckCount(chunk.items_size(), 0, kMaxChunkRows, "chunk.items", violations);
    rpc::CheckCount(chunk.warehouses_size(), 0, kMaxChunkRows, "chunk.warehouses", violations);
    return violations.ToStatus();
  }

  // Keeps the rows of a chunk until all are there.
  absl::Status Collect(const v1::ImportChunk& chunk, const std::vector<int64_t>& numbers) {
    if (atomic_chunk_ == nullptr) {
      atomic_chunk_ = std::make_shared<v1::ImportChunk>();
      atomic_chunk_->set_first_row(chunk.first_row());
    }
    atomic_bytes_ += chunk.ByteSizeLong();
    atomic_numbers_.insert(atomic_numbers_.end(), numbers.begin(), numbers.end());
    atomic_chunk_->mutable_stock_updates()->MergeFrom(chunk.stock_updates());
    atomic_chunk_->mutable_items()->MergeFrom(chunk.items());
    atomic_chunk_->mutable_warehouses()->MergeFrom(chunk.warehouses());
    Violations violations;
    if (KindCount(*atomic_chunk_) != 1) violations.Add("chunk", "rows of an ATOMIC import must be of one kind");
    if (atomic_numbers_.size() > kMaxAtomicRows) {
      violations.Add("chunk", absl::StrCat("an ATOMIC import may have at most ", kMaxAtomicRows, " rows"));
    }
    if (atomic_bytes_ > kMaxAtomicBytes) {
      violations.Add("chunk", absl::StrCat("rows of an ATOMIC import may have at most ", kMaxAtomicBytes, " bytes"));
    }
    return violations.ToStatus();
  }

  StreamStep MakeStep(std::shared_ptr<const v1::ImportChunk> chunk, std::vector<int64_t> numbers) const {
    v1::ImportStart context = start_;
    context.clear_import_id();
    if (!atomic()) context.set_error_policy(v1::ERROR_POLICY_PER_ROW);
    // Refusals name rows by their numbers.
    const std::string all_numbers = atomic() ? absl::StrJoin(numbers, ",") : "";
    StreamStep step{.request_id = start_.import_id(),
                    .name = absl::StrCat(chunk->first_row()),
                    .context = absl::StrCat(context.SerializeAsString(), all_numbers),
                    .payload = chunk,
                    .touches = LevelsOf(*chunk),
                    .alone = chunk->stock_updates_size() == 0};
    step.command = MakeImportRows(std::move(chunk), std::move(numbers), start_, bounds_);
    return step;
  }

  const rpc::Bounds bounds_;
  // Used by Take.
  bool started_ = false;
  bool complete_ = false;
  v1::ImportStart start_;
  int64_t last_row_ = 0;
  // What an ATOMIC import has brought so far; null if nothing.
  std::shared_ptr<v1::ImportChunk> atomic_chunk_;
  std::vector<int64_t> atomic_numbers_;
  std::size_t atomic_bytes_ = 0;
  // Used by Answer and Summary.
  v1::ImportSummary summary_;
};

struct ImportInventory {
  using Request = v1::ImportInventoryRequest;
  using Response = v1::ImportInventoryResponse;

  static std::unique_ptr<rpc::StreamSession> Open(const rpc::Bounds& bounds) {
    return std::make_unique<Import>(bounds);
  }
};

const rpc::RegisteredStream<ImportInventory> kImportInventory;

}  // namespace
}  // namespace inventory::commands
