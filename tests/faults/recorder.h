// What the callers of a run are told, as they are told it.
#ifndef INVENTORY_TESTS_FAULTS_RECORDER_H_
#define INVENTORY_TESTS_FAULTS_RECORDER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/mutex.h"
#include "tests/history/history.h"
#include "tests/history/violation.h"

namespace inventory::faults {

// Whether a caller may hear of the end of a call, or must find out: UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN,
// RESOURCE_EXHAUSTED and INTERNAL leave open whether it was carried out.
history::Write::End EndOf(const absl::Status& status);

// Thread-safe.
class Recorder {
 public:
  struct Counts {
    int64_t calls = 0;         // All, each counted once however often it was repeated.
    int64_t acknowledged = 0;  // Writes.
    int64_t refused = 0;
    int64_t unknown = 0;
    int64_t failed = 0;  // Of callers who use the library's retries: those that failed nevertheless.
  };

  void Add(int caller, history::Write write);
  void Add(int caller, history::Read read);
  // A read that failed.
  void AddFailedRead(int caller);
  // A caller who uses the library's retries got an error that leaves open whether its call was carried out, as `what`
  // says. Once a call, also if the caller begins it anew.
  void AddFailure(std::string what);
  // A caller was told what no caller should be told.
  void Complain(history::Violation violation);

  Counts counts() const;
  // When the first call of each caller ended with an answer that it had begun at `time` or later; nothing if some
  // caller waits for that. Its answer may be a refusal.
  std::optional<absl::Time> AllAnsweredSince(absl::Time time, int callers) const;
  // Once nobody calls any more: all of it.
  history::History TakeHistory();
  history::Violations TakeComplaints();
  std::vector<std::string> TakeFailures();

 private:
  struct Answered {
    absl::Time start;
    absl::Time finish;
  };

  mutable storage::Mutex mutex_;
  history::History history_ GUARDED_BY(mutex_);
  Counts counts_ GUARDED_BY(mutex_);
  history::Violations complaints_ GUARDED_BY(mutex_);
  std::vector<std::string> failures_ GUARDED_BY(mutex_);
  std::map<int, std::vector<Answered>> answered_ GUARDED_BY(mutex_);
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_RECORDER_H_
