#include "server/rpc/bounds.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/duration.pb.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "server/pipeline/work.h"

namespace inventory::rpc {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr int64_t kLeastInt64 = std::numeric_limits<int64_t>::min();
constexpr int64_t kMostInt64 = std::numeric_limits<int64_t>::max();

// What the check complains of; empty if it is content.
std::string Broken(const std::function<void(Violations&)>& check) {
  Violations violations;
  check(violations);
  return std::string(violations.ToStatus().message());
}

std::string BrokenSku(const std::string& value) {
  std::string broken = Broken([&](Violations& violations) { CheckSku(value, "sku", violations); });
  EXPECT_EQ(IsSku(value), broken.empty()) << value;
  return broken;
}

std::string BrokenId(const std::string& value) {
  return Broken([&](Violations& violations) { CheckId(value, "id", violations); });
}

std::string BrokenText(const std::string& value, std::size_t most, bool multiline = false) {
  return Broken([&](Violations& violations) { CheckText(value, most, "text", violations, multiline); });
}

std::string BrokenRequestId(const std::string& value) {
  return Broken([&](Violations& violations) { CheckRequestId(value, violations); });
}

std::string BrokenTtl(int64_t seconds, int32_t nanos, absl::Duration most = absl::Hours(1)) {
  google::protobuf::Duration ttl;
  ttl.set_seconds(seconds);
  ttl.set_nanos(nanos);
  return Broken([&](Violations& violations) { CheckTtl(ttl, most, "ttl", violations); });
}

TEST(CheckSkuTest, TakesOneToOneHundredTwentyEightBytes) {
  EXPECT_EQ(BrokenSku("a"), "");
  EXPECT_EQ(BrokenSku(std::string(128, 'a')), "");
  EXPECT_THAT(BrokenSku(""), HasSubstr("sku: is required"));
  EXPECT_THAT(BrokenSku(std::string(129, 'a')), HasSubstr("sku: has 129 bytes; at most 128 are allowed"));
}

TEST(CheckSkuTest, CountsBytesNotCharacters) {
  std::string sku;
  for (int i = 0; i < 42; ++i) sku += "\u20AC";
  EXPECT_EQ(sku.size(), 126);
  EXPECT_EQ(BrokenSku(sku + "ab"), "");
  EXPECT_THAT(BrokenSku(sku + "\u20AC"), HasSubstr("has 129 bytes"));
}

TEST(CheckSkuTest, TakesWhatSqlAndShellsFindSpecial) {
  for (const char* sku :
       {"'; DROP TABLE items; --", "a\\b", "a%b_c", "\"", "`", "$(x)", "a b", "\u00E4\u4E2D\U0001F600"}) {
    EXPECT_EQ(BrokenSku(sku), "") << sku;
  }
}

TEST(CheckSkuTest, RefusesEveryUnicodeSpaceAtEitherEnd) {
  for (const char* space :
       {" ", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
        "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"}) {
    const std::string text(space);
    EXPECT_THAT(BrokenSku(text + "a"), HasSubstr("white space")) << text;
    EXPECT_THAT(BrokenSku("a" + text), HasSubstr("white space")) << text;
    EXPECT_THAT(BrokenSku(text), HasSubstr("white space")) << text;
    EXPECT_EQ(BrokenSku("a" + text + "a"), "") << text;
  }
}

TEST(CheckSkuTest, TakesWhatOnlyLooksLikeSpace) {
  // Zero width space, zero width no-break space, Mongolian vowel separator: not White_Space.
  for (const char* sku : {"\u200B", "\uFEFF", "\u180E"}) EXPECT_EQ(BrokenSku(sku), "") << sku;
}

TEST(CheckSkuTest, RefusesEveryControlCharacter) {
  for (int code = 0; code < 0x20; ++code) {
    EXPECT_THAT(BrokenSku(std::string("a") + static_cast<char>(code) + "a"), HasSubstr("control")) << code;
  }
  EXPECT_THAT(BrokenSku("a\x7F"), HasSubstr("control"));
  for (int code = 0x80; code < 0xA0; ++code) {
    EXPECT_THAT(BrokenSku(std::string("a\xC2") + static_cast<char>(code) + "a"), HasSubstr("control")) << code;
  }
  EXPECT_EQ(BrokenSku("a\u00A1"), "");
  // 0x85 and 0x9F as later bytes of other characters.
  EXPECT_EQ(BrokenSku("\u0145\u011F\u00C5"), "");
}

TEST(CheckSkuTest, ReportsEveryBrokenRuleAtOnce) {
  const std::string broken = BrokenSku(" \n" + std::string(127, 'a'));
  EXPECT_THAT(broken, HasSubstr("has 129 bytes"));
  EXPECT_THAT(broken, HasSubstr("control"));
  EXPECT_THAT(broken, HasSubstr("white space"));
}

TEST(CheckSkuPrefixTest, MayBeEmptyAndMayEndInSpace) {
  const auto broken = [](const std::string& value) {
    return Broken([&](Violations& violations) { CheckSkuPrefix(value, "prefix", violations); });
  };
  EXPECT_EQ(broken(""), "");
  EXPECT_EQ(broken("a "), "");
  EXPECT_EQ(broken(std::string(128, 'a')), "");
  EXPECT_THAT(broken(std::string(129, 'a')), HasSubstr("prefix: has 129 bytes"));
  EXPECT_THAT(broken("a\t"), HasSubstr("control"));
}

TEST(CheckIdTest, TakesOneToSixtyFourOfItsAlphabet) {
  const std::string alphabet = "ABCXYZabcxyz0189._:-";
  EXPECT_EQ(BrokenId(alphabet), "");
  EXPECT_EQ(BrokenId("-"), "");
  EXPECT_EQ(BrokenId(std::string(64, 'a')), "");
  EXPECT_THAT(BrokenId(""), HasSubstr("id: is required"));
  EXPECT_THAT(BrokenId(std::string(65, 'a')), HasSubstr("id: must be 1 to 64"));
  // The neighbours of every range of the alphabet.
  for (const char c : std::string("@[`{/;,^ \n'%")) EXPECT_NE(BrokenId(std::string("a") + c), "") << c;
  EXPECT_NE(BrokenId(std::string("a\0b", 3)), "");
  EXPECT_NE(BrokenId("\u00E4"), "");
}

TEST(CheckOptionalIdTest, TakesNothingToo) {
  const auto broken = [](const std::string& value) {
    return Broken([&](Violations& violations) { CheckOptionalId(value, "id", violations); });
  };
  EXPECT_EQ(broken(""), "");
  EXPECT_EQ(broken("a"), "");
  EXPECT_NE(broken("a b"), "");
  EXPECT_NE(broken(std::string(65, 'a')), "");
}

TEST(CheckTextTest, BoundsBytes) {
  EXPECT_EQ(BrokenText("", 3), "");
  EXPECT_EQ(BrokenText("abc", 3), "");
  EXPECT_THAT(BrokenText("abcd", 3), HasSubstr("text: has 4 bytes; at most 3 are allowed"));
}

TEST(CheckTextTest, AllowsLineBreaksOnlyWhereTheyBelong) {
  for (const char* text : {"a\nb", "a\r\nb", "a\tb"}) {
    EXPECT_THAT(BrokenText(text, 9), HasSubstr("control")) << text;
    EXPECT_EQ(BrokenText(text, 9, /*multiline=*/true), "") << text;
  }
  for (const char* text : {"a\vb", "a\x1B[31m", "a\x7F", "a\u0085"}) {
    EXPECT_THAT(BrokenText(text, 9, /*multiline=*/true), HasSubstr("control")) << text;
  }
}

TEST(CheckTextTest, SurvivesACutCharacterAtTheEnd) { EXPECT_EQ(BrokenText("a\xC2", 9), ""); }

TEST(CheckRangeTest, TakesItsBoundsAndNothingBeyond) {
  const auto broken = [](int64_t value, int64_t least, int64_t most) {
    return Broken([&](Violations& violations) { CheckRange(value, least, most, "n", violations); });
  };
  EXPECT_EQ(broken(-2, -2, 3), "");
  EXPECT_EQ(broken(3, -2, 3), "");
  EXPECT_THAT(broken(-3, -2, 3), HasSubstr("n: is -3; must be from -2 to 3"));
  EXPECT_THAT(broken(4, -2, 3), HasSubstr("n: is 4; must be from -2 to 3"));
  EXPECT_EQ(broken(kLeastInt64, kLeastInt64, kMostInt64), "");
  EXPECT_EQ(broken(kMostInt64, kLeastInt64, kMostInt64), "");
}

TEST(CheckQuantityTest, EndsAtTheMostThatALevelMayHold) {
  const auto broken = [](int64_t value, int64_t least) {
    return Broken([&](Violations& violations) { CheckQuantity(value, least, "quantity", violations); });
  };
  EXPECT_EQ(broken(0, 0), "");
  EXPECT_EQ(broken(1, 1), "");
  EXPECT_EQ(broken(pipeline::kMaxQuantity, 0), "");
  EXPECT_NE(broken(0, 1), "");
  EXPECT_NE(broken(-1, 0), "");
  EXPECT_NE(broken(pipeline::kMaxQuantity + 1, 0), "");
  EXPECT_NE(broken(kMostInt64, 0), "");
  EXPECT_NE(broken(kLeastInt64, 0), "");
}

TEST(CheckCountTest, TakesItsBoundsAndNothingBeyond) {
  const auto broken = [](int count) {
    return Broken([&](Violations& violations) { CheckCount(count, 1, 200, "lines", violations); });
  };
  EXPECT_EQ(broken(1), "");
  EXPECT_EQ(broken(200), "");
  EXPECT_THAT(broken(0), HasSubstr("lines: has 0 elements; must have 1 to 200"));
  EXPECT_THAT(broken(201), HasSubstr("lines: has 201 elements"));
}

TEST(CheckEnumTest, RefusesNumbersThatNoEnumeratorHas) {
  const auto broken = [](int value) {
    return Broken(
        [&](Violations& violations) { CheckEnum<v1::ShortfallPolicy_IsValid>(value, "on_shortfall", violations); });
  };
  for (int value = v1::ShortfallPolicy_MIN; value <= v1::ShortfallPolicy_MAX; ++value) EXPECT_EQ(broken(value), "");
  EXPECT_THAT(broken(v1::ShortfallPolicy_MAX + 1), HasSubstr("on_shortfall"));
  EXPECT_NE(broken(-1), "");
  EXPECT_NE(broken(std::numeric_limits<int>::max()), "");
}

TEST(CheckPageSizeTest, RefusesOnlyNegativeNumbers) {
  const auto broken = [](int32_t value) {
    return Broken([&](Violations& violations) { CheckPageSize(value, violations); });
  };
  EXPECT_EQ(broken(0), "");
  EXPECT_EQ(broken(std::numeric_limits<int32_t>::max()), "");
  EXPECT_THAT(broken(-1), HasSubstr("page_size"));
  EXPECT_NE(broken(std::numeric_limits<int32_t>::min()), "");
}

TEST(CheckTtlTest, TakesOneMillisecondToTheMost) {
  EXPECT_EQ(BrokenTtl(0, 1'000'000), "");
  EXPECT_EQ(BrokenTtl(3600, 0), "");
  EXPECT_THAT(BrokenTtl(0, 999'999), HasSubstr("ttl: must be from 1ms to 1h"));
  EXPECT_NE(BrokenTtl(3600, 1), "");
  EXPECT_NE(BrokenTtl(0, 0), "");
  EXPECT_NE(BrokenTtl(-1, 0), "");
  EXPECT_NE(BrokenTtl(0, -1), "");
}

TEST(CheckTtlTest, RefusesDurationsThatAreNone) {
  EXPECT_NE(BrokenTtl(10, -1), "");
  EXPECT_NE(BrokenTtl(-10, 1), "");
  EXPECT_NE(BrokenTtl(0, 1'000'000'000), "");
  EXPECT_NE(BrokenTtl(1, std::numeric_limits<int32_t>::max()), "");
  EXPECT_NE(BrokenTtl(1, std::numeric_limits<int32_t>::min()), "");
  EXPECT_NE(BrokenTtl(kMostInt64, 0, absl::InfiniteDuration()), "");
  EXPECT_NE(BrokenTtl(kLeastInt64, 0), "");
  EXPECT_EQ(BrokenTtl(315'576'000'000, 0, absl::InfiniteDuration()), "");
  EXPECT_NE(BrokenTtl(315'576'000'001, 0, absl::InfiniteDuration()), "");
}

TEST(CheckRequestIdTest, TakesNothingOrPrintableAscii) {
  EXPECT_EQ(BrokenRequestId(""), "");
  EXPECT_EQ(BrokenRequestId("!~"), "");
  EXPECT_EQ(BrokenRequestId(std::string(128, 'a')), "");
  EXPECT_THAT(BrokenRequestId(std::string(129, 'a')), HasSubstr("request_id: must be empty or 1 to 128"));
  for (const char* id : {" ", "a b", "a\x7F", "a\n", "\u00E4"}) EXPECT_NE(BrokenRequestId(id), "") << id;
}

TEST(CheckRequestIdTest, MayBeBoundedCloser) {
  const auto broken = [](std::size_t size) {
    return Broken([&](Violations& violations) { CheckRequestId(std::string(size, 'a'), violations, 96); });
  };
  EXPECT_EQ(broken(96), "");
  EXPECT_THAT(broken(97), HasSubstr("1 to 96"));
}

TEST(PathTest, NamesAFieldOfAnElement) { EXPECT_EQ(Path("lines", 2, "sku"), "lines[2].sku"); }

}  // namespace
}  // namespace inventory::rpc
