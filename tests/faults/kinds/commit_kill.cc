#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/faults/commits.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

constexpr absl::Duration kCommitPatience = absl::Seconds(5);

// The sessions that are held in their COMMIT are killed: while they wait, so that nothing is committed, or as soon as
// they go on, so that anything may be.
class CommitKill : public Fault {
 public:
  std::string_view name() const override { return "commit-kill"; }
  std::string_view about() const override { return "KILL of the sessions that are in their COMMIT"; }

  absl::Status Begin(Site& site, Random& random) override {
    const auto root = site.OpenRoot();
    if (!root.ok()) return root.status();
    absl::Status held = HoldCommits(**root);
    if (!held.ok()) return held;
    const std::vector<std::string> committing = Committing(**root);
    const bool release_first = Chance(random, 50);
    if (release_first) ReleaseCommits(**root);
    for (const std::string& session : committing) Ask(**root, "KILL " + session).status().IgnoreError();
    if (!release_first) ReleaseCommits(**root);
    return committing.empty() ? absl::InternalError("nobody was in a COMMIT") : absl::OkStatus();
  }

 private:
  static std::vector<std::string> Committing(storage::Connection& root) {
    const std::string query = absl::StrCat("SELECT id FROM information_schema.processlist WHERE user = '", Site::kUser,
                                           "' AND state = 'Waiting for backup lock'");
    std::vector<std::string> sessions;
    const absl::Time give_up = absl::Now() + kCommitPatience;
    while (sessions.empty() && absl::Now() < give_up) {
      const auto rows = Ask(root, query);
      if (!rows.ok()) break;
      for (const storage::Row& row : *rows) sessions.emplace_back(row.Text(0));
      if (sessions.empty()) absl::SleepFor(absl::Milliseconds(2));
    }
    return sessions;
  }
};

}  // namespace

std::unique_ptr<Fault> MakeCommitKill() { return std::make_unique<CommitKill>(); }

}  // namespace inventory::faults
