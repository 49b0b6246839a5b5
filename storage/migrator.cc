#include "storage/migrator.h"

#include <openssl/sha.h>

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace inventory::storage {
namespace {

constexpr int kLockSeconds = 60;

std::string Checksum(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::BytesToHexString(digest);
}

// The statements of a migration, without comments' help: a semicolon at the end of a line ends one.
std::vector<std::string> StatementsOf(std::string_view sql) {
  std::vector<std::string> statements;
  std::string statement;
  while (!sql.empty()) {
    const std::size_t end = std::min(sql.find('\n'), sql.size());
    const std::string_view line = sql.substr(0, end);
    sql.remove_prefix(std::min(end + 1, sql.size()));
    if (line.starts_with("--") || (line.empty() && statement.empty())) continue;
    statement.append(line).append("\n");
    if (!line.ends_with(';')) continue;
    statement.resize(statement.size() - 2);
    statements.push_back(std::move(statement));
    statement.clear();
  }
  return statements;
}

absl::StatusOr<Rows> Query(Connection& connection, std::string_view text) {
  Sql sql;
  sql.Raw(text);
  absl::StatusOr<std::vector<Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  return std::move(results->front());
}

absl::Status CheckApplied(const std::map<int, std::string>& applied) {
  const int known = AllMigrations().back().version;
  for (const auto& [version, checksum] : applied) {
    if (version > known) {
      return absl::FailedPreconditionError(absl::StrCat("the database's schema has version ", version,
                                                        " and this program knows only up to ", known,
                                                        ": run a newer inventory-server"));
    }
    const Migration& migration = AllMigrations()[static_cast<std::size_t>(version) - 1];
    if (checksum != Checksum(migration.sql)) {
      return absl::FailedPreconditionError(absl::StrCat("migration ", std::string(migration.name),
                                                        " was applied with other contents than this program has: the "
                                                        "schema was made by another build, and is left alone"));
    }
  }
  return absl::OkStatus();
}

// Version to checksum of what was applied, all of it known to this program; empty if nothing ever was. Needs no right
// but to read.
absl::StatusOr<std::map<int, std::string>> Applied(Connection& connection) {
  absl::StatusOr<Rows> table = Query(connection,
                                     "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                                     "table_name = 'schema_migration'");
  if (!table.ok()) return table.status();
  std::map<int, std::string> applied;
  if (table->empty()) return applied;
  absl::StatusOr<Rows> rows = Query(connection, "SELECT version, checksum FROM schema_migration");
  if (!rows.ok()) return rows.status();
  for (const Row& row : *rows) applied[static_cast<int>(row.Int(0))] = std::string(row.Text(1));
  absl::Status checked = CheckApplied(applied);
  if (!checked.ok()) return checked;
  return applied;
}

// An ALTER TABLE is done wholly or not at all, so one that finds a column or key there already, or gone, was done
// before a crash kept its migration from being recorded.
bool DoneBefore(const absl::Status& status) {
  switch (ErrorNumber(status)) {
    case 1060:  // ER_DUP_FIELDNAME
    case 1061:  // ER_DUP_KEYNAME
    case 1091:  // ER_CANT_DROP_FIELD_OR_KEY
      return true;
    default:
      return false;
  }
}

absl::Status Apply(Connection& connection, const Migration& migration) {
  for (const std::string& statement : StatementsOf(migration.sql)) {
    absl::Status status = Query(connection, statement).status();
    if (!status.ok() && !DoneBefore(status)) {
      return absl::Status(status.code(),
                          absl::StrCat("migration ", std::string(migration.name), ": ", DetailOf(status)));
    }
  }
  Sql record;
  record.Raw("INSERT INTO schema_migration (version, name, checksum, apply_time) VALUES (")
      .Int(migration.version)
      .Raw(",")
      .Text(migration.name)
      .Raw(",")
      .Text(Checksum(migration.sql))
      .Raw(",NOW(6))");
  return connection.Execute(record).status();
}

absl::StatusOr<int> MigrateUnderLock(Connection& connection, const std::function<void(std::string_view)>& report) {
  absl::Status made = Query(connection,
                            "CREATE TABLE IF NOT EXISTS schema_migration (version INT NOT NULL, name VARCHAR(255) NOT "
                            "NULL, checksum CHAR(64) NOT NULL, apply_time DATETIME(6) NOT NULL, PRIMARY KEY (version)) "
                            "DEFAULT CHARSET = utf8mb4")
                          .status();
  if (!made.ok()) return absl::Status(made.code(), absl::StrCat("can't make tables: ", DetailOf(made)));
  absl::StatusOr<std::map<int, std::string>> applied = Applied(connection);
  if (!applied.ok()) return applied.status();
  int count = 0;
  for (const Migration& migration : AllMigrations()) {
    if (applied->contains(migration.version)) continue;
    if (report) report(migration.name);
    absl::Status status = Apply(connection, migration);
    if (!status.ok()) return status;
    ++count;
  }
  return count;
}

}  // namespace

absl::StatusOr<int> Migrate(Connection& connection, const std::function<void(std::string_view)>& report) {
  absl::StatusOr<std::map<int, std::string>> applied = Applied(connection);
  if (!applied.ok()) return applied.status();
  if (applied->size() == AllMigrations().size()) return 0;
  absl::StatusOr<Rows> locked =
      Query(connection, absl::StrCat("SELECT GET_LOCK(CONCAT('inventory_migrate_', DATABASE()), ", kLockSeconds, ")"));
  if (!locked.ok()) return locked.status();
  if ((*locked)[0].Int(0) != 1) {
    return absl::UnavailableError(absl::StrCat("another instance has been migrating for ", kLockSeconds, " s"));
  }
  absl::StatusOr<int> count = MigrateUnderLock(connection, report);
  // If this fails the connection is gone, and the lock with it.
  Query(connection, "SELECT RELEASE_LOCK(CONCAT('inventory_migrate_', DATABASE()))").status().IgnoreError();
  return count;
}

absl::Status CheckSchema(Connection& connection) {
  absl::StatusOr<std::map<int, std::string>> applied = Applied(connection);
  if (!applied.ok()) return applied.status();
  if (applied->size() < AllMigrations().size()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database's schema lacks ", AllMigrations().size() - applied->size(),
                     " migrations: run inventory-server migrate, or start with --migrate-on-start"));
  }
  return absl::OkStatus();
}

}  // namespace inventory::storage
