#include "tests/cli/shop.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/status/statusor.h"
#include "storage/sql.h"
#include "tests/integration/database_fixture.h"

namespace inventory::cli {

Finished RunTool(const Words& words, const integration::ProgramRun::Environment& environment) {
  const integration::ScratchFolder no_profiles;
  integration::ProgramRun::Environment all = environment;
  all.emplace("XDG_CONFIG_HOME", no_profiles.path());
  Words arguments = {INVENTORYCTL_BINARY};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return RunProgram(arguments, all);
}

Shop::Shop()
    : database_(storage::NewDatabase(/*migrated=*/false)), server_({.database_url = storage::UrlOf(database_)}) {
  for (const Words& words : {
           Words{"create", "warehouse", "ber-1", "--name", "Berlin", "--active", "--location-latitude", "52.5",
                 "--location-longitude", "13.4"},
           Words{"create", "warehouse", "rtm-1", "--name", "Rotterdam", "--active", "--location-latitude", "51.9",
                 "--location-longitude", "4.4"},
           Words{"create", "channel", "web-eu", "--name", "Web shop"},
           Words{"attach", "warehouse", "web-eu", "ber-1", "--priority", "1"},
           Words{"attach", "warehouse", "web-eu", "rtm-1", "--priority", "2"},
           Words{"create", "item", "JEANS-M", "--label", "season=winter"},
           Words{"set", "stock", "JEANS-M", "ber-1", "10", "--reason", "sample"},
           Words{"set", "stock", "JEANS-M", "rtm-1", "100", "--reason", "sample"},
       }) {
    Run(words);
  }
}

Shop::~Shop() {
  EXPECT_EQ(server_.Stop(), 0);
  storage::DropDatabase(database_);
}

void Shop::Damage(const std::string& statement) const {
  absl::StatusOr<std::unique_ptr<storage::Connection>> connection = storage::Connection::Open(database_);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ((*connection)->Execute(storage::Sql().Raw(statement)).status(), absl::OkStatus());
}

Finished Shop::Run(const Words& words, int exit_code) const {
  // Longer than any pause of a machine that is busy with other tests.
  Finished run = RunTool(words, {{"INVENTORY_ADDRESS", address()}, {"INVENTORY_TIMEOUT", "60s"}});
  EXPECT_EQ(run.exit_code, exit_code) << ::testing::PrintToString(words) << "\n" << run.out << run.err;
  return run;
}

}  // namespace inventory::cli
