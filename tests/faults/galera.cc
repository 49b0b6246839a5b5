#include "tests/faults/galera.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"

namespace inventory::faults {
namespace {

namespace fs = std::filesystem;
using storage::EmbeddedDatabase;

constexpr char kProvider[] = "/usr/lib/galera/libgalera_smm.so";
constexpr char kServer[] = "/usr/sbin/mariadbd";

// Runs a node. One whose folder says so begins a new cluster. One that has died waits until the others have noticed, as
// it would take a machine, and looks how far its files have come, which a server may not end after having said. $0 is
// the folder of the node's program, $1 the options of the provider, $2 the addresses of the cluster. EmbeddedDatabase
// takes a program for MariaDB's by its name.
constexpr char kProgram[] = R"(#!/bin/sh
for argument; do
  [ "$$argument" = --bootstrap ] && exec $3 "$$@"
done
export PATH="$4:$$PATH"
set -- "$$@" --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-on=ON --wsrep-provider=$5 \
  '--wsrep-provider-options=$1' --wsrep-cluster-address='$2' --wsrep-node-address=127.0.0.1 \
  --wsrep-sst-method=inventory
if [ -e '$0/new' ]; then
  mv '$0/new' '$0/started'
  exec $3 "$$@" --wsrep-new-cluster
fi
[ ! -e '$0/started' ] || sleep 4
touch '$0/started'
place=$$(timeout -s KILL 5 $3 "$$@" --wsrep-recover 2>&1 | sed -n 's/.*Recovered position: *//p')
exec $3 "$$@" --wsrep-start-position="$$place"
)";

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(listener);
  return bound ? ntohs(address.sin_port) : 0;
}

// Where a node is and what runs it.
struct Node {
  std::string data_dir;
  std::string programs;  // As a prefix of an installation, with what a new database is made with beside.
  int port = FreePort();
  int transfer_port = FreePort();

  std::string program() const { return programs + "/sbin/mariadbd"; }
  void BeginCluster() const { std::ofstream(programs + "/new").flush(); }
};

absl::Status WriteProgram(const Node& node, const std::string& cluster) {
  std::error_code error;
  fs::create_directories(node.programs + "/sbin", error);
  if (!error) fs::create_directory_symlink("/usr/share", node.programs + "/share", error);
  if (error) return absl::InternalError(absl::StrCat("can't make ", node.programs, ": ", error.message()));
  // Sooner than by default, which fits networks between machines.
  const std::string options = absl::StrCat("base_port=", node.port, ";gmcast.listen_addr=tcp://127.0.0.1:", node.port,
                                           ";ist.recv_addr=127.0.0.1:", node.transfer_port,
                                           ";gcache.size=32M;evs.suspect_timeout=PT3S;evs.keepalive_period=PT0.5S");
  std::ofstream file(node.program());
  file << absl::Substitute(kProgram, node.programs, options, cluster, kServer, INVENTORY_FAULTS_GALERA, kProvider);
  file.close();
  fs::permissions(node.program(), fs::perms::owner_all, error);
  if (!file || error) return absl::InternalError("can't write " + node.program());
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<EmbeddedDatabase>> Start(const Node& node, EmbeddedDatabase::Options options) {
  options.data_dir = node.data_dir;
  options.server_binary = node.program();
  return EmbeddedDatabase::Start(std::move(options));
}

// All must begin at the same place in the same history, so the files of the first are made a cluster's and copied.
absl::Status MakeFiles(const std::vector<Node>& nodes, const EmbeddedDatabase::Options& options) {
  nodes[0].BeginCluster();
  auto first = Start(nodes[0], options);
  if (!first.ok()) return first.status();
  first->reset();
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    std::error_code error;
    fs::create_directories(nodes[i].data_dir, error);
    if (!error) {
      fs::copy(nodes[0].data_dir + "/database", nodes[i].data_dir + "/database", fs::copy_options::recursive, error);
    }
    if (error) return absl::InternalError(absl::StrCat("can't copy ", nodes[0].data_dir, ": ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGalera() {
  for (const char* file : {kProvider, kServer}) {
    if (!fs::exists(file)) return absl::FailedPreconditionError(absl::StrCat("there is no ", file));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::unique_ptr<EmbeddedDatabase>>> StartGalera(const std::string& folder, int count,
                                                                           const EmbeddedDatabase::Options& options) {
  std::vector<Node> nodes;
  std::vector<std::string> addresses;
  for (int i = 1; i <= count; ++i) {
    nodes.push_back({.data_dir = absl::StrCat(folder, "/node-", i), .programs = absl::StrCat(folder, "/programs-", i)});
    addresses.push_back(absl::StrCat("127.0.0.1:", nodes.back().port));
  }
  for (const Node& node : nodes) {
    absl::Status written = WriteProgram(node, absl::StrCat("gcomm://", absl::StrJoin(addresses, ",")));
    if (!written.ok()) return written;
  }
  absl::Status made = MakeFiles(nodes, options);
  if (!made.ok()) return made;
  nodes[0].BeginCluster();
  std::vector<std::unique_ptr<EmbeddedDatabase>> running;
  for (const Node& node : nodes) {
    auto started = Start(node, options);
    if (!started.ok()) return started.status();
    running.push_back(*std::move(started));
  }
  return running;
}

}  // namespace inventory::faults
