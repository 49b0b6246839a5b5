// A real database for tests.
#ifndef INVENTORY_TESTS_INTEGRATION_DATABASE_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_DATABASE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/connection.h"
#include "storage/embedded_database.h"

namespace inventory::storage {

// Makes an empty folder for the files of a test. It is in memory where the system has a place there with room: tests
// kill processes and never the machine, and every one of them makes databases, whose files a disk would have to sync.
std::string MakeTestFolder();

// The private database server of this run, started at the first use and stopped and removed at the end. The environment
// variable INVENTORY_TEST_DATABASE_SERVER names another mariadbd or mysqld to run.
class TestServer : public ::testing::Environment {
 public:
  static EmbeddedDatabase& Get();
  void TearDown() override;
};

// Options for a new database on it; it has the schema if `migrated`.
DatabaseOptions NewDatabase(bool migrated = true);

// Drops it, so that a long run stays small.
void DropDatabase(const DatabaseOptions& options);

// The URL by which a server process reaches the database.
std::string UrlOf(const DatabaseOptions& options);

// One connection to a database that has nothing but the schema.
class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  Connection& connection() { return *connection_; }
  const DatabaseOptions& options() const { return options_; }

 private:
  DatabaseOptions options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace inventory::storage

#endif  // INVENTORY_TESTS_INTEGRATION_DATABASE_FIXTURE_H_
