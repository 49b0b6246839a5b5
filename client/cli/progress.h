// How far a long command is.
#ifndef INVENTORY_CLIENT_CLI_PROGRESS_H_
#define INVENTORY_CLIENT_CLI_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "inventory/client/clock.h"

namespace inventory::cli {

// Shows rows, rate and what is left: on a terminal one line that is written over twice a second, elsewhere a line of
// its own every ten seconds. Used by one thread.
class Progress {
 public:
  // `total` is what `done` will be in the end, 0 if that is not known. Both must outlive it.
  Progress(std::ostream& err, bool terminal, int64_t total, client::Clock& clock);
  // Clears the line.
  ~Progress();

  // `done` is in the unit of `total`.
  void Show(int64_t rows, int64_t rejected, int64_t done);

  // Takes the line away, so that something else can be written.
  void Clear();

 private:
  std::string Line(int64_t rows, int64_t rejected, int64_t done, absl::Duration elapsed) const;

  std::ostream& err_;
  const bool terminal_;
  const int64_t total_;
  client::Clock& clock_;
  const absl::Time start_;
  absl::Time shown_;
  bool on_line_ = false;
};

// "1,234,567"
std::string Grouped(int64_t number);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_PROGRESS_H_
