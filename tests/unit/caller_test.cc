// Who a caller is: by its certificate, by what is remembered of it, and what the log tells of it when it is denied.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/auth/audit.h"
#include "server/auth/caller_cache.h"
#include "server/auth/credentials.h"
#include "server/auth/failure_limit.h"
#include "server/errors.h"

namespace inventory::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string NameIn(const CertificateNames& names) {
  const absl::StatusOr<Identity> identity = IdentityOf(names);
  if (!identity.ok()) return ReasonOf(identity.status());
  EXPECT_EQ(identity->source == Identity::Source::kCertificate, !identity->name.empty());
  return identity->name;
}

TEST(IdentityOf, IsTheSpiffeIdOrElseTheFirstDnsName) {
  EXPECT_EQ(NameIn({}), "");
  EXPECT_EQ(NameIn({.uris = {"spiffe://shop.example/checkout"}, .dns = {"checkout.shop"}}),
            "spiffe://shop.example/checkout");
  EXPECT_EQ(NameIn({.uris = {"https://shop.example"}, .dns = {"Checkout.Shop", "other.shop"}}), "dns:checkout.shop");
  EXPECT_EQ(NameIn({.uris = {"https://shop.example"}, .dns = {}}), "");
}

TEST(IdentityOf, IsRefusedWhereItIsNotPlain) {
  for (const char* uri : {"spiffe://", "spiffe:///checkout", "spiffe://shop.example", "spiffe://shop.example/",
                          "spiffe:shop.example/checkout", "SPIFFE://shop.example/checkout", "spiffe://shop.example/a?b",
                          "spiffe://shop.example/a#b", "spiffe://shop.example/*", "spiffe://me@shop.example/a"}) {
    EXPECT_EQ(NameIn({.uris = {uri}, .dns = {"checkout.shop"}}), "CERTIFICATE_AMBIGUOUS") << uri;
  }
  EXPECT_EQ(NameIn({.uris = {"spiffe://shop.example/a", "spiffe://shop.example/b"}, .dns = {}}),
            "CERTIFICATE_AMBIGUOUS");
  EXPECT_EQ(NameIn({.uris = {}, .dns = {std::string(kMaxNameBytes, 'a')}}), "IDENTITY_TOO_LONG");
}

TEST(IsLocal, KnowsThisMachine) {
  for (const char* peer : {"ipv4:127.0.0.1:50051", "ipv4:127.8.9.10:1", "ipv6:[::1]:50051", "ipv6:%5B::1%5D:50051",
                           "unix:/run/inventory.sock", "unix:"}) {
    EXPECT_TRUE(IsLocal(peer)) << peer;
  }
  for (const char* peer : {"ipv4:10.0.0.1:50051", "ipv4:1.127.0.0:1", "ipv6:[2001:db8::1]:50051",
                           "ipv6:[::127.0.0.1]:1", "", "unknown", "ipv4:128.0.0.1:127"}) {
    EXPECT_FALSE(IsLocal(peer)) << peer;
  }
}

std::shared_ptr<const Caller> MakeCaller(const std::string& name) {
  return std::make_shared<const Caller>(Caller{{.name = name, .source = Identity::Source::kToken}, {}});
}

