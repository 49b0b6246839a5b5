// A SKU to damage, and what VerifyStock says of it.
#ifndef INVENTORY_TESTS_INTEGRATION_VERIFY_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_VERIFY_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {

class VerifyTest : public ServerTest {
 protected:
  // A SKU with movements of several kinds: "10 on hand, 4 reserved, 0 safety, 6 available" in w1 at version 2.
  void SetUp() override {
    SetStock(Sku(), "w1", 10);
    order_ = Must(Reserve(client(), {{Sku(), 4}}, {.commit = true})).reservation().reservation_id();
  }

  // Runs the statement with the test's SKU in place of $sku.
  void Damage(const std::string& statement) const { Sql(absl::StrReplaceAll(statement, {{"$sku", Quoted(Sku())}})); }
  static std::string Quoted(const std::string& text) { return absl::StrCat("'", text, "'"); }

  // "VERSION_NOT_DENSE w1 version 3 but 1": what it should be and what is stored, "repaired" at the end if it was.
  static std::string Show(const v1::Mismatch& mismatch) {
    return absl::StrCat(mismatch.check(), " ", mismatch.warehouse_id().empty() ? "-" : mismatch.warehouse_id(), " ",
                        mismatch.quantity(), " ", mismatch.expected(), " but ", mismatch.actual(),
                        mismatch.repaired() ? " repaired" : "");
  }
  std::vector<std::string> Verify(bool repair = false) const {
    std::vector<std::string> shown;
    for (const v1::Mismatch& mismatch : VerifyAll(client(), repair, Name(""))) {
      EXPECT_EQ(mismatch.sku(), Sku());
      shown.push_back(Show(mismatch));
    }
    return shown;
  }

  // The damage is reported as `expected`, without a write; a repair mends all of it.
  void ExpectMended(const std::vector<std::string>& expected) const {
    const std::size_t movements = MovementsOf(Sku()).size();
    EXPECT_THAT(Verify(), ::testing::ElementsAreArray(expected));
    EXPECT_EQ(MovementsOf(Sku()).size(), movements);
    std::vector<std::string> repaired;
    for (const std::string& mismatch : expected) repaired.push_back(mismatch + " repaired");
    EXPECT_THAT(Verify(true), ::testing::ElementsAreArray(repaired));
    EXPECT_THAT(Verify(), ::testing::IsEmpty());
  }
  std::string Level() const { return integration::Show(LevelOf(Sku(), "w1")); }

  std::string order_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_VERIFY_FIXTURE_H_
