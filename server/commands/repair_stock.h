// The repair of counters that do not add up.
#ifndef INVENTORY_SERVER_COMMANDS_REPAIR_STOCK_H_
#define INVENTORY_SERVER_COMMANDS_REPAIR_STOCK_H_

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "inventory/v1/ledger.pb.h"
#include "server/pipeline/command.h"
#include "storage/verify_repository.h"

namespace inventory::commands {

// What an unlocked look has found: what a repair has to lock, and the rest of the answer.
struct FoundMismatches {
  v1::VerifyStockResponse response;
  std::set<std::string> skus;
  std::set<std::string> reservations;
};

// Checks the SKUs again under their lock and puts right what does not add up. The response is that of VerifyStock.
class RepairStock final : public pipeline::Command {
 public:
  explicit RepairStock(std::shared_ptr<const FoundMismatches> found) : found_(std::move(found)) {}

  const v1::VerifyStockResponse& response() const { return response_; }

  std::string_view name() const override { return "VerifyStock"; }
  pipeline::Needs needs() const override;
  absl::Status Apply(pipeline::Work& work) override;
  std::string SaveReply() const override { return response_.SerializeAsString(); }
  bool LoadReply(std::string_view reply) override {
    return response_.ParseFromArray(reply.data(), static_cast<int>(reply.size()));
  }

 private:
  storage::VerifySnapshot Snapshot(pipeline::Work& work) const;

  const std::shared_ptr<const FoundMismatches> found_;
  v1::VerifyStockResponse response_;
};

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_REPAIR_STOCK_H_
