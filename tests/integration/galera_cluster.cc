#include "tests/integration/galera_cluster.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace inventory::integration {
namespace {

constexpr char kProvider[] = "/usr/lib/galera/libgalera_smm.so";
constexpr char kScripts[] = INVENTORY_SOURCE_DIR "/tests/integration/galera";
constexpr absl::Duration kJoinTime = absl::Minutes(1);

std::string Address(int port) { return absl::StrCat("127.0.0.1:", port); }

// With the script that a node calls when another one joins.
ProgramRun::Environment WithScripts() {
  const char* path = std::getenv("PATH");
  return {{"PATH", absl::StrCat(kScripts, ":", path == nullptr ? "/usr/sbin:/usr/bin" : path)}};
}

}  // namespace

bool GaleraCluster::Installed() { return std::filesystem::exists(kProvider); }

GaleraCluster::GaleraCluster() {
  // One to talk to each other and one to catch up, for each.
  for (int i = 0; i < 2 * kNodes; ++i) ports_.push_back(FreePort());
  // The files that all begin with must be at the same place in the same history, so one makes them a cluster's first.
  {
    const DatabaseFiles files;
    nodes_.push_back(std::make_unique<DatabaseServer>(files.path(), ArgumentsOf(0), WithScripts()));
  }
  nodes_[0]->Start({"--wsrep-new-cluster"});
  AwaitSize(0, 1);
  nodes_[0]->Stop();
  for (int i = 1; i < kNodes; ++i) {
    nodes_.push_back(std::make_unique<DatabaseServer>(nodes_[0]->files(), ArgumentsOf(i), WithScripts()));
  }
  nodes_[0]->Start({"--wsrep-new-cluster"});
  for (int i = 1; i < kNodes; ++i) {
    nodes_[i]->Start();
    AwaitSize(i, i + 1);
  }
}

std::vector<std::string> GaleraCluster::ArgumentsOf(int number) const {
  std::vector<std::string> addresses;
  for (int i = 0; i < kNodes; ++i) addresses.push_back(Address(ports_[i]));
  // The default times fit networks between machines; a busy machine may take a second for anything.
  const std::vector<std::string> options = {absl::StrCat("base_port=", ports_[number]),
                                            absl::StrCat("gmcast.listen_addr=tcp://", Address(ports_[number])),
                                            absl::StrCat("ist.recv_addr=", Address(ports_[kNodes + number])),
                                            "gcache.size=16M",
                                            "evs.suspect_timeout=PT2S",
                                            "evs.inactive_timeout=PT6S",
                                            "evs.keepalive_period=PT0.5S",
                                            "pc.recovery=FALSE"};
  return {"--binlog-format=ROW",
          "--innodb-autoinc-lock-mode=2",
          "--wsrep-on=ON",
          absl::StrCat("--wsrep-provider=", kProvider),
          absl::StrCat("--wsrep-provider-options=", absl::StrJoin(options, ";")),
          absl::StrCat("--wsrep-cluster-address=gcomm://", absl::StrJoin(addresses, ",")),
          "--wsrep-node-address=127.0.0.1",
          absl::StrCat("--wsrep-node-name=node-", number),
          "--wsrep-sst-method=inventory"};
}

std::string GaleraCluster::UrlFrom(int first) const {
  std::vector<const DatabaseServer*> servers;
  for (int i = 0; i < kNodes; ++i) servers.push_back(nodes_[(first + i) % kNodes].get());
  return UrlOf(servers);
}

void GaleraCluster::Rejoin(int number) {
  DatabaseServer& node = *nodes_[number];
  node.Start({absl::StrCat("--wsrep-start-position=", node.RunUntil("Recovered position: ", {"--wsrep-recover"}))});
}

void GaleraCluster::Isolate(int number, bool isolated) {
  nodes_[number]->Sql({absl::StrCat("SET GLOBAL wsrep_provider_options='gmcast.isolate=", isolated ? 1 : 0, "'")});
}

void GaleraCluster::GoOnAlone(int number) {
  nodes_[number]->Sql({"SET GLOBAL wsrep_provider_options='pc.bootstrap=1'"});
}

void GaleraCluster::AwaitSize(int number, int size) {
  const DatabaseServer& node = *nodes_[number];
  EXPECT_TRUE(Eventually(
      [&] { return Ready(number) && node.Shown("STATUS", "wsrep_cluster_size") == absl::StrCat(size); }, kJoinTime))
      << node.log();
}

void GaleraCluster::AwaitAll() {
  EXPECT_TRUE(Eventually(
      [this] {
        std::set<std::string> views;
        for (int i = 0; i < kNodes; ++i) {
          if (!Ready(i) || nodes_[i]->Shown("STATUS", "wsrep_cluster_size") != absl::StrCat(kNodes)) return false;
          views.insert(nodes_[i]->Shown("STATUS", "wsrep_cluster_conf_id"));
        }
        return views.size() == 1;
      },
      kJoinTime))
      << nodes_[0]->log();
}

int GaleraCluster::Conflicts() const {
  int conflicts = 0;
  for (const auto& node : nodes_) {
    for (const char* kind : {"wsrep_local_cert_failures", "wsrep_local_bf_aborts"}) {
      conflicts += std::atoi(node->Shown("STATUS", kind).c_str());
    }
  }
  return conflicts;
}

}  // namespace inventory::integration
