#include "client/cli/import_sender.h"

#include <algorithm>
#include <utility>

#include "absl/random/distributions.h"
#include "inventory/client/errors.h"

namespace inventory::cli {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLongestPause = absl::Seconds(10);

// What passes, as of unary calls: see connection.h of the client library.
bool Passes(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return client::RetryDelayOf(status).has_value();
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

}  // namespace

ImportSender::ImportSender(client::InventoryClient& client, client::Clock& clock, Options options, OnResult on_result)
    : client_(client),
      clock_(clock),
      options_(std::move(options)),
      on_result_(std::move(on_result)),
      last_answer_(clock.Now()) {}

absl::Status ImportSender::Send(FileChunk chunk) {
  // The chunks of an ATOMIC import are answered together; the server refuses one that has too many.
  while (!atomic() && pending_.size() >= kMostPending) {
    absl::Status received = Receive();
    if (!received.ok()) return received;
  }
  pending_.push_back(std::move(chunk));
  absl::Status sent = stream_ == nullptr ? Open() : Write(pending_.back());
  return sent.ok() ? sent : Reopen(std::move(sent));
}

absl::Status ImportSender::Finish() {
  ended_ = true;
  absl::Status sent = absl::OkStatus();
  if (stream_ == nullptr) {
    sent = Open();
  } else {
    v1::ImportInventoryRequest message;
    message.mutable_end();
    sent = stream_->Write(message);
    if (sent.ok()) sent = stream_->WritesDone();
  }
  if (!sent.ok()) sent = Reopen(std::move(sent));
  while (sent.ok() && !summed_up_) sent = Receive();
  return sent;
}

absl::Status ImportSender::Receive() {
  absl::StatusOr<std::optional<v1::ImportInventoryResponse>> response = stream_->Read();
  if (response.ok() && response->has_value()) {
    Take(**response);
    return absl::OkStatus();
  }
  if (response.ok()) return absl::InternalError("the server has ended the import before its end");
  return Reopen(response.status());
}

void ImportSender::Take(const v1::ImportInventoryResponse& response) {
  last_answer_ = clock_.Now();
  failures_ = 0;
  summed_up_ = response.has_summary();
  if (!response.has_chunk_result() || pending_.empty()) return;
  if (atomic()) {
    on_result_(pending_.back(), response.chunk_result());
    pending_.clear();
  } else {
    on_result_(pending_.front(), response.chunk_result());
    pending_.pop_front();
  }
}

// An error of writing says only that the stream has ended; reading says why.
absl::Status ImportSender::Reopen(absl::Status broken) {
  for (;;) {
    while (stream_ != nullptr) {
      absl::StatusOr<std::optional<v1::ImportInventoryResponse>> response = stream_->Read();
      if (response.ok() && response->has_value()) {
        Take(**response);
        continue;
      }
      if (!response.ok()) broken = response.status();
      stream_.reset();
    }
    if (summed_up_) return absl::OkStatus();
    const bool patient = clock_.Now() - last_answer_ < options_.patience;
    if (!Passes(broken) || !patient) return broken;
    const absl::Duration pause = Pause(broken);
    if (options_.on_retry) options_.on_retry(broken, pause);
    clock_.Sleep(pause);
    broken = Open();
    if (broken.ok()) return broken;
  }
}

absl::Duration ImportSender::Pause(const absl::Status& broken) {
  const absl::Duration most = std::min(kFirstPause * (int64_t{1} << std::min(failures_++, 10)), kLongestPause);
  const absl::Duration chosen = absl::Uniform(random_, 0.0, 1.0) * most;
  return std::max(chosen, client::RetryDelayOf(broken).value_or(absl::ZeroDuration()));
}

absl::Status ImportSender::Open() {
  absl::StatusOr<std::unique_ptr<Stream>> stream = client_.ImportInventory();
  if (!stream.ok()) return stream.status();
  stream_ = *std::move(stream);
  v1::ImportInventoryRequest message;
  *message.mutable_start() = options_.start;
  absl::Status sent = stream_->Write(message);
  for (auto chunk = pending_.begin(); sent.ok() && chunk != pending_.end(); ++chunk) sent = Write(*chunk);
  if (!sent.ok() || !ended_) return sent;
  message.mutable_end();
  sent = stream_->Write(message);
  return sent.ok() ? stream_->WritesDone() : sent;
}

absl::Status ImportSender::Write(const FileChunk& chunk) {
  v1::ImportInventoryRequest message;
  *message.mutable_chunk() = chunk.chunk;
  return stream_->Write(message);
}

}  // namespace inventory::cli
