// Availability estimates: made, listed, changed, deleted, and what items that use them show.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Titles = std::map<std::string, std::string>;

class AvailabilityEstimatesTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::AvailabilityEstimate> Create(const std::string& id, const std::string& fields = "") {
    return client().Call(Pb<v1::CreateAvailabilityEstimateRequest>(
        absl::Substitute("availability_estimate { availability_estimate_id: '$0' title: 'Soon' $1 }", id, fields)));
  }
  static absl::StatusOr<v1::AvailabilityEstimate> Get(const Client& client, const std::string& id) {
    return client.Call(Pb<v1::GetAvailabilityEstimateRequest>(absl::Substitute("availability_estimate_id: '$0'", id)));
  }
  static absl::StatusOr<v1::DeleteAvailabilityEstimateResponse> Delete(const Client& client, const std::string& id,
                                                                       const std::string& fields = "") {
    return client.Call(
        Pb<v1::DeleteAvailabilityEstimateRequest>(absl::Substitute("availability_estimate_id: '$0' $1", id, fields)));
  }

  // Gives the item the estimate; makes the item if there is none.
  static absl::StatusOr<v1::Item> Assign(const Client& client, const std::string& sku, const std::string& id) {
    return client.Call(Pb<v1::UpdateItemRequest>(absl::Substitute(
        "item { sku: '$0' availability_estimate_id: '$1' } update_mask { paths: 'availability_estimate_id' } "
        "allow_missing: true",
        sku, id)));
  }
  static std::string EstimateOf(const Client& client, const std::string& sku) {
    return Must(client.Call(Pb<v1::GetItemRequest>(absl::Substitute("sku: '$0'", sku)))).availability_estimate_id();
  }
  // The SKUs of the items that use it.
  static std::vector<std::string> UsersOf(const Client& client, const std::string& id) {
    const auto request =
        Pb<v1::ListItemsRequest>(absl::Substitute("filter { availability_estimate_id: '$0' } page_size: 2", id));
    std::vector<std::string> skus;
    for (const v1::Item& item : ListAll(client, request, &v1::ListItemsResponse::items)) {
      EXPECT_EQ(item.availability_estimate_id(), id);
      skus.push_back(item.sku());
    }
    return skus;
  }
  // The ids of this test's estimates as a list gives them.
  std::vector<std::string> Listed(int page_size) const {
    v1::ListAvailabilityEstimatesRequest request;
    request.set_page_size(page_size);
    std::vector<std::string> ids;
    for (const v1::AvailabilityEstimate& estimate :
         ListAll(client(), request, &v1::ListAvailabilityEstimatesResponse::availability_estimates)) {
      const std::string& id = estimate.availability_estimate_id();
      if (id.rfind(Name(""), 0) == 0) ids.push_back(id);
    }
    return ids;
  }
};

TEST_F(AvailabilityEstimatesTest, OneIsMadeReadChangedAndDeleted) {
  const v1::AvailabilityEstimate made =
      Must(Create(Name("e"),
                  "priority: 7 localized_titles { key: 'de' value: 'In Kürze' } localized_titles { key: 'pt-br' value: "
                  "'Em breve = logo' }"));
  EXPECT_EQ(Titles(made.localized_titles().begin(), made.localized_titles().end()),
            (Titles{{"de", "In Kürze"}, {"pt-br", "Em breve = logo"}}));
  EXPECT_EQ(Must(Get(replica(), Name("e"))).DebugString(), made.DebugString());
  EXPECT_EQ(Outcome(Create(Name("e"))), "ALREADY_EXISTS AVAILABILITY_ESTIMATE_EXISTS");

  auto update = Pb<v1::UpdateAvailabilityEstimateRequest>(absl::Substitute(
      "availability_estimate { availability_estimate_id: '$0' title: '3-5 days' etag: '$1' }", Name("e"), made.etag()));
  const v1::AvailabilityEstimate changed = Must(client().Call(update));
  EXPECT_EQ(changed.title(), "3-5 days");
  EXPECT_EQ(changed.priority(), 7);
  EXPECT_NE(changed.etag(), made.etag());
  EXPECT_EQ(Must(Get(replica(), Name("e"))).DebugString(), changed.DebugString());
  EXPECT_EQ(Outcome(client().Call(update)), "ABORTED ETAG_MISMATCH");

  EXPECT_EQ(Outcome(Delete(replica(), Name("e"), "etag: 'x'")), "ABORTED ETAG_MISMATCH");
  Must(Delete(replica(), Name("e"), absl::Substitute("etag: '$0'", changed.etag())));
  EXPECT_EQ(Outcome(Get(client(), Name("e"))), "NOT_FOUND AVAILABILITY_ESTIMATE_NOT_FOUND");
  EXPECT_EQ(Outcome(Delete(client(), Name("e"))), "NOT_FOUND AVAILABILITY_ESTIMATE_NOT_FOUND");
  update.mutable_availability_estimate()->clear_etag();
  EXPECT_EQ(Outcome(client().Call(update)), "NOT_FOUND AVAILABILITY_ESTIMATE_NOT_FOUND");
}

