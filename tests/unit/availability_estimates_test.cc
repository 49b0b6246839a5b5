#include "server/commands/availability_estimates.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "tests/pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory::commands {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string Broken(const std::string& fields) {
  Violations violations;
  CheckAvailabilityEstimate(Pb<v1::AvailabilityEstimate>(fields), "estimate", violations);
  return std::string(violations.ToStatus().message());
}

TEST(IsLanguageTagTest, TakesWhatHasTheShapeOfATag) {
  for (const char* tag : {"de", "pt-br", "zh-hant-tw", "es-419", "de-ch-1996", "i-klingon", "x-shop", "sl-rozaj-biske",
                          "abcdefgh-12345678-12345678-12345678"}) {
    EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  }
  for (const char* tag : {"", "d", "-", "de-", "-de", "de--at", "DE", "pt-BR", "de_at", "de at", "419", "abcdefghi",
                          "de-123456789", "d\xC3\xA9", "abcdefgh-12345678-12345678-12345678-1"}) {
    EXPECT_FALSE(IsLanguageTag(tag)) << tag;
  }
}

TEST(CheckAvailabilityEstimateTest, ReportsEveryBrokenRule) {
  EXPECT_EQ(Broken("title: '3-5 days' localized_titles { key: 'de' value: '3-5 Tage' } priority: 1000000"), "");
  const std::string broken = Broken(
      "availability_estimate_id: 'a b' priority: -1 localized_titles { key: 'DE' value: 'x' } "
      "localized_titles { key: 'fr' value: '' } localized_titles { key: 'it' value: 'a\\nb' }");
  for (const char* field :
       {"estimate.availability_estimate_id", "estimate.title", "estimate.priority",
        "estimate.localized_titles:", "estimate.localized_titles[fr]", "estimate.localized_titles[it]"}) {
    EXPECT_THAT(broken, HasSubstr(field));
  }
  EXPECT_THAT(Broken(absl::Substitute("title: '$0'", std::string(256, 'x'))), HasSubstr("estimate.title"));
  EXPECT_THAT(Broken("title: 'x' priority: 1000001"), HasSubstr("estimate.priority"));
  std::string titles = "title: 'x'";
  for (int i = 0; i < 65; ++i) absl::StrAppend(&titles, " localized_titles { key: 'de-", 10 + i, "' value: 'x' }");
  EXPECT_THAT(Broken(titles), HasSubstr("estimate.localized_titles"));
}

class AvailabilityEstimatesTest : public RuleTest {
 protected:
  absl::StatusOr<v1::AvailabilityEstimate> Create(const std::string& fields) {
    return runner_.Call<v1::AvailabilityEstimate>(
        Pb<v1::CreateAvailabilityEstimateRequest>(absl::Substitute("availability_estimate { $0 }", fields)));
  }
  absl::StatusOr<v1::AvailabilityEstimate> Update(const std::string& fields, const std::string& rest = "") {
    return runner_.Call<v1::AvailabilityEstimate>(
        Pb<v1::UpdateAvailabilityEstimateRequest>(absl::Substitute("availability_estimate { $0 } $1", fields, rest)));
  }
  std::string Delete(const std::string& id, const std::string& rest = "") {
    return Answer(runner_.Call<v1::DeleteAvailabilityEstimateResponse>(
        Pb<v1::DeleteAvailabilityEstimateRequest>(absl::Substitute("availability_estimate_id: '$0' $1", id, rest))));
  }
  // Gives the item the estimate, or none.
  absl::StatusOr<v1::Item> Assign(const std::string& sku, const std::string& estimate) {
    return runner_.Call<v1::Item>(Pb<v1::UpdateItemRequest>(absl::Substitute(
        "item { sku: '$0' availability_estimate_id: '$1' } update_mask { paths: 'availability_estimate_id' } "
        "allow_missing: true",
        sku, estimate)));
  }
  // The estimate that the item shows after an update of something else.
  std::string EstimateOf(const std::string& sku) {
    const auto item = runner_.Call<v1::Item>(
        Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: '$0' } update_mask { paths: 'labels' }", sku)));
    EXPECT_EQ(Answer(item), "OK");
    return item.ok() ? item->availability_estimate_id() : "";
  }
};

TEST_F(AvailabilityEstimatesTest, OneIsMadeUnderItsIdOrOneOfTheServers) {
  const auto made = Create(
      "availability_estimate_id: 'soon' title: 'Soon' priority: 3 "
      "localized_titles { key: 'de' value: 'Bald' }");
  ASSERT_EQ(Answer(made), "OK");
  EXPECT_EQ(made->availability_estimate_id(), "soon");
  EXPECT_EQ(made->title(), "Soon");
  EXPECT_EQ(made->localized_titles().at("de"), "Bald");
  EXPECT_EQ(made->priority(), 3);
  EXPECT_EQ(made->etag(), "1");
  EXPECT_TRUE(made->has_create_time() && made->has_update_time());
  EXPECT_EQ(Answer(Create("availability_estimate_id: 'soon' title: 'Again'")),
            "ALREADY_EXISTS AVAILABILITY_ESTIMATE_EXISTS availability_estimate_id=soon");
  const auto unnamed = Create("title: 'Later'");
  ASSERT_EQ(Answer(unnamed), "OK");
  EXPECT_NE(unnamed->availability_estimate_id(), "");
}

