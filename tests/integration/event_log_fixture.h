// Event logs that tests write to as the pipeline does, and read as watchers do.
#ifndef INVENTORY_TESTS_INTEGRATION_EVENT_LOG_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_EVENT_LOG_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/feed/chunk.h"
#include "storage/event_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::feed {

using Strings = std::vector<std::string>;

// A database per test, whose events it makes by itself.
class EventLogTest : public storage::RepositoriesTest {
 protected:
  std::unique_ptr<storage::Connection> Open() const { return *storage::Connection::Open(options()); }

  static std::vector<storage::Rows> Run(storage::Connection& on, const std::string& text) {
    storage::Sql sql;
    storage::BeginStatement(sql).Raw(text);
    auto results = on.Execute(sql);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? *std::move(results) : std::vector<storage::Rows>(1);
  }

  static std::string Payload(const std::string& sku, int64_t sequence) {
    v1::WatchResponse events;
    v1::Event& event = *events.add_events();
    event.set_type(v1::EVENT_TYPE_MOVEMENT);
    event.mutable_movement()->set_sku(sku);
    event.mutable_movement()->set_sequence(sequence);
    return events.SerializeAsString();
  }

  static storage::EventLogEnd End(storage::Connection& on, int log_id) {
    return storage::ParseEventLogEnd(Run(on, absl::StrCat("SELECT ", storage::EventLogEndColumns(log_id)))[0][0], 0);
  }

  // Appends what was done to the SKU, in the open transaction if there is one.
  static absl::Status Tell(storage::Connection& on, int log_id, const std::string& sku, int64_t sequence,
                           const storage::EventLogEnd& end) {
    const storage::EventChunkRecord chunk{.log_id = static_cast<int16_t>(log_id),
                                          .position = end.position + 1,
                                          .stamp = end.max_stamp + 1,
                                          .create_time = absl::UnixEpoch(),
                                          .payload = Payload(sku, sequence)};
    storage::Sql sql;
    storage::AppendInsert<storage::EventChunkRecord>(sql, {&chunk});
    return on.Execute(sql).status();
  }
  absl::Status Tell(storage::Connection& on, int log_id, const std::string& sku, int64_t sequence) const {
    return Tell(on, log_id, sku, sequence, End(on, log_id));
  }

  // All that is told after the cut, as "sku sequence"; the cut moves on.
  Strings ToldSince(Cut& at) {
    const Cut heads = *ReadHeads(connection());
    Strings told;
    while (!(at == heads)) {
      const absl::StatusOr<Page> page = ReadPage(connection(), at, heads);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->chunks.empty()) break;
      for (const Chunk& chunk : page->chunks) {
        for (const v1::Event& event : chunk.events) {
          told.push_back(absl::StrCat(event.movement().sku(), " ", event.movement().sequence()));
        }
      }
      at = page->end;
    }
    return told;
  }
};

}  // namespace inventory::feed

#endif  // INVENTORY_TESTS_INTEGRATION_EVENT_LOG_FIXTURE_H_
