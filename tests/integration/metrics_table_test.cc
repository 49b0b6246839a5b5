// Goal: server/METRICS.md says exactly what a server exposes. Method: a server with everything that has metrics of its
// own is used, and what it exposes is compared with the tables.
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/http_receiver.h"
#include "tests/integration/access_fixture.h"
#include "tests/integration/collector.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// "gauge state" by name.
using Described = std::map<std::string, std::string>;

std::string Describe(const std::string& type, const std::set<std::string>& labels) {
  return labels.empty() ? type : absl::StrCat(type, " ", absl::StrJoin(labels, " "));
}

// The rows "| `name` | type | label, label | meaning |".
Described Documented() {
  std::ifstream file(INVENTORY_SOURCE_DIR "/server/METRICS.md");
  Described all;
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "| `")) continue;
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '|');
    EXPECT_EQ(cells.size(), 6u) << line;
    const auto cell = [&cells](std::size_t at) { return std::string(absl::StripAsciiWhitespace(cells[at])); };
    const std::string name = cell(1).substr(1, cell(1).size() - 2);
    const std::set<std::string> labels = absl::StrSplit(cell(3), ", ", absl::SkipWhitespace());
    EXPECT_TRUE(all.emplace(name, Describe(cell(2), labels)).second) << name << " is there twice";
  }
  return all;
}

// Of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/
Described Exposed(const std::string& text) {
  std::map<std::string, std::string> types;
  std::map<std::string, std::set<std::string>> labels;
  std::string family;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (absl::StartsWith(line, "# TYPE ")) {
      family = words[2];
      types[family] = words[3];
    }
    const std::size_t open = line.find('{');
    if (!absl::StartsWith(line, family) || line.empty() || family.empty() || open == absl::string_view::npos) continue;
    for (const absl::string_view label : absl::StrSplit(line.substr(open + 1, line.find('}') - open - 1), "\",")) {
      const std::string name = std::string(label.substr(0, label.find('=')));
      if (!name.empty() && name != "le") labels[family].insert(name);
    }
  }
  Described all;
  for (const auto& [name, type] : types) all[name] = Describe(type, labels[name]);
  return all;
}

using MetricsTableTest = AccessTest;

TEST_F(MetricsTableTest, IsWhatAServerExposes) {
  const HttpReceiver receiver(HttpReceiver::Status(200));
  const storage::DatabaseOptions database = storage::NewDatabase();
  const std::vector<std::pair<std::string, std::string>> options = {{"tls-cert-file", certificates().Pem("server")},
                                                                    {"tls-key-file", certificates().Key("server")},
                                                                    {"auth-policy-file", PolicyPath()},
                                                                    {"jwt-keys", KeysPath()},
                                                                    {"jwt-issuer", kIssuer},
                                                                    {"jwt-audience", kAudience},
                                                                    {"read-database-url", storage::UrlOf(database)},
                                                                    {"event-feed-url", receiver.url()}};
  const Collector collector;
  std::vector<std::string> arguments;
  if (Collector::IsThere()) arguments.push_back(collector.option());
  for (const auto& [name, value] : options) arguments.push_back(absl::StrCat("--", name, "=", value));
  ServerProcess server(
      {.database_url = storage::UrlOf(database), .arguments = arguments, .metrics = true, .credentials = Channel()});
  const Client admin(server.address(),
                     grpc::CompositeChannelCredentials(Channel(), grpc::AccessTokenCredentials(Token("admin"))));
  MakeWarehouse(admin, "berlin-7");
  Must(admin.Call(Pb<v1::SetStockRequest>("sku: 'RED-SHOES' warehouse_id: 'berlin-7' on_hand: 5")));

  const std::string text = HttpGet(server.metrics_port(), "/metrics");
  Described documented = Documented();
  if (!Collector::IsThere()) documented.erase("inventory_spans_total");
#ifndef INVENTORY_SERVER_HAS_JEMALLOC
  documented.erase("inventory_allocator_bytes");
#endif
  EXPECT_EQ(Exposed(text), documented);
  EXPECT_THAT(text, Not(HasSubstr("RED-SHOES")));
  EXPECT_THAT(text, Not(HasSubstr("berlin-7")));
  EXPECT_THAT(text, Not(HasSubstr("jwt:admin")));
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