TEST_F(AvailabilityEstimatesTest, AnUpdateChangesWhatItNames) {
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Soon' priority: 3 "
                          "localized_titles { key: 'de' value: 'Bald' }")),
            "OK");
  const auto renamed = Update("availability_estimate_id: 'e' title: 'Now'");
  ASSERT_EQ(Answer(renamed), "OK");
  EXPECT_EQ(renamed->title(), "Now");
  EXPECT_EQ(renamed->priority(), 3);
  EXPECT_EQ(renamed->localized_titles().size(), 1u);
  EXPECT_EQ(renamed->etag(), "2");
  EXPECT_EQ(Update("availability_estimate_id: 'e' title: 'Now'")->etag(), "2");
  const auto cleared = Update("availability_estimate_id: 'e' etag: '2'", "update_mask { paths: 'localized_titles' }");
  ASSERT_EQ(Answer(cleared), "OK");
  EXPECT_THAT(cleared->localized_titles(), IsEmpty());
  EXPECT_EQ(cleared->title(), "Now");
  EXPECT_EQ(Answer(Update("availability_estimate_id: 'e' title: 'x' etag: '2'")),
            "ABORTED ETAG_MISMATCH actual=3 expected=2");
  EXPECT_EQ(Answer(Update("availability_estimate_id: 'e'", "update_mask { paths: '*' }")),
            "INVALID_ARGUMENT INVALID_FIELDS availability_estimate.title");
  EXPECT_EQ(Answer(Update("availability_estimate_id: 'none' title: 'x'")),
            "NOT_FOUND AVAILABILITY_ESTIMATE_NOT_FOUND availability_estimate_id=none");
}

TEST_F(AvailabilityEstimatesTest, AnItemTakesOnlyOneThatExists) {
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Soon'")), "OK");
  EXPECT_EQ(Answer(Assign("a", "none")),
            "FAILED_PRECONDITION AVAILABILITY_ESTIMATE_NOT_FOUND availability_estimate_id=none");
  const auto assigned = Assign("a", "e");
  ASSERT_EQ(Answer(assigned), "OK");
  EXPECT_EQ(assigned->availability_estimate_id(), "e");
  EXPECT_EQ(EstimateOf("a"), "e");
  ASSERT_EQ(Answer(Assign("a", "")), "OK");
  EXPECT_EQ(EstimateOf("a"), "");
}

TEST_F(AvailabilityEstimatesTest, OneThatItemsUseGoesOnlyTogetherWithTheirReferences) {
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Soon'")), "OK");
  for (const char* sku : {"b", "a"}) ASSERT_EQ(Answer(Assign(sku, "e")), "OK");
  const std::string in_use = "FAILED_PRECONDITION AVAILABILITY_ESTIMATE_IN_USE availability_estimate_id=e skus=a,b";
  EXPECT_EQ(Delete("e"), in_use);
  EXPECT_EQ(Delete("e", "clear_items: true etag: '7'"), "ABORTED ETAG_MISMATCH actual=1 expected=7");
  EXPECT_EQ(EstimateOf("a"), "e");
  EXPECT_EQ(Delete("e", "clear_items: true"), "OK");
  EXPECT_EQ(EstimateOf("a"), "");
  EXPECT_EQ(Delete("e", "clear_items: true"), "NOT_FOUND AVAILABILITY_ESTIMATE_NOT_FOUND availability_estimate_id=e");
}

TEST_F(AvailabilityEstimatesTest, AnUnusedOneIsDeleted) {
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Soon'")), "OK");
  ASSERT_EQ(Answer(Assign("a", "e")), "OK");
  ASSERT_EQ(Answer(Assign("a", "")), "OK");
  EXPECT_EQ(Delete("e", "etag: '1'"), "OK");
}

TEST_F(AvailabilityEstimatesTest, AtMostTenUsersAreNamed) {
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Soon'")), "OK");
  for (int i = 10; i < 25; ++i) ASSERT_EQ(Answer(Assign(absl::StrCat("s", i), "e")), "OK");
  EXPECT_THAT(Delete("e"), HasSubstr("skus=s10,s11,s12,s13,s14,s15,s16,s17,s18,s19"));
}

// Items that used the old one are not meant by a new one of the same id.
TEST_F(AvailabilityEstimatesTest, ANewOneOfTheSameIdIsAnother) {
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Soon'")), "OK");
  ASSERT_EQ(Answer(Assign("a", "e")), "OK");
  ASSERT_EQ(Delete("e", "clear_items: true"), "OK");
  ASSERT_EQ(Answer(Create("availability_estimate_id: 'e' title: 'Late'")), "OK");
  EXPECT_EQ(EstimateOf("a"), "");
  EXPECT_EQ(Delete("e"), "OK");
}

}  // namespace
}  // namespace inventory::commands
