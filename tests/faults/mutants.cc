#include "tests/faults/mutants.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
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

// What a batch reads of its SKUs is not locked. The ledger takes a number twice: its key would refuse the second one.
Proxy::PacketHook ReadWithoutLocks() {
  return [](std::string& packet) {
    absl::StrReplaceAll(
        {{" ORDER BY sku FOR UPDATE", " ORDER BY sku"}, {"INSERT INTO movement ", "REPLACE INTO movement "}}, &packet);
    return Fate::kForward;
  };
}

// After a COMMIT whose outcome is unknown the service inserts its records first, which waits for that COMMIT. Now they
// are only looked for: one that is there is inserted once more, which fails as the service expects it.
Proxy::PacketHook LookForRecords() {
  return [](std::string& packet) {
    const std::string insert = "INSERT INTO request_record (";
    const std::string values = ") VALUES ";
    const std::size_t begin = packet.find(insert);
    if (!absl::StartsWith(packet, "\3BEGIN;") || begin == std::string::npos) return Fate::kForward;
    const std::size_t rows = packet.find(values, begin) + values.size();
    const std::size_t end = packet.find(";\n", rows);
    const std::size_t names = begin + insert.size();
    const std::string columns = packet.substr(names, rows - values.size() - names);
    const std::string looked_for = packet.substr(rows, end - rows);
    packet.replace(
        begin, end - begin,
        absl::StrCat(insert, columns, ") WITH asked (", columns, ") AS (VALUES ", looked_for, ") SELECT ", columns,
                     " FROM request_record WHERE (caller, request_id) IN (", "SELECT caller, request_id FROM asked)"));
    return Fate::kForward;
  };
}

// A lock wait that is too long takes back one statement; what went before it is committed.
Proxy::PacketHook CommitAfterLockTimeouts() {
  return [](std::string& packet) {
    if (packet == "\3ROLLBACK") {
      packet =
          "\3BEGIN NOT ATOMIC DECLARE error INT; GET DIAGNOSTICS CONDITION 1 error = MYSQL_ERRNO; "
          "IF error = 1205 THEN COMMIT; ELSE ROLLBACK; END IF; END";
    }
    return Fate::kForward;
  };
}

// As if every other batch were another server's, whose clock is ahead of the database's by more than any hold is long.
Proxy::PacketHook TakeAnotherClock() {
  return [batches = 0](std::string& packet) mutable {
    const std::string clock = "SELECT NOW(6), c.version";
    const std::size_t at = packet.find(clock);
    if (at != std::string::npos && ++batches % 2 == 0) {
      packet.replace(at, clock.size(), "SELECT NOW(6) + INTERVAL 30 HOUR, c.version");
    }
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
           .expected = {Kind::kMismatch, Kind::kLedger, Kind::kDoubled, Kind::kRefusedAndDone, Kind::kTorn, Kind::kLost,
                        Kind::kUnanswered}},
          {.name = "no-request-ids",
           .about = "callers repeat a write under another request id",
           .fault = MakeClientReset,
           .caller = Caller::Mutant::kForgetsRequestIds,
           .expected = {Kind::kDoubled, Kind::kRefusedAndDone}},
          {.name = "cached-reads",
           .about = "some reads are answered with what an earlier one was told",
           .fault = MakeClientReset,
           .caller = Caller::Mutant::kAnswersFromCache,
           .expected = {Kind::kStale}},
          {.name = "no-row-locks",
           .about = "rows are read without a lock, changed and written",
           .fault = MakeTwoReplicasKill,
           .packet_hook = ReadWithoutLocks(),
           .expected = {Kind::kLost, Kind::kLedger, Kind::kMismatch}},
          {.name = "unknown-commit-by-select",
           .about = "a SELECT decides whether a COMMIT of unknown outcome has happened",
           .fault = MakeCommitLate,
           .packet_hook = LookForRecords(),
           .expected = {Kind::kDoubled, Kind::kRefusedAndDone}},
          {.name = "lock-timeout-then-commit",
           .about = "a lock wait that is too long ends one statement, and the rest is committed",
           .fault = MakeLockWait,
           .packet_hook = CommitAfterLockTimeouts(),
           .expected = {Kind::kLedger, Kind::kMismatch, Kind::kTorn}},
          {.name = "application-clock",
           .about = "holds end by the clock of a service, not of the database",
           .fault = MakeClientReset,
           .packet_hook = TakeAnotherClock(),
           .expected = {Kind::kExpiredEarly}}};
}

}  // namespace inventory::faults
