#include "client/cli/import_sender.h"

#include <algorithm>
#include <utility>

#include "absl/random/distributions.h"
#include "inventory/client/errors.h"

namespace inventory::cli {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLongestPause = absl::Seconds(10);

}  // namespace

ImportSender::ImportSender(client::InventoryClient& client, client::Clock& clock, Options options, OnResult on_result)
    : client_(client),
      clock_(clock),
      options_(std::move(options)),
      on_result_(std::move(on_result)),
      watchdog_(options_.patience) {}

absl::Status ImportSender::Send(FileChunk chunk) {
  // The chunks of an ATOMIC import are answered together; the server refuses one that has too many.
  while (!atomic() && pending_.size() >= kMostPending) {
    absl::Status received = Receive();
    if (!received.ok()) return received;
  }
  pending_.push_back(std::move(chunk));
  const absl::Time began = clock_.Now();
  absl::Status sent = stream_ == nullptr ? Open() : Write(pending_.back());
  return sent.ok() ? sent : Reopen(std::move(sent), began);
}

absl::Status ImportSender::Finish() {
  ended_ = true;
  const absl::Time began = clock_.Now();
  absl::Status sent = stream_ == nullptr ? Open() : WriteEnd();
  if (!sent.ok()) sent = Reopen(std::move(sent), began);
  while (sent.ok() && !summed_up_) sent = Receive();
  return sent;
}

const FileRow* ImportSender::Unanswered(int64_t number) const {
  for (const FileChunk& chunk : pending_) {
    const int64_t index = number - chunk.chunk.first_row();
    if (index < 0 || index >= static_cast<int64_t>(chunk.row_of.size())) continue;
    return &chunk.rows[chunk.row_of[static_cast<std::size_t>(index)]];
  }
  return nullptr;
}

absl::Status ImportSender::Receive() {
  const absl::Time began = clock_.Now();
  absl::StatusOr<std::optional<v1::ImportInventoryResponse>> response = Read();
  if (response.ok() && response->has_value()) {
    Take(**response);
    return absl::OkStatus();
  }
  if (response.ok()) return absl::InternalError("the server has ended the import before its end");
  return Reopen(response.status(), began);
}

void ImportSender::Take(const v1::ImportInventoryResponse& response) {
  waited_ = absl::ZeroDuration();
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
absl::Status ImportSender::Reopen(absl::Status broken, absl::Time began) {
  for (;;) {
    while (stream_ != nullptr) {
      absl::StatusOr<std::optional<v1::ImportInventoryResponse>> response = Read();
      if (response.ok() && response->has_value()) {
        Take(**response);
        began = clock_.Now();
        continue;
      }
      if (!response.ok()) broken = response.status();
      stream_.reset();
    }
    if (summed_up_) return absl::OkStatus();
    const absl::Duration left = options_.patience - waited_ - (clock_.Now() - began);
    if (!Passes(broken) || left <= absl::ZeroDuration()) return broken;
    const absl::Duration pause = std::min(Pause(broken), left);
    if (options_.on_retry) options_.on_retry(broken, pause);
    broken_off_ = true;
    clock_.Sleep(pause);
    broken = Open();
    if (!broken.ok()) continue;
    waited_ += clock_.Now() - began;
    return broken;
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
  absl::Status sent = Write(message);
  for (auto chunk = pending_.begin(); sent.ok() && chunk != pending_.end(); ++chunk) sent = Write(*chunk);
  return sent.ok() && ended_ ? WriteEnd() : sent;
}

absl::Status ImportSender::Write(const FileChunk& chunk) {
  v1::ImportInventoryRequest message;
  *message.mutable_chunk() = chunk.chunk;
  return Write(message);
}

absl::Status ImportSender::Write(const v1::ImportInventoryRequest& message) {
  absl::Status sent;
  const bool in_time = watchdog_.Watch([this] { stream_->Cancel(); }, [&] { sent = stream_->Write(message); });
  return in_time ? sent : GiveUp();
}

absl::Status ImportSender::WriteEnd() {
  v1::ImportInventoryRequest message;
  message.mutable_end();
  absl::Status sent = Write(message);
  return sent.ok() ? stream_->WritesDone() : sent;
}

absl::StatusOr<std::optional<v1::ImportInventoryResponse>> ImportSender::Read() {
  absl::StatusOr<std::optional<v1::ImportInventoryResponse>> response = absl::UnknownError("");
  const bool in_time = watchdog_.Watch([this] { stream_->Cancel(); }, [&] { response = stream_->Read(); });
  if (in_time || response.ok()) return response;
  return GiveUp();
}

absl::Status ImportSender::GiveUp() {
  stream_.reset();
  return watchdog_.TooLate();
}

}  // namespace inventory::cli