TEST_F(AvailabilityEstimatesTest, AListIsInOrderOfPriorityThenId) {
  for (const char* id : {"d", "a", "c"}) Must(Create(Name(id), "priority: 5"));
  Must(Create(Name("z")));
  Must(Create(Name("b"), "priority: 1000000"));
  for (const int page_size : {0, 1, 2, 3, 1'000'000}) {
    EXPECT_THAT(Listed(page_size), ElementsAre(Name("z"), Name("a"), Name("c"), Name("d"), Name("b"))) << page_size;
  }
}

TEST_F(AvailabilityEstimatesTest, APageStaysWhereItWasWhenOthersComeAndGo) {
  for (const char* id : {"a", "b", "c", "d"}) Must(Create(Name(id), "priority: 999999"));
  v1::ListAvailabilityEstimatesRequest request;
  request.set_page_size(1);
  for (std::string last; last != Name("b");) {
    const auto page = Must(client().Call(request));
    last = page.availability_estimates(0).availability_estimate_id();
    request.set_page_token(page.next_page_token());
  }
  Must(Delete(client(), Name("b")));
  Must(Create(Name("0"), "priority: 999999"));
  EXPECT_EQ(Must(client().Call(request)).availability_estimates(0).availability_estimate_id(), Name("c"));
}

TEST_F(AvailabilityEstimatesTest, ItemsShowTheirsUntilItIsCleared) {
  EXPECT_EQ(Outcome(Assign(client(), Sku("a"), Name("e"))), "FAILED_PRECONDITION AVAILABILITY_ESTIMATE_NOT_FOUND");
  Must(Create(Name("e")));
  Must(Create(Name("other")));
  for (const char* sku : {"c", "a", "b"}) Must(Assign(client(), Sku(sku), Name("e")));
  Must(Assign(client(), Sku("d"), Name("other")));
  EXPECT_EQ(EstimateOf(replica(), Sku("a")), Name("e"));
  EXPECT_THAT(UsersOf(replica(), Name("e")), ElementsAre(Sku("a"), Sku("b"), Sku("c")));

  const absl::Status refused = Delete(client(), Name("e")).status();
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION AVAILABILITY_ESTIMATE_IN_USE");
  EXPECT_EQ(MetadataOf(refused)["skus"], absl::StrCat(Sku("a"), ",", Sku("b"), ",", Sku("c")));

  Must(Delete(client(), Name("e"), "clear_items: true"));
  for (const char* sku : {"a", "b", "c"}) EXPECT_EQ(EstimateOf(replica(), Sku(sku)), "");
  EXPECT_THAT(UsersOf(client(), Name("e")), IsEmpty());
  EXPECT_THAT(UsersOf(client(), Name("other")), ElementsAre(Sku("d")));
  // A new one of that id is not what those items meant.
  Must(Create(Name("e")));
  EXPECT_EQ(EstimateOf(client(), Sku("a")), "");
  EXPECT_THAT(UsersOf(replica(), Name("e")), IsEmpty());
  Must(Delete(client(), Name("e")));
}

TEST_F(AvailabilityEstimatesTest, AnItemThatIsDeletedUsesNone) {
  Must(Create(Name("e")));
  Must(Assign(client(), Sku(), Name("e")));
  Must(client().Call(Pb<v1::DeleteItemRequest>(absl::Substitute("sku: '$0'", Sku()))));
  Must(Delete(client(), Name("e")));
}

// Either the estimate goes first and nobody gets it, or an item gets it first and it stays.
TEST_F(AvailabilityEstimatesTest, DeletionAgainstAssignmentHasOneWinner) {
  constexpr int kItems = 6;
  replica();
  int deleted = 0;
  for (int round = 0; round < 20; ++round) {
    const std::string id = Name(absl::StrCat("e", round));
    const auto sku = [&](int i) { return Sku(absl::StrCat(round, "-", i)); };
    Must(Create(id));
    absl::Status deletion;
    std::vector<absl::Status> assigned(kItems);
    Together(kItems + 1, [&](int i) {
      const Client& asked = i % 2 == 0 ? client() : replica();
      if (i == kItems) {
        deletion = Delete(asked, id).status();
      } else {
        assigned[i] = Assign(asked, sku(i), id).status();
      }
    });
    EXPECT_THAT(Outcome(deletion), AnyOf("OK", "FAILED_PRECONDITION AVAILABILITY_ESTIMATE_IN_USE"));
    deleted += deletion.ok() ? 1 : 0;
    const std::string expected = deletion.ok() ? "FAILED_PRECONDITION AVAILABILITY_ESTIMATE_NOT_FOUND" : "OK";
    for (int i = 0; i < kItems; ++i) {
      EXPECT_EQ(Outcome(assigned[i]), expected) << "round " << round;
      if (!deletion.ok()) {
        EXPECT_EQ(EstimateOf(client(), sku(i)), id);
      }
    }
  }
  RecordProperty("deleted", deleted);
}

}  // namespace
}  // namespace inventory::integration
