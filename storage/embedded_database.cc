#include "storage/embedded_database.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "storage/child_process.h"

namespace inventory::storage {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr absl::Duration kLockPatience = absl::Seconds(30);
constexpr absl::Duration kStopPatience = absl::Seconds(60);
constexpr absl::Duration kFirstRestartPause = absl::Milliseconds(100);
constexpr absl::Duration kPoll = absl::Milliseconds(50);
constexpr std::size_t kMaxSocketPath = 107;  // sizeof(sockaddr_un::sun_path) - 1, see unix(7).

std::string FindProgram(const std::vector<std::string>& names) {
  std::vector<std::string> folders = {"/usr/sbin", "/usr/local/sbin"};
  if (const char* path = std::getenv("PATH")) {
    for (const auto& folder : absl::StrSplit(path, ':', absl::SkipEmpty())) folders.push_back(std::string(folder));
  }
  for (const std::string& name : names) {
    for (const std::string& folder : folders) {
      std::string candidate = absl::StrCat(folder, "/", name);
      if (access(candidate.c_str(), X_OK) == 0) return candidate;
    }
  }
  return "";
}

bool IsMariaDb(const std::string& binary) {
  std::error_code error;
  return fs::canonical(binary, error).filename().string().find("maria") != std::string::npos;
}

// What `mariadb-install-db` feeds to the server, without help texts: that script needs programs of other packages.
// Root has no password; who can reach the socket owns the directory.
absl::StatusOr<std::string> WriteBootstrapScript(const std::string& data_dir, const std::string& binary) {
  const fs::path prefix = fs::path(binary).parent_path().parent_path();
  for (const fs::path& share : {prefix / "share/mysql", prefix / "share/mariadb", prefix / "share"}) {
    if (!fs::exists(share / "mysql_system_tables.sql")) continue;
    const std::string path = data_dir + "/bootstrap.sql";
    std::ofstream script(path, std::ios::trunc);
    script << "CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n";
    for (const char* name :
         {"mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"}) {
      script << std::ifstream(share / name).rdbuf() << "\n";
    }
    script.close();
    if (script) return path;
    return absl::InternalError(absl::StrCat("can't write ", path));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the system tables' script of ", binary, " was not found: install the package mariadb-server-core"));
}

absl::Status SystemError(std::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(std::string(what), ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EmbeddedDatabase>> EmbeddedDatabase::Start(Options options) {
  std::unique_ptr<EmbeddedDatabase> database(new EmbeddedDatabase(std::move(options)));
  absl::Status status = database->Prepare();
  if (!status.ok()) return status;
  database->Report("starting the private database");
  database->supervisor_ = std::thread([self = database.get()] { self->Supervise(); });
  status = database->WaitUntilReady();
  if (status.ok()) status = database->MakeDatabase();
  if (!status.ok()) return status;
  return database;
}

bool EmbeddedDatabase::IsIn(const std::string& data_dir) {
  std::error_code error;
  return fs::exists(DatabaseDir(data_dir), error);
}

absl::Status EmbeddedDatabase::Prepare() {
  std::error_code error;
  fs::create_directories(options_.data_dir, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("can't make the data directory ", options_.data_dir, ": ", error.message()));
  }
  options_.data_dir = fs::canonical(options_.data_dir).string();
  chmod(options_.data_dir.c_str(), 0700);
  absl::Status status = LockDirectory();
  if (status.ok()) status = FindServer();
  if (!status.ok()) return status;
  socket_ = options_.data_dir + "/database.sock";
  if (socket_.size() > kMaxSocketPath) {
    char folder[] = "/tmp/inventory-XXXXXX";
    if (mkdtemp(folder) == nullptr) return SystemError("can't make a directory for the socket");
    socket_dir_ = folder;
    socket_ = socket_dir_ + "/database.sock";
  }
  return Initialise();
}

absl::Status EmbeddedDatabase::LockDirectory() {
  const std::string path = options_.data_dir + "/lock";
  lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return SystemError(absl::StrCat("can't open ", path));
  const absl::Time give_up = absl::Now() + kLockPatience;
  bool said = false;
  while (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (absl::Now() > give_up) {
      return absl::FailedPreconditionError(
          absl::StrCat("another process uses the data directory ", options_.data_dir,
                       ": stop the other inventory-server, or choose another directory with --data-dir"));
    }
    if (!said) Report("waiting for the process that still uses the data directory");
    said = true;
    absl::SleepFor(kPoll);
  }
  return absl::OkStatus();
}

absl::Status EmbeddedDatabase::FindServer() {
  if (options_.server_binary.empty()) options_.server_binary = FindProgram({"mariadbd", "mysqld"});
  if (access(options_.server_binary.c_str(), X_OK) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "no mariadbd or mysqld was found for the private database: install the package mariadb-server-core, name one "
      "with "
      "--mariadbd, or use a database that runs already with --database-url");
}

// Into a directory beside, so that a half initialised one is never taken for a whole one.
absl::Status EmbeddedDatabase::Initialise() {
  if (fs::exists(DatabaseDir())) return absl::OkStatus();
  Report("initialising the private database");
  const std::string fresh = DatabaseDir() + ".new";
  std::error_code error;
  fs::remove_all(fresh, error);
  std::vector<std::string> arguments = {options_.server_binary, "--no-defaults", "--datadir=" + fresh,
                                        "--tmpdir=" + options_.data_dir};
  if (geteuid() == 0) arguments.push_back("--user=root");
  absl::Status status;
  if (IsMariaDb(options_.server_binary)) {
    fs::create_directory(fresh, error);
    absl::StatusOr<std::string> script = WriteBootstrapScript(options_.data_dir, options_.server_binary);
    if (!script.ok()) return script.status();
    arguments.push_back("--bootstrap");
    status = RunChild(arguments, LogFile(), *script);
  } else {
    arguments.push_back("--initialize-insecure");
    status = RunChild(arguments, LogFile());
  }
  if (!status.ok())
    return absl::Status(status.code(), absl::StrCat(std::string(status.message()), "\n", LastLogLines()));
  fs::rename(fresh, DatabaseDir(), error);
  return error ? absl::InternalError(absl::StrCat("can't rename ", fresh, ": ", error.message())) : absl::OkStatus();
}

int EmbeddedDatabase::Spawn() const {
  std::vector<std::string> arguments = {
      options_.server_binary,
      "--no-defaults",
      "--datadir=" + DatabaseDir(),
      // A server that starts removes what looks like temporary tables there, be they those of another server.
      "--tmpdir=" + options_.data_dir,
      "--socket=" + socket_,
      "--pid-file=" + options_.data_dir + "/database.pid",
      "--skip-networking",
      options_.binary_log ? "--log-bin=binlog" : "--skip-log-bin",
      "--skip-name-resolve",
      "--character-set-server=utf8mb4",
      "--innodb-flush-log-at-trx-commit=1",
      "--sync-binlog=1",
      "--max-allowed-packet=64M",
      "--max-connections=200",
      absl::StrCat("--innodb-buffer-pool-size=", options_.buffer_pool_mib, "M"),
      "--performance-schema=OFF",
  };
  if (!IsMariaDb(options_.server_binary)) arguments.push_back("--mysqlx=OFF");
  if (geteuid() == 0) arguments.push_back("--user=root");
  return StartChild(arguments, LogFile(), lock_);
}

// The thread that starts the child must live as long as it: see StartChild.
void EmbeddedDatabase::Supervise() {
  const absl::Duration first_pause = std::min(kFirstRestartPause, options_.max_restart_pause);
  absl::Duration pause = first_pause;
  for (;;) {
    unlink(socket_.c_str());
    const Steady::time_point started = Steady::now();
    const int pid = Spawn();
    {
      MutexLock lock(mutex_);
      pid_ = std::max(pid, 0);
      // A stop that came between the last look and the start must still reach the child.
      if (stopping_ && pid > 0) kill(pid, SIGTERM);
    }
    if (pid > 0) WaitForChild();
    MutexLock lock(mutex_);
    pid_ = 0;
    changed_.NotifyAll();
    if (stopping_) return;
    Report("the private database has stopped; starting it again");
    pause = Steady::now() - started > std::chrono::seconds(10) ? first_pause
                                                               : std::min(pause * 2, options_.max_restart_pause);
    // By a clock that doesn't jump, or a jump back would be waited for.
    const Steady::time_point resume = Steady::now() + absl::ToChronoMilliseconds(pause);
    while (!stopping_ && Steady::now() < resume) changed_.WaitFor(mutex_, absl::FromChrono(resume - Steady::now()));
    if (stopping_) return;
  }
}

void EmbeddedDatabase::WaitForChild() {
  const int child = pid();
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

absl::Status EmbeddedDatabase::WaitUntilReady() {
  DatabaseOptions options = connection_options();
  options.database.clear();
  const absl::Time give_up = absl::Now() + options_.start_timeout;
  bool was_up = false;
  while (absl::Now() < give_up) {
    if (Connection::Open(options).ok()) return absl::OkStatus();
    const bool up = pid() != 0;
    if (was_up && !up) break;
    was_up = was_up || up;
    absl::SleepFor(kPoll);
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the private database did not start; the end of ", LogFile(), ":\n", LastLogLines()));
}

absl::Status EmbeddedDatabase::MakeDatabase() {
  DatabaseOptions options = connection_options();
  options.database.clear();
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options);
  if (!connection.ok()) return connection.status();
  Sql sql;
  sql.Raw("CREATE DATABASE IF NOT EXISTS inventory DEFAULT CHARACTER SET utf8mb4");
  return (*connection)->Execute(sql).status();
}

EmbeddedDatabase::~EmbeddedDatabase() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
    if (pid_ > 0) kill(pid_, SIGTERM);
    const absl::Time give_up = absl::Now() + kStopPatience;
    while (pid_ > 0 && absl::Now() < give_up) changed_.WaitFor(mutex_, give_up - absl::Now());
    if (pid_ > 0) {
      kill(pid_, SIGCONT);
      kill(pid_, SIGKILL);
    }
  }
  if (supervisor_.joinable()) supervisor_.join();
  if (lock_ >= 0) close(lock_);
  if (!socket_dir_.empty()) {
    std::error_code error;
    fs::remove_all(socket_dir_, error);
  }
}

DatabaseOptions EmbeddedDatabase::connection_options() const {
  DatabaseOptions options;
  options.socket = socket_;
  options.user = "root";
  return options;
}

int EmbeddedDatabase::pid() const {
  MutexLock lock(mutex_);
  return pid_;
}

void EmbeddedDatabase::Report(std::string_view event) const {
  if (options_.report) options_.report(event);
}

std::string EmbeddedDatabase::LastLogLines() const {
  std::ifstream file(LogFile());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
    if (lines.size() > 10) lines.erase(lines.begin());
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace inventory::storage
