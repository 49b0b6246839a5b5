#include "tests/integration/history.h"

#include <gtest/gtest.h>

#include "tests/history/check.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {

std::map<std::string, std::vector<v1::Movement>> ReadLedgers(const Client& client,
                                                             const std::vector<std::string>& skus) {
  std::map<std::string, std::vector<v1::Movement>> ledgers;
  for (const std::string& sku : skus) {
    v1::ListMovementsRequest list;
    list.mutable_filter()->set_sku(sku);
    list.set_page_size(1000);
    ledgers[sku] = ListAll(client, list, &v1::ListMovementsResponse::movements);
  }
  return ledgers;
}

void CheckHistory(const History& history) {
  for (const history::Violation& violation : history::Check(history)) {
    ADD_FAILURE() << history::NameOf(violation.kind) << ": " << violation.what;
  }
}

}  // namespace inventory::integration
