#include "storage/server_facts.h"

#include <cstdio>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace inventory::storage {
namespace {

using Variables = std::map<std::string, std::string>;

std::string Value(const Variables& variables, const std::string& name) {
  const auto it = variables.find(name);
  return it == variables.end() ? "" : it->second;
}

bool IsOn(const std::string& value) { return value == "ON" || value == "1"; }

// TiDB has none of these settings: its storage layer is always durable.
void CheckDurability(const Variables& variables, ServerFacts& facts) {
  if (facts.version.find("TiDB") != std::string::npos) return;
  const std::string flush = Value(variables, "innodb_flush_log_at_trx_commit");
  if (flush != "1") {
    facts.not_durable.push_back(absl::StrCat("innodb_flush_log_at_trx_commit is ", flush, "; set it to 1"));
  }
  if (IsOn(Value(variables, "log_bin")) && Value(variables, "sync_binlog") != "1") {
    facts.not_durable.push_back(
        absl::StrCat("sync_binlog is ", Value(variables, "sync_binlog"), " while the binary log is on; set it to 1"));
  }
  const std::string doublewrite = Value(variables, "innodb_doublewrite");
  if (doublewrite == "OFF" || doublewrite == "0") {
    facts.not_durable.push_back("innodb_doublewrite is off: a torn page could not be repaired; set it to ON");
  }
}

// The largest packet is a batch's writes; see Batch::WriteAndCommit.
void CheckPacket(const Variables& variables, ServerFacts& facts) {
  constexpr int64_t kLeast = 16 << 20;
  int64_t bytes = kLeast;
  if (absl::SimpleAtoi(Value(variables, "max_allowed_packet"), &bytes) && bytes < kLeast) {
    facts.unsupported.push_back(absl::StrCat("max_allowed_packet is ", bytes, "; set it to at least ", kLeast));
  }
}

// The oldest versions whose SQL is the one used here.
void CheckVersion(ServerFacts& facts) {
  int major = 0;
  int minor = 0;
  // "8.0.11-TiDB-v8.5.1"
  const std::size_t tidb = facts.version.find("TiDB-v");
  if (tidb != std::string::npos) {
    std::sscanf(facts.version.c_str() + tidb, "TiDB-v%d.%d", &major, &minor);
  } else {
    std::sscanf(facts.version.c_str(), "%d.%d", &major, &minor);
  }
  const bool maria = facts.version.find("MariaDB") != std::string::npos;
  const int least_major = maria ? 10 : 8;
  const int least_minor = tidb != std::string::npos ? 5 : maria ? 11 : 0;
  if (major > least_major || (major == least_major && minor >= least_minor)) return;
  facts.unsupported.push_back(absl::StrCat("version ", facts.version,
                                           " is too old; MySQL 8.0, MariaDB 10.11 or TiDB 8.5 "
                                           "or later is needed"));
}

}  // namespace

bool IsReadOnly(std::string_view variable) { return !variable.empty() && variable != "0" && variable != "OFF"; }

absl::StatusOr<ServerFacts> ReadServerFacts(Connection& connection) {
  Sql sql;
  sql.Raw("SELECT VERSION()").Then();
  sql.Raw(
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', "
      "'innodb_doublewrite', 'read_only', 'super_read_only', 'max_allowed_packet')");
  absl::StatusOr<std::vector<Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  ServerFacts facts;
  facts.version = std::string((*results)[0][0].Text(0));
  Variables variables;
  for (const Row& row : (*results)[1]) variables[std::string(row.Text(0))] = std::string(row.Text(1));
  facts.read_only = IsReadOnly(Value(variables, "read_only")) || IsOn(Value(variables, "super_read_only"));
  CheckDurability(variables, facts);
  CheckPacket(variables, facts);
  CheckVersion(facts);
  return facts;
}

}  // namespace inventory::storage
