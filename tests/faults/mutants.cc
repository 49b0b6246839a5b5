#include "tests/faults/mutants.h"

#include "tests/faults/mysql_packets.h"

namespace inventory::faults {
namespace {

using Kind = history::Violation::Kind;

constexpr int kEach = 20;

// Every twentieth COMMIT that the service waits for commits nothing.
Proxy::PacketHook LoseCommits() {
  return [commits = 0](std::string& packet) mutable {
    if (CommitsWrites(packet) && ++commits % kEach == 0) {
      const std::string commit = "COMMIT";
      packet.replace(packet.size() - commit.size(), commit.size(), "ROLLBACK");
    }
    return Fate::kForward;
  };
}

// Each statement commits by itself: what a batch has written of itself stays when it fails.
Proxy::PacketHook CommitEachStatement() {
  return [](std::string& packet) {
    const std::string begin = "BEGIN";
    const std::size_t at = packet.find(begin);
    if (at <= 1) packet.replace(at, begin.size(), "DO 1 ");
    return Fate::kForward;
  };
}

}  // namespace

std::vector<Mutant> AllMutants() {
  return {{.name = "lost-commits",
           .about = "COMMIT is answered and not done, as by a connector that ignores its failure",
           .fault = MakeDatabaseReset,
           .packet_hook = LoseCommits(),
           .expected = {Kind::kLost}},
          {.name = "no-transactions",
           .about = "each statement commits by itself",
           .fault = MakeCommitKill,
           .packet_hook = CommitEachStatement(),
           .expected = {Kind::kMismatch, Kind::kLedger, Kind::kDoubled, Kind::kTorn, Kind::kLost, Kind::kUnanswered}},
          {.name = "no-request-ids",
           .about = "callers repeat a write under another request id",
           .fault = MakeClientReset,
           .caller = Caller::Mutant::kForgetsRequestIds,
           .expected = {Kind::kDoubled, Kind::kRefusedAndDone}},
          {.name = "cached-reads",
           .about = "some reads are answered with what an earlier one was told",
           .fault = MakeClientReset,
           .caller = Caller::Mutant::kAnswersFromCache,
           .expected = {Kind::kStale}}};
}

}  // namespace inventory::faults
