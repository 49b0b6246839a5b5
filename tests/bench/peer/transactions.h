// What every write has in common: a transaction of its own, exactly once under its request id.
#ifndef INVENTORY_TESTS_BENCH_PEER_TRANSACTIONS_H_
#define INVENTORY_TESTS_BENCH_PEER_TRANSACTIONS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "tests/bench/peer/pool.h"

namespace inventory::bench::peer {

// Thread-safe.
class Transactions {
 public:
  // Decides and writes in the session's transaction and fills the response. What it wrote before a refusal is rolled
  // back.
  using Rule = std::function<absl::Status(Session& session)>;

  explicit Transactions(Pool& pool) : pool_(pool) {}

  // Runs the rule, inserts the answer under the request id, and commits. A repeated call gets the first one's answer,
  // and another request under the same id REQUEST_ID_REUSED: the unique key says which it is. After a deadlock or a
  // lock time-out the whole transaction runs again, a few times.
  absl::Status Run(const google::protobuf::Message& request, const std::string& request_id, absl::Time deadline,
                   google::protobuf::Message& response, const Rule& rule);

 private:
  Pool& pool_;
};

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_TRANSACTIONS_H_
