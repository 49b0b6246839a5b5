#include "tests/integration/database_server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/embedded_database.h"
#include "storage/migrator.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

constexpr char kProgram[] = "/usr/sbin/mariadbd";
constexpr absl::Duration kStartTime = absl::Minutes(1);

std::string Copied(const std::string& files, const std::string& folder) {
  std::filesystem::copy(files, folder, std::filesystem::copy_options::recursive);
  return folder;
}

}  // namespace

DatabaseFiles::DatabaseFiles() {
  auto started = storage::EmbeddedDatabase::Start(
      {.data_dir = folder_.path(), .server_binary = kProgram, .buffer_pool_mib = 32, .report = nullptr});
  if (!started.ok()) {
    ADD_FAILURE() << started.status();
    return;
  }
  const auto connection = storage::MustOpen((*started)->connection_options());
  EXPECT_TRUE(storage::Migrate(*connection, nullptr).ok());
  storage::Must(*connection, {"CREATE USER inventory@'%', replicator@'%', admin@'%'",
                              "GRANT SELECT, INSERT, UPDATE, DELETE ON inventory.* TO inventory@'%'",
                              "GRANT REPLICATION SLAVE ON *.* TO replicator@'%'", "GRANT ALL ON *.* TO admin@'%'"});
}

DatabaseServer::DatabaseServer(const std::string& files_to_copy, std::vector<std::string> arguments,
                               ProgramRun::Environment environment)
    : files_(Copied(files_to_copy, folder_.path() + "/database")),
      port_(FreePort()),
      arguments_(std::move(arguments)),
      environment_(std::move(environment)) {}

void DatabaseServer::Launch(const std::vector<std::string>& more) {
  std::vector<std::string> all = {
      kProgram,
      "--no-defaults",
      "--datadir=" + files_,
      "--tmpdir=" + folder_.path(),
      "--socket=" + folder_.path() + "/socket",
      "--pid-file=" + folder_.path() + "/pid",
      "--bind-address=127.0.0.1",
      absl::StrCat("--port=", port_),
      "--skip-name-resolve",
      "--character-set-server=utf8mb4",
      "--innodb-flush-log-at-trx-commit=1",
      "--sync-binlog=1",
      "--max-allowed-packet=64M",
      "--innodb-buffer-pool-size=64M",
  };
  if (geteuid() == 0) all.push_back("--user=root");
  all.insert(all.end(), arguments_.begin(), arguments_.end());
  all.insert(all.end(), more.begin(), more.end());
  admin_.reset();
  run_.reset();
  run_ = std::make_unique<ProgramRun>(all, environment_);
}

void DatabaseServer::AwaitConnections() {
  const bool up =
      Eventually([this] { return run_->Ended() || storage::Connection::Open(options("admin")).ok(); }, kStartTime);
  EXPECT_TRUE(up && !run_->Ended()) << log();
  Sql({"SELECT 1"});
}

void DatabaseServer::Start(const std::vector<std::string>& more) {
  Launch(more);
  AwaitConnections();
}

std::string DatabaseServer::RunUntil(const std::string& label, const std::vector<std::string>& more) {
  Launch(more);
  std::string rest;
  const bool written = Eventually([&] {
    const std::string text = log();
    const std::size_t begin = text.find(label);
    const std::size_t end = text.find('\n', begin);
    if (begin == std::string::npos || end == std::string::npos) return run_->Ended();
    rest = text.substr(begin + label.size(), end - begin - label.size());
    return true;
  });
  EXPECT_TRUE(written && !rest.empty()) << log();
  if (!run_->Ended()) Kill();
  return rest;
}

void DatabaseServer::Stop() {
  run_->Signal(SIGTERM);
  EXPECT_EQ(run_->Wait(), 0) << log();
}

void DatabaseServer::Kill() {
  run_->Signal(SIGKILL);
  run_->Wait();
}

std::string DatabaseServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

storage::DatabaseOptions DatabaseServer::options(const std::string& user) const {
  return {.host = "127.0.0.1", .port = port_, .user = user, .database = "inventory"};
}

storage::Rows DatabaseServer::Sql(const std::vector<std::string>& statements) const {
  if (admin_ == nullptr || admin_->broken()) {
    storage::DatabaseOptions patient = options("admin");
    patient.read_timeout = kStartTime;
    patient.idle_timeout = absl::Hours(1);
    admin_ = storage::MustOpen(patient);
  }
  return admin_ == nullptr ? storage::Rows() : storage::Must(*admin_, statements);
}

std::string DatabaseServer::Value(const std::string& query) const {
  const storage::Rows rows = Sql({query});
  return rows.empty() ? "" : std::string(rows[0].Text(0));
}

std::string DatabaseServer::Shown(const std::string& kind, const std::string& name) const {
  const storage::Rows rows = Sql({absl::StrCat("SHOW GLOBAL ", kind, " LIKE '", name, "'")});
  return rows.empty() ? "" : std::string(rows[0].Text(1));
}

std::string UrlOf(const std::vector<const DatabaseServer*>& servers) {
  const auto append = [](std::string* out, const DatabaseServer* server) { absl::StrAppend(out, server->address()); };
  return absl::StrCat("mysql://inventory@", absl::StrJoin(servers, ",", append), "/inventory");
}

ReplicatedDatabase::ReplicatedDatabase(const DatabaseFiles& files)
    : primary_(files.path(), {"--log-bin=binlog", "--server-id=1", "--log-slave-updates"}),
      replica_(files.path(), {"--log-bin=binlog", "--server-id=2", "--log-slave-updates", "--read-only",
                              "--relay-log=relay", "--slave-net-timeout=5"}) {
  primary_.Launch();
  replica_.Start();
  primary_.AwaitConnections();
  replica_.Sql({absl::StrCat("CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=", primary_.port(),
                             ", MASTER_USER='replicator', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1"),
                "START SLAVE"});
  AwaitReplica();
}

void ReplicatedDatabase::BeSemiSynchronous() {
  replica_.Sql({"STOP SLAVE IO_THREAD", "SET GLOBAL rpl_semi_sync_slave_enabled=1", "START SLAVE IO_THREAD"});
  primary_.Sql(
      {"SET GLOBAL rpl_semi_sync_master_timeout=60000, GLOBAL rpl_semi_sync_master_wait_point=AFTER_SYNC, "
       "GLOBAL rpl_semi_sync_master_enabled=1"});
  EXPECT_TRUE(Eventually([this] { return primary_.Shown("STATUS", "Rpl_semi_sync_master_clients") == "1"; }));
}

void ReplicatedDatabase::AwaitReplica() {
  const std::string position = primary_.Value("SELECT @@GLOBAL.gtid_binlog_pos");
  EXPECT_EQ(replica_.Value(absl::StrCat("SELECT MASTER_GTID_WAIT('", position, "', 60)")), "0") << replica_.log();
}

void ReplicatedDatabase::AwaitRelayed() {
  EXPECT_TRUE(Eventually([this] {
    return replica_.Value(
               "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'system user' AND state "
               "LIKE 'Slave has read all relay log%'") == "1";
  })) << replica_.log();
}

void ReplicatedDatabase::Promote() { replica_.Sql({"STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only=0"}); }

}  // namespace inventory::integration
