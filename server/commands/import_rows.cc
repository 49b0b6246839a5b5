#include "server/commands/import_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "server/commands/stock_updates.h"
#include "server/pipeline/merge_needs.h"
#include "server/rpc/registry.h"
#include "server/rpc/units.h"

namespace inventory::commands {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::Message;

bool Atomic(const v1::ImportStart& start) { return start.error_policy() == v1::ERROR_POLICY_ATOMIC; }

class ImportStock final : public ImportRows {
 public:
  ImportStock(std::shared_ptr<const v1::ImportChunk> chunk, std::vector<int64_t> numbers, bool atomic)
      : ImportRows(std::move(numbers), atomic), chunk_(std::move(chunk)) {
    for (int index = 0; index < row_count(); ++index) {
      Violations violations;
      CheckStockUpdate(chunk_->stock_updates(index), "stock_update", violations);
      rpc::CheckUnits(chunk_->stock_updates(index), violations);
      if (!violations.empty()) Judge(index, std::move(violations));
    }
  }

  pipeline::Needs needs() const override {
    pipeline::Needs needs;
    for (int index = 0; index < row_count(); ++index) {
      if (valid(index)) NeedStockUpdate(chunk_->stock_updates(index), needs);
    }
    return needs;
  }

 private:
  absl::Status ApplyValidRow(int index, pipeline::Work& work) override {
    v1::StockLevel unused;
    bool changed = false;
    return ApplyStockUpdate(chunk_->stock_updates(index), work, unused, /*movement=*/nullptr, changed);
  }

  const std::shared_ptr<const v1::ImportChunk> chunk_;
};

// Rows that are each a write of their own.
class ImportResources final : public ImportRows {
 public:
  ImportResources(std::vector<std::unique_ptr<Message>> requests, std::vector<int64_t> numbers, bool atomic,
                  const rpc::Bounds& bounds)
      : ImportRows(std::move(numbers), atomic), requests_(std::move(requests)) {
    const auto* descriptor = requests_.front()->GetDescriptor();
    const rpc::Method& method = rpc::MethodFor(descriptor);
    const Message* response =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(rpc::MethodOf(descriptor)->output_type());
    for (int index = 0; index < row_count(); ++index) {
      const Message& request = *requests_[static_cast<std::size_t>(index)];
      Violations violations;
      method.validate(request, bounds, violations);
      if (!violations.empty()) Judge(index, std::move(violations));
      responses_.emplace_back(response->New());
      commands_.push_back(method.make_command(request, *responses_.back()));
    }
  }

  pipeline::Needs needs() const override {
    pipeline::Needs needs;
    for (int index = 0; index < row_count(); ++index) {
      if (valid(index)) pipeline::MergeNeeds(commands_[static_cast<std::size_t>(index)]->needs(), needs);
    }
    return needs;
  }

 private:
  absl::Status ApplyValidRow(int index, pipeline::Work& work) override {
    return commands_[static_cast<std::size_t>(index)]->Apply(work);
  }

  const std::vector<std::unique_ptr<Message>> requests_;
  std::vector<std::unique_ptr<Message>> responses_;
  std::vector<std::unique_ptr<pipeline::Command>> commands_;
};

template <typename Update, typename Resource>
std::vector<std::unique_ptr<Message>> Updates(const google::protobuf::RepeatedPtrField<Resource>& rows,
                                              Resource* (Update::*resource)(), const FieldMask& mask) {
  std::vector<std::unique_ptr<Message>> requests;
  for (const Resource& row : rows) {
    auto request = std::make_unique<Update>();
    *(request.get()->*resource)() = row;
    *request->mutable_update_mask() = mask;
    request->set_allow_missing(true);
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace

void ImportRows::Report(int index, const absl::Status& status) {
  if (status.ok()) {
    result_.set_applied_count(result_.applied_count() + 1);
    return;
  }
  v1::ImportChunkResult::Reject& reject = *result_.add_rejects();
  reject.set_row(NumberOf(index));
  *reject.mutable_error() = ToProto(status);
}

std::string ImportRows::NameOf(int index) const { return absl::StrCat("row ", NumberOf(index)); }

std::unique_ptr<ImportRows> MakeImportRows(std::shared_ptr<const v1::ImportChunk> chunk, std::vector<int64_t> numbers,
                                           const v1::ImportStart& start, const rpc::Bounds& bounds) {
  const bool atomic = Atomic(start);
  if (chunk->stock_updates_size() > 0) {
    return std::make_unique<ImportStock>(std::move(chunk), std::move(numbers), atomic);
  }
  auto requests =
      chunk->items_size() > 0
          ? Updates(chunk->items(), &v1::UpdateItemRequest::mutable_item, start.item_mask())
          : Updates(chunk->warehouses(), &v1::UpdateWarehouseRequest::mutable_warehouse, start.warehouse_mask());
  return std::make_unique<ImportResources>(std::move(requests), std::move(numbers), atomic, bounds);
}

}  // namespace inventory::commands
