// Sends an import, over as many streams as it takes.
#ifndef INVENTORY_CLIENT_CLI_IMPORT_SENDER_H_
#define INVENTORY_CLIENT_CLI_IMPORT_SENDER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/cli/import_file.h"
#include "client/cli/streaming.h"
#include "inventory/client/clock.h"
#include "inventory/v1/bulk.pb.h"
#include "inventory/v1/inventory_service.client.h"

namespace inventory::cli {

// Sends chunks and hands their answers on, in order. A stream that breaks off is opened again, and the chunks that were
// not answered are sent again: the server does nothing twice. Keeps at most kMostPending chunks. Used by one thread.
class ImportSender {
 public:
  // The server takes as many chunks before it waits for answers to be read: with more, both sides could wait for each
  // other.
  static constexpr std::size_t kMostPending = 8;

  struct Options {
    v1::ImportStart start;
    // How long to wait for an answer, and, from the moment that a stream breaks off, for one from any other. More than
    // 0.
    absl::Duration patience = kStreamPatience;
    // Hears of a stream that broke off and of the pause before the next. May be empty.
    std::function<void(const absl::Status&, absl::Duration pause)> on_retry = nullptr;
  };
  // Hears what became of a chunk. Of an ATOMIC import it is called once, with the last chunk and the result of all.
  using OnResult = std::function<void(const FileChunk&, const v1::ImportChunkResult&)>;

  // The client and the clock must outlive it.
  ImportSender(client::InventoryClient& client, client::Clock& clock, Options options, OnResult on_result);

  // Sends a chunk, once there is room for it. A status that is not OK is the end of the import: what the service has
  // refused it for, or why it can't be reached.
  absl::Status Send(FileChunk chunk);

  // Says that these were all, and takes the answers that are left.
  absl::Status Finish();

  // The row of the file that became the server's row of this number; null if it was answered already. Until the next
  // call.
  const FileRow* Unanswered(int64_t number) const;

  // Whether a stream has broken off, so that what was refused later may have been done before.
  bool has_broken_off() const { return broken_off_; }

 private:
  using Stream = client::ReadWriteStream<v1::ImportInventoryRequest, v1::ImportInventoryResponse>;

  bool atomic() const { return options_.start.error_policy() == v1::ERROR_POLICY_ATOMIC; }
  // Takes one answer.
  absl::Status Receive();
  void Take(const v1::ImportInventoryResponse& response);
  // Opens a stream and sends what is pending, until that succeeds or is given up. `broken` is why.
  // `began` is since when the server was waited for.
  absl::Status Reopen(absl::Status broken, absl::Time began);
  absl::Status Open();
  absl::Status Write(const FileChunk& chunk);
  absl::Status Write(const v1::ImportInventoryRequest& message);
  absl::Status WriteEnd();
  absl::StatusOr<std::optional<v1::ImportInventoryResponse>> Read();
  // Lets go of a stream that does not answer.
  absl::Status GiveUp();
  absl::Duration Pause(const absl::Status& broken);

  client::InventoryClient& client_;
  client::Clock& clock_;
  const Options options_;
  const OnResult on_result_;
  absl::BitGen random_;
  std::unique_ptr<Stream> stream_;
  std::deque<FileChunk> pending_;
  bool ended_ = false;      // All chunks have been given.
  bool summed_up_ = false;  // The server has said that all are done.
  int failures_ = 0;        // Since the last answer.
  absl::Duration waited_;   // In vain, since the last answer.
  bool broken_off_ = false;
  Watchdog watchdog_;
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_IMPORT_SENDER_H_
