// Faults of the networks between clients and server, and between server and database.
#include <string>

#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

using Way = Proxy::Way;

enum class Hop { kClient, kDatabase };

class NetworkFault : public Fault {
 public:
  std::string_view name() const override { return name_; }
  std::string_view about() const override { return about_; }

 protected:
  NetworkFault(Hop hop, std::string name, std::string about)
      : hop_(hop), name_(std::move(name)), about_(std::move(about)) {}

  Proxy& ProxyOf(Site& site) const { return hop_ == Hop::kClient ? site.server().proxy() : site.database_proxy(); }
  static Way AnyWay(Random& random) { return Chance(random, 50) ? Way::kToServer : Way::kToClient; }

 private:
  const Hop hop_;
  const std::string name_;
  const std::string about_;
};

// One way or both.
class Cut : public NetworkFault {
 public:
  explicit Cut(Hop hop)
      : NetworkFault(hop, hop == Hop::kClient ? "client-cut" : "database-cut",
                     hop == Hop::kClient ? "nothing passes one way, or both, between clients and server"
                                         : "nothing passes one way, or both, between server and database") {}
  absl::Duration longest() const override { return absl::Seconds(4); }

  absl::Status Begin(Site& site, Random& random) override {
    const Flow hold = {.kind = Flow::Kind::kHold};
    ProxyOf(site).SetFlow(AnyWay(random), hold);
    if (Chance(random, 30)) ProxyOf(site).SetFlow(AnyWay(random), hold);
    return absl::OkStatus();
  }
  // What was held back arrives, or its connections are gone.
  absl::Status End(Site& site, Random& random) override {
    if (Chance(random, 50)) ProxyOf(site).ResetAll();
    ProxyOf(site).Pass();
    return absl::OkStatus();
  }
};

class Trickle : public NetworkFault {
 public:
  explicit Trickle(Hop hop)
      : NetworkFault(hop, hop == Hop::kClient ? "client-trickle" : "database-trickle",
                     hop == Hop::kClient ? "one byte a second passes one way between clients and server"
                                         : "one byte a second passes one way between server and database") {}
  absl::Duration longest() const override { return absl::Seconds(4); }

  absl::Status Begin(Site& site, Random& random) override {
    ProxyOf(site).SetFlow(AnyWay(random), {.kind = Flow::Kind::kTrickle});
    return absl::OkStatus();
  }
  absl::Status End(Site& site, Random& random) override {
    ProxyOf(site).Pass();
    return absl::OkStatus();
  }
};

class Reset : public NetworkFault {
 public:
  explicit Reset(Hop hop)
      : NetworkFault(hop, hop == Hop::kClient ? "client-reset" : "database-reset",
                     hop == Hop::kClient ? "all connections between clients and server are reset"
                                         : "all connections between server and database are reset") {}

  absl::Status Begin(Site& site, Random& random) override {
    ProxyOf(site).ResetAll();
    return absl::OkStatus();
  }
};

class Delay : public NetworkFault {
 public:
  Delay() : NetworkFault(Hop::kDatabase, "database-delay", "every packet to and from the database comes late") {}
  absl::Duration longest() const override { return absl::Seconds(3); }

  absl::Status Begin(Site& site, Random& random) override {
    for (const Way way : {Way::kToServer, Way::kToClient}) {
      const absl::Duration delay = AnyDuration(random, absl::Milliseconds(20), absl::Milliseconds(500));
      ProxyOf(site).SetFlow(way, {.kind = Flow::Kind::kDelay, .delay = delay});
    }
    return absl::OkStatus();
  }
  absl::Status End(Site& site, Random& random) override {
    ProxyOf(site).Pass();
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<Fault> MakeClientCut() { return std::make_unique<Cut>(Hop::kClient); }
std::unique_ptr<Fault> MakeClientTrickle() { return std::make_unique<Trickle>(Hop::kClient); }
std::unique_ptr<Fault> MakeClientReset() { return std::make_unique<Reset>(Hop::kClient); }
std::unique_ptr<Fault> MakeDatabaseCut() { return std::make_unique<Cut>(Hop::kDatabase); }
std::unique_ptr<Fault> MakeDatabaseTrickle() { return std::make_unique<Trickle>(Hop::kDatabase); }
std::unique_ptr<Fault> MakeDatabaseReset() { return std::make_unique<Reset>(Hop::kDatabase); }
std::unique_ptr<Fault> MakeDatabaseDelay() { return std::make_unique<Delay>(); }

}  // namespace inventory::faults
