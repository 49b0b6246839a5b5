#include "tests/integration/bulk_calls.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/text_format.h"
#include "server/errors.h"
#include "tests/api_comments.h"

namespace inventory::integration {
namespace {

// Every reason that a call ends with or a row is refused for must be known to callers.
void ExpectKnown(const std::string& rpc, const std::string& reason) {
  const auto* method = v1::ImportInventoryRequest::descriptor()
                           ->file()
                           ->pool()
                           ->FindServiceByName("inventory.v1.InventoryService")
                           ->FindMethodByName(rpc);
  EXPECT_TRUE(reason.empty() || NamesReason(*method, reason)) << rpc << "'s comment lacks " << reason;
}

absl::Status Known(const std::string& rpc, const grpc::Status& ended) {
  absl::Status status = FromGrpc(ended);
  ExpectKnown(rpc, ReasonOf(status));
  return status;
}

}  // namespace

ImportCall::ImportCall(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout)
    : stub_(v1::InventoryService::NewStub(channel)) {
  context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  stream_ = stub_->ImportInventory(&context_);
}

ImportCall::~ImportCall() {
  if (finished_) return;
  context_.TryCancel();
  while (Receive()) {
  }
  stream_->Finish();
}

bool ImportCall::Send(const v1::ImportInventoryRequest& message) { return stream_->Write(message); }

bool ImportCall::Start(const std::string& import_id, const std::string& fields) {
  v1::ImportInventoryRequest message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(fields, message.mutable_start())) << fields;
  message.mutable_start()->set_import_id(import_id);
  return Send(message);
}

bool ImportCall::SendChunk(const v1::ImportChunk& chunk) {
  v1::ImportInventoryRequest message;
  *message.mutable_chunk() = chunk;
  return Send(message);
}

void ImportCall::SendEnd() {
  v1::ImportInventoryRequest message;
  message.mutable_end();
  Send(message);
  Close();
}

void ImportCall::Close() { stream_->WritesDone(); }

std::optional<v1::ImportInventoryResponse> ImportCall::Receive() {
  v1::ImportInventoryResponse response;
  if (!stream_->Read(&response)) return std::nullopt;
  return response;
}

absl::Status ImportCall::Finish() {
  finished_ = true;
  return Known("ImportInventory", stream_->Finish());
}

Imported Import(const Client& client, const std::string& import_id, const std::vector<v1::ImportChunk>& chunks,
                const std::string& fields, absl::Duration timeout) {
  ImportCall call(client, timeout);
  std::thread sender([&] {
    bool open = call.Start(import_id, fields);
    for (const v1::ImportChunk& chunk : chunks) open = open && call.SendChunk(chunk);
    if (open) call.SendEnd();
  });
  Imported imported;
  while (const auto response = call.Receive()) {
    EXPECT_FALSE(imported.summary) << "the summary was not the last message";
    if (response->has_summary()) imported.summary = response->summary();
    if (response->has_chunk_result()) imported.results.push_back(response->chunk_result());
  }
  sender.join();
  imported.status = call.Finish();
  EXPECT_EQ(imported.summary.has_value(), imported.status.ok());
  return imported;
}

std::string Show(const Imported& imported) {
  int64_t applied = 0;
  std::string rejects;
  for (const v1::ImportChunkResult& result : imported.results) {
    applied += result.applied_count();
    for (const auto& reject : result.rejects()) {
      const absl::Status error = FromProto(reject.error());
      ExpectKnown("ImportInventory", ReasonOf(error));
      absl::StrAppend(&rejects, ", ", reject.row(), ": ", Outcome(error));
    }
  }
  return absl::StrCat(applied, " applied", rejects);
}

Exported Export(const Client& client, const v1::ExportInventoryRequest& request, std::optional<std::size_t> max_pages) {
  const auto stub = v1::InventoryService::NewStub(client.channel());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + Client::kPatience));
  const auto stream = stub->ExportInventory(&context, request);
  Exported exported;
  v1::ExportInventoryResponse page;
  while (stream->Read(&page)) {
    exported.pages.push_back(page);
    if (exported.pages.size() == max_pages) context.TryCancel();
  }
  exported.status = Known("ExportInventory", stream->Finish());
  return exported;
}

}  // namespace inventory::integration