TEST(CallerCache, RemembersUntilTheTimeOrOtherRules) {
  CallerCache cache(10);
  const absl::Time now = absl::FromUnixSeconds(1'000);
  const auto digest = CallerCache::DigestOf("token");
  EXPECT_EQ(cache.Find(digest, {1, 1}, now), nullptr);
  cache.Add(digest, {1, 1}, now + absl::Seconds(1), MakeCaller("a"));
  ASSERT_NE(cache.Find(digest, {1, 1}, now), nullptr);
  EXPECT_EQ(cache.Find(digest, {1, 1}, now)->identity.name, "a");
  EXPECT_EQ(cache.Find(CallerCache::DigestOf("other"), {1, 1}, now), nullptr);
  EXPECT_EQ(cache.Find(digest, {1, 1}, now + absl::Seconds(1)), nullptr);
  EXPECT_EQ(cache.Find(digest, {2, 1}, now), nullptr) << "other keys";
  EXPECT_EQ(cache.Find(digest, {1, 2}, now), nullptr) << "another policy";
}

TEST(CallerCache, IsBounded) {
  CallerCache cache(100);
  const absl::Time now = absl::FromUnixSeconds(1'000);
  for (int i = 0; i < 10'000; ++i) {
    cache.Add(CallerCache::DigestOf(absl::StrCat(i)), {1, 1}, absl::InfiniteFuture(), MakeCaller("a"));
    ASSERT_LE(cache.size(), 100u);
    ASSERT_NE(cache.Find(CallerCache::DigestOf(absl::StrCat(i)), {1, 1}, now), nullptr);
  }
  // Few callers with many warehouses each are as much as many with few.
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(absl::StrCat(i));
  const Caller wide{.identity = {}, .grants = {{.role = Role::kOperator, .warehouses = ids}}};
  std::size_t most = 0;
  for (int i = 0; i < 99; ++i) {
    // Whom it remembers already takes no more room by being remembered again.
    for (int again = 0; again < 2; ++again) {
      cache.Add(CallerCache::DigestOf(absl::StrCat(i)), {2, 1}, absl::InfiniteFuture(),
                std::make_shared<const Caller>(wide));
    }
    most = std::max(most, cache.size());
    ASSERT_NE(cache.Find(CallerCache::DigestOf(absl::StrCat(i)), {2, 1}, now), nullptr);
  }
  EXPECT_EQ(most, CallerCache::kMaxIds / ids.size());
  CallerCache none(0);
  none.Add(CallerCache::DigestOf("a"), {1, 1}, absl::InfiniteFuture(), MakeCaller("a"));
  EXPECT_EQ(none.size(), 0u);
}

// The lines of an audit.
struct Lines {
  Audit::Write writer() {
    return [this](const char* message, const server::LogFields& fields) {
      lines.push_back(absl::StrCat(message, " ", absl::StrJoin(fields, " ", absl::PairFormatter("="))));
    };
  }

  std::vector<std::string> lines;
};

TEST(Audit, WritesALineForEachDeniedCall) {
  Lines written;
  Audit audit(10, written.writer());
  const absl::Status status = Refusal(absl::StatusCode::kPermissionDenied, "ROLE_REQUIRED", "needs the role operator");
  audit.Denied({.caller = "jwt:a", .method = "inventory.v1.InventoryService.SetStock", .peer = "ipv4:10.0.0.1:1"},
               status, absl::FromUnixSeconds(1'000));
  EXPECT_THAT(written.lines,
              ElementsAre("denied caller=jwt:a method=inventory.v1.InventoryService.SetStock code=PERMISSION_DENIED "
                          "reason=ROLE_REQUIRED why=needs the role operator peer=ipv4:10.0.0.1:1"));
}

TEST(Audit, SaysHowManyLinesItLeavesOut) {
  Lines written;
  Audit audit(3, written.writer());
  const absl::Status status = absl::UnauthenticatedError("who?");
  const absl::Time now = absl::FromUnixSeconds(1'000);
  for (int i = 0; i < 10; ++i) audit.Denied({}, status, now + absl::Milliseconds(i));
  EXPECT_EQ(written.lines.size(), 3u);
  audit.CatchUp(now + absl::Milliseconds(500));
  EXPECT_EQ(written.lines.size(), 3u) << "the second is not over";
  audit.CatchUp(now + absl::Seconds(1));
  ASSERT_EQ(written.lines.size(), 4u);
  EXPECT_THAT(written.lines.back(), HasSubstr("calls=7"));
  audit.CatchUp(now + absl::Seconds(2));
  EXPECT_EQ(written.lines.size(), 4u);
  // The next call says it, too, if it comes first.
  for (int i = 0; i < 5; ++i) audit.Denied({}, status, now + absl::Seconds(3));
  audit.Denied({}, status, now + absl::Seconds(4));
  ASSERT_EQ(written.lines.size(), 9u);
  EXPECT_THAT(written.lines[7], HasSubstr("calls=2"));
}

TEST(Audit, DoesNotLoseSightOfThoseItKnowsAmongStrangers) {
  Lines written;
  Audit audit(2, written.writer());
  const absl::Time now = absl::FromUnixSeconds(1'000);
  for (int i = 0; i < 100; ++i) audit.Denied({}, absl::UnauthenticatedError("who?"), now);
  written.lines.clear();
  for (int i = 0; i < 3; ++i) audit.Denied({.caller = "jwt:a"}, absl::PermissionDeniedError("no"), now);
  ASSERT_EQ(written.lines.size(), 2u);
  EXPECT_THAT(written.lines[1], HasSubstr("denied caller=jwt:a"));
  written.lines.clear();
  audit.CatchUp(now + absl::Seconds(1));
  EXPECT_THAT(written.lines, ElementsAre("more denied calls, left out of the log calls=1 code=PERMISSION_DENIED",
                                         "more denied calls, left out of the log calls=98 code=UNAUTHENTICATED"));
}

TEST(Audit, NobodyHidesOthersByAFloodOfCalls) {
  Lines written;
  Audit audit(2, written.writer());
  const absl::Time now = absl::FromUnixSeconds(1'000);
  const absl::Status status = absl::PermissionDeniedError("no");
  for (int i = 0; i < 100; ++i) audit.Denied({.caller = "jwt:a", .share = "a"}, status, now);
  EXPECT_EQ(written.lines.size(), 2u);
  for (int i = 0; i < 3; ++i) audit.Denied({.caller = "jwt:b", .share = "b"}, status, now);
  ASSERT_EQ(written.lines.size(), 3u);
  EXPECT_THAT(written.lines.back(), HasSubstr("denied caller=jwt:b"));
  // A flood of callers is none of lines.
  for (std::size_t i = 0; i < 2 * Audit::kMaxFirsts; ++i) {
    audit.Denied({.caller = "jwt:c", .share = absl::StrCat("c", i)}, status, now);
  }
  EXPECT_EQ(written.lines.size(), 1 + Audit::kMaxFirsts);
  written.lines.clear();
  audit.Denied({.caller = "jwt:b", .share = "b"}, status, now + absl::Seconds(1));
  ASSERT_EQ(written.lines.size(), 2u);
  EXPECT_THAT(written.lines.back(), HasSubstr("denied caller=jwt:b"));
}

TEST(FailureLimitTest, HoldsForEachHostAndEachSecond) {
  FailureLimit limit(2);
  const absl::Time now = absl::FromUnixSeconds(100);
  limit.Count("a", now);
  EXPECT_FALSE(limit.Reached("a", now));
  limit.Count("a", now + absl::Milliseconds(900));
  EXPECT_TRUE(limit.Reached("a", now + absl::Milliseconds(950)));
  EXPECT_FALSE(limit.Reached("b", now + absl::Milliseconds(950)));
  EXPECT_FALSE(limit.Reached("a", now + absl::Seconds(1)));
}

TEST(FailureLimitTest, HostsThatAreTooManyShareOneLimit) {
  FailureLimit limit(1);
  const absl::Time now = absl::FromUnixSeconds(100);
  for (std::size_t i = 0; i + 1 < FailureLimit::kMaxHosts; ++i) limit.Count(absl::StrCat("host-", i), now);
  limit.Count("last", now);
  EXPECT_FALSE(limit.Reached("more", now));
  limit.Count("more", now);
  EXPECT_TRUE(limit.Reached("more", now));
  EXPECT_TRUE(limit.Reached("others", now));
  EXPECT_TRUE(limit.Reached("last", now));
  EXPECT_FALSE(limit.Reached("others", now + absl::Seconds(1)));
}

}  // namespace
}  // namespace inventory::auth
