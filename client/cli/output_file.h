// Files that commands write.
#ifndef INVENTORY_CLIENT_CLI_OUTPUT_FILE_H_
#define INVENTORY_CLIENT_CLI_OUTPUT_FILE_H_

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace inventory::cli {

// A file that is there as a whole or not at all: what is written goes to a file beside it, which takes its place at the
// end, with the permissions of one that was there. Links are followed. What is no regular file, a device or a pipe, is
// written as it is. If SIGHUP, SIGINT or SIGTERM ends the process, nothing is left behind. One at a time in a process.
class OutputFile {
 public:
  // PERMISSION_DENIED, NOT_FOUND and the like if it can't be written.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);
  // Removes what was not committed.
  ~OutputFile();

  std::ostream& stream() { return stream_; }

  // Makes the file complete and durable. DATA_LOSS if not all of it could be written: the disk may be full; a file that
  // was there before is then as it was.
  absl::Status Commit();

 private:
  OutputFile(std::string path, std::string written);

  const std::string path_;
  const std::string written_;  // The file beside it, or path_ itself.
  std::ofstream stream_;
  bool committed_ = false;
};

// OK, or DATA_LOSS, which names the file, if something that was written to the stream is lost.
absl::Status CheckWritten(std::ostream& stream, const std::string& name);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_OUTPUT_FILE_H_
