// What the tests of the repositories share: a database per test, statements run one at a time, and
// rows.
#ifndef INVENTORY_TESTS_INTEGRATION_REPOSITORIES_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_REPOSITORIES_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/records.h"
#include "storage/sql.h"
#include "storage/table.h"
#include "tests/integration/database_fixture.h"

namespace inventory::storage {

using Texts = std::vector<std::string>;

inline const absl::Time kTime = absl::FromUnixMicros(1'700'000'000'123'456);
inline const absl::Time kPast = kTime;
inline const absl::Time kFuture = absl::FromUnixSeconds(4'000'000'000);

// One connection to a database that has nothing but the schema.
class RepositoriesTest : public DatabaseTest {
 protected:
  // Runs what `append` appends, and gives its last result.
  template <typename Append>
  Rows Run(Append append) {
    Sql sql;
    EXPECT_TRUE(append(sql));
    absl::StatusOr<std::vector<Rows>> results = connection().Execute(sql);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() && !results->empty() ? results->back() : Rows();
  }

  template <typename Append>
  absl::Status Try(Append append) {
    Sql sql;
    EXPECT_TRUE(append(sql));
    return connection().Execute(sql).status();
  }

  // Rows that this session has read so far, through indexes and without; on MariaDB also those that the storage engine
  // has passed over by a condition on an index.
  int64_t Reads() {
    const Rows rows = Run([](Sql& sql) {
      sql.Raw("SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' OR Variable_name = 'Handler_icp_attempts'");
      return true;
    });
    int64_t reads = 0;
    for (const Row& row : rows) reads += row.Int(1);
    return reads;
  }

  template <typename Record>
  void Insert(const std::vector<Record>& records) {
    Run([&](Sql& sql) { return AppendInsert(sql, Pointers(records)); });
  }

  template <typename Record>
  static std::vector<const Record*> Pointers(const std::vector<Record>& records) {
    std::vector<const Record*> pointers;
    for (const Record& record : records) pointers.push_back(&record);
    return pointers;
  }

  template <typename Record>
  std::vector<Record> Select(const std::string& key) {
    const Texts keys = {key};
    return ParseAll<Record>(Run([&](Sql& sql) { return AppendSelectByKeyPrefix<Record>(sql, keys); }));
  }

  // Inserting gives the record back, inserting again fails, an upsert overwrites.
  template <typename Record>
  void RoundTrip(const std::string& key, const Record& record, const Record& changed) {
    Insert<Record>({record});
    EXPECT_EQ(Select<Record>(key), std::vector<Record>{record});
    EXPECT_FALSE(Try([&](Sql& sql) { return AppendInsert<Record>(sql, {&record}); }).ok());
    Run([&](Sql& sql) { return AppendUpsert<Record>(sql, {&changed}); });
    EXPECT_EQ(Select<Record>(key), std::vector<Record>{changed});
  }
};

inline ItemRecord Unconfigured(const std::string& sku) {
  ItemRecord item;
  item.sku = sku;
  return item;
}

inline ItemRecord Item(const std::string& sku, bool published = true) {
  ItemRecord item;
  item.sku = sku;
  item.configured = true;
  item.published = published;
  return item;
}

inline LevelRecord Level(const std::string& sku, const std::string& warehouse_id, int64_t on_hand, int64_t reserved) {
  return {sku, warehouse_id, {.on_hand = on_hand, .reserved = reserved}, 1, kTime};
}

inline ReservationRecord Reservation(const std::string& id, ReservationState state,
                                     std::optional<absl::Time> expire_time = std::nullopt) {
  return {.reservation_id = id,
          .channel_id = "web",
          .order_reference = "order-" + id,
          .state = state,
          .expire_time = expire_time,
          .warehouse_ids = {"w1", "w2"},
          .version = 1,
          .create_time = kTime,
          .update_time = kTime};
}

inline MovementRecord Movement(const std::string& sku, int64_t sequence, const std::string& warehouse_id,
                               int64_t version, int64_t on_hand) {
  MovementRecord movement;
  movement.sku = sku;
  movement.sequence = sequence;
  movement.warehouse_id = warehouse_id;
  movement.version = version;
  movement.type = MovementType::kAdjust;
  movement.delta.on_hand = on_hand;
  movement.balance = {on_hand, 2, 3, 4, 5};
  movement.create_time = kTime + absl::Seconds(sequence);
  return movement;
}

}  // namespace inventory::storage

#endif  // INVENTORY_TESTS_INTEGRATION_REPOSITORIES_FIXTURE_H_
