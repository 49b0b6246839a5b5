#include "tests/bench/import_stream.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "server/rpc/ids.h"
#include "storage/mutex.h"
#include "tests/bench/measure.h"
#include "tests/bench/workload.h"

namespace inventory::bench {
namespace {

constexpr int64_t kRowsOfChunk = 500;
// As many as the server takes before it waits for its answers to be read.
constexpr std::size_t kMostWaiting = 8;

class ImportStream {
 public:
  ImportStream(const std::string& address, const ImportOptions& options)
      : options_(options),
        stub_(v1::InventoryService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        stream_(stub_->ImportInventory(&context_)) {}

  // One thread sends while this one reads, as the server demands.
  absl::Status Run() {
    std::thread sender([this] { Send(); });
    absl::Status answers = Receive();
    if (!answers.ok()) context_.TryCancel();
    {
      storage::MutexLock lock(mutex_);
      ended_ = true;
    }
    changed_.NotifyOne();
    sender.join();
    const grpc::Status ended = stream_->Finish();
    if (!answers.ok()) return answers;
    if (Interrupted()) return absl::CancelledError("interrupted");
    if (!ended.ok()) return absl::InternalError(absl::StrCat("ImportInventory: ", ended.error_message()));
    if (applied_ == sent_ && summary_.applied_count() == sent_ && summary_.row_count() == sent_)
      return absl::OkStatus();
    return absl::InternalError(absl::StrCat("of ", sent_, " rows of an import, ", applied_,
                                            " were applied; its sum is ", summary_.ShortDebugString()));
  }

 private:
  void Send() {
    v1::ImportInventoryRequest message;
    message.mutable_start()->set_import_id(rpc::NewId());
    bool open = stream_->Write(message);
    for (int64_t first = 0; open && first < options_.rows && !Stop(); first += kRowsOfChunk) {
      open = SendChunk(first, std::min(kRowsOfChunk, options_.rows - first));
    }
    message.mutable_end();
    if (open) stream_->Write(message);
    stream_->WritesDone();
  }

  bool Stop() const { return Interrupted() || (options_.stop && options_.stop()); }

  bool SendChunk(int64_t first, int64_t rows) {
    v1::ImportInventoryRequest message;
    message.mutable_chunk()->set_first_row(first + 1);
    for (int64_t row = first; row < first + rows; ++row) {
      v1::StockUpdate& update = *message.mutable_chunk()->add_stock_updates();
      update.set_sku(ImportSku(options_.first_sku + row));
      update.set_warehouse_id(kWarehouse);
      update.set_set_on_hand(options_.units);
    }
    {
      storage::MutexLock lock(mutex_);
      while (waiting_.size() >= kMostWaiting && !ended_) changed_.Wait(mutex_);
      if (ended_) return false;
      waiting_.emplace_back(absl::Now(), rows);
    }
    sent_ += rows;
    return stream_->Write(message);
  }

  absl::Status Receive() {
    v1::ImportInventoryResponse response;
    while (stream_->Read(&response)) {
      if (response.has_summary()) summary_ = response.summary();
      if (!response.has_chunk_result()) continue;
      const v1::ImportChunkResult& result = response.chunk_result();
      if (result.rejects_size() > 0) {
        return absl::InternalError(
            absl::StrCat("a row of an import was refused: ", result.rejects(0).ShortDebugString()));
      }
      applied_ += result.applied_count();
      storage::MutexLock lock(mutex_);
      if (waiting_.empty()) return absl::InternalError("an import got more answers than it has chunks");
      const auto [sent, rows] = waiting_.front();
      waiting_.pop_front();
      changed_.NotifyOne();
      if (options_.on_chunk) options_.on_chunk(sent, absl::Now(), rows);
    }
    return absl::OkStatus();
  }

  const ImportOptions& options_;
  grpc::ClientContext context_;
  const std::unique_ptr<v1::InventoryService::Stub> stub_;
  const std::unique_ptr<grpc::ClientReaderWriter<v1::ImportInventoryRequest, v1::ImportInventoryResponse>> stream_;
  int64_t applied_ = 0;
  v1::ImportSummary summary_;
  int64_t sent_ = 0;  // Of the sender, until it has ended.
  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool ended_ GUARDED_BY(mutex_) = false;  // There are no more answers.
  // Chunks that are not answered: when sent, rows.
  std::deque<std::pair<absl::Time, int64_t>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace

std::string ImportSku(int64_t number) { return absl::StrFormat("%s%09d", kImportPrefix, number); }

absl::Status Import(const std::string& address, const ImportOptions& options) {
  return ImportStream(address, options).Run();
}

}  // namespace inventory::bench
