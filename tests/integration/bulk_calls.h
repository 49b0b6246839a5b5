// Imports and exports, for tests.
#ifndef INVENTORY_TESTS_INTEGRATION_BULK_CALLS_H_
#define INVENTORY_TESTS_INTEGRATION_BULK_CALLS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "inventory/v1/bulk.pb.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// One call of ImportInventory. One thread may send while another receives.
class ImportCall {
 public:
  explicit ImportCall(const Client& client, absl::Duration timeout = Client::kPatience)
      : ImportCall(client.channel(), timeout) {}
  explicit ImportCall(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout = Client::kPatience);
  // Cancels it unless it has ended.
  ~ImportCall();

  // False once the call has ended.
  bool Send(const v1::ImportInventoryRequest& message);
  bool Start(const std::string& import_id, const std::string& fields = "");
  bool SendChunk(const v1::ImportChunk& chunk);
  // Sends the end and closes the sending side.
  void SendEnd();
  // Only closes it.
  void Close();

  // The next message; none once the call has ended.
  std::optional<v1::ImportInventoryResponse> Receive();

  void Cancel() { context_.TryCancel(); }

  // The call's status. Everything must have been received.
  absl::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::InventoryService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportInventoryRequest, v1::ImportInventoryResponse>> stream_;
  bool finished_ = false;
};

// What an import has come to.
struct Imported {
  absl::Status status;
  std::vector<v1::ImportChunkResult> results;
  std::optional<v1::ImportSummary> summary;
};

// A whole import; `fields` are further ones of its start.
Imported Import(const Client& client, const std::string& import_id, const std::vector<v1::ImportChunk>& chunks,
                const std::string& fields = "", absl::Duration timeout = Client::kPatience);

// "3 applied, 2: NOT_FOUND WAREHOUSE_NOT_FOUND, 5: ...": applied rows and rejects of all chunks.
std::string Show(const Imported& imported);

// What an export has come to.
struct Exported {
  absl::Status status;
  std::vector<v1::ExportInventoryResponse> pages;
};

// A whole export, or its first pages if there is a limit; then it is cancelled.
Exported Export(const Client& client, const v1::ExportInventoryRequest& request,
                std::optional<std::size_t> max_pages = std::nullopt);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_BULK_CALLS_H_
