// The migrator against a real database: what a crash has left half done is completed.
#include "storage/migrator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/table.h"
#include "tests/integration/database_fixture.h"

namespace inventory::storage {
namespace {

using ::testing::HasSubstr;

class MigratorTest : public DatabaseTest {
 protected:
  Rows Run(const std::string& statement) {
    Sql sql;
    sql.Raw(statement);
    auto results = connection().Execute(sql);
    EXPECT_TRUE(results.ok()) << DetailOf(results.status());
    return results.ok() ? std::move(results->front()) : Rows();
  }

  // As if a crash had come before the record of this migration was written.
  void ForgetFrom(int version) { Run(absl::StrCat("DELETE FROM schema_migration WHERE version >= ", version)); }

  // "table.key:columns" of every key, with the columns of every table.
  std::vector<std::string> Schema() {
    std::vector<std::string> schema = ParseTexts(Run(
        "SELECT CONCAT(table_name, '.', index_name, ':', GROUP_CONCAT(column_name ORDER BY seq_in_index)) FROM "
        "information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name ORDER BY 1"));
    for (std::string& column : ParseTexts(
             Run("SELECT CONCAT(table_name, '.', column_name, ':', column_type) FROM information_schema.columns WHERE "
                 "table_schema = DATABASE() ORDER BY 1"))) {
      schema.push_back(std::move(column));
    }
    return schema;
  }
};

TEST_F(MigratorTest, EveryMigrationCanBeRunAgain) {
  const std::vector<std::string> schema = Schema();
  for (const Migration& migration : AllMigrations()) {
    ForgetFrom(migration.version);
    const absl::StatusOr<int> applied = Migrate(connection(), nullptr);
    ASSERT_TRUE(applied.ok()) << applied.status();
    EXPECT_EQ(*applied, static_cast<int>(AllMigrations().size()) - migration.version + 1) << migration.name;
    EXPECT_EQ(Schema(), schema) << migration.name;
  }
}

TEST_F(MigratorTest, AMigrationThatWasCutOffIsCompleted) {
  const std::vector<std::string> schema = Schema();
  Run("ALTER TABLE shipment DROP KEY shipment_in_warehouse");
  ForgetFrom(2);
  ASSERT_TRUE(Migrate(connection(), nullptr).ok());
  EXPECT_EQ(Schema(), schema);
  EXPECT_TRUE(CheckSchema(connection()).ok());
}

TEST_F(MigratorTest, AMigrationThatFailsIsNotRecorded) {
  Run("DROP TABLE shipment");
  ForgetFrom(2);
  const absl::Status status = Migrate(connection(), nullptr).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("migration 0002_list_indexes: "));
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckSchema(connection())));
}

}  // namespace
}  // namespace inventory::storage
