// Text of callers: never taken for other text, never for SQL or a pattern, and given back byte for byte.
#include <algorithm>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

// Texts that a collation, a pattern, a quoting or a normalisation could take for one another or for something else.
const std::vector<std::string>& Awkward() {
  static const auto& texts = *new std::vector<std::string>{
      "abc", "ABC", "Abc", "aBC", "a b", "a  b", "ab", "a\u00A0b", "a\u200Bb", "a\u00ADb",
      // Composed and not, folded and not, wide and narrow, look-alikes of other scripts.
      "caf\u00E9", "cafe\u0301", "cafe", "CAF\u00C9", "stra\u00DFe", "strasse", "STRASSE", "\u0130x", "ix", "\u0131x",
      "\uFB01x", "fix", "\uFF41bc", "\u0430bc", "\u212Ax", "Kx", "kx", "\u00FFx", "yx", "\u01C6", "\u01C4",
      // Outside the basic plane, joined, and the ends of what UTF-8 can write.
      "\U0001F4E6", "\U0001F4E6\U0001F4E6", "\U0001F468\u200D\U0001F469", "\uFFFD", "\uFFFF", "\U0010FFFF", "~",
      // SQL and what escapes in it.
      "'", "''", "\"", "\\", "\\\\", "\\'", "'\\", "\\0", "\\n", "\\%", "`", "x'41'", "0x41", "_binary'a'", "NULL",
      "null", "'; DROP TABLE stock_level; -- x", "' OR '1'='1", "\") OR (\"\"=\"", "/* x */", "-- x", "#x", ";", "?",
      "$1", "{}",
      // Patterns.
      "%", "%%", "_", "__", "a%", "a_", "a_c", "a%c", "*", "[a-z]", ".", "..", "../x",
      // Numbers that compare as equal.
      "0", "00", "0.0", "-0", "0e1", "1", "01", "+1", "1e0", "1.0"};
  return texts;
}

class StringsTest : public ServerTest {
 protected:
  // Each awkward text after the test's own prefix, in byte order.
  std::vector<std::string> Skus() const {
    std::vector<std::string> skus;
    for (const std::string& text : Awkward()) skus.push_back(Name(text));
    std::sort(skus.begin(), skus.end());
    return skus;
  }

  // Stocks every SKU with its position, in one call.
  static void StockAll(const std::vector<std::string>& skus) {
    v1::BatchUpdateStockRequest request;
    for (std::size_t i = 0; i < skus.size(); ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(skus[i]);
      update.set_warehouse_id("w1");
      update.set_set_on_hand(static_cast<int64_t>(i) + 1);
    }
    Must(client().Call(request));
  }

  static std::vector<std::string> ListedLevels(const std::string& prefix, int page_size = 1000) {
    v1::ListStockLevelsRequest request;
    request.mutable_filter()->set_sku_prefix(prefix);
    request.set_page_size(page_size);
    std::vector<std::string> skus;
    for (const auto& level : ListAll(client(), request, &v1::ListStockLevelsResponse::stock_levels)) {
      skus.push_back(level.sku());
    }
    return skus;
  }
  static std::vector<std::string> ListedItems(const std::string& prefix) {
    v1::ListItemsRequest request;
    request.mutable_filter()->set_sku_prefix(prefix);
    request.set_page_size(1000);
    std::vector<std::string> skus;
    for (const v1::Item& item : ListAll(client(), request, &v1::ListItemsResponse::items)) skus.push_back(item.sku());
    return skus;
  }
  static int64_t Verified(const std::string& prefix) {
    v1::VerifyStockRequest request;
    request.set_sku_prefix(prefix);
    return Must(client().Call(request)).skus_checked();
  }

  static std::multiset<std::string> RefusedFields(const std::string& sku) {
    v1::SetStockRequest request;
    request.set_sku(sku);
    request.set_warehouse_id("w1");
    return ViolationsOf(client().Call(request).status());
  }
};

TEST_F(StringsTest, EverySkuHasItsOwnStock) {
  const std::vector<std::string> skus = Skus();
  ASSERT_EQ(std::set<std::string>(skus.begin(), skus.end()).size(), Awkward().size());
  StockAll(skus);
  EXPECT_EQ(ListedLevels(Name("")), skus);
  EXPECT_EQ(ListedLevels(Name(""), 7), skus);
  v1::GetAvailabilityRequest availability;
  availability.set_channel_id("web");
  availability.set_view(v1::AVAILABILITY_VIEW_OPERATOR);
  availability.mutable_skus()->Assign(skus.begin(), skus.end());
  const v1::GetAvailabilityResponse available = Must(client().Call(availability));
  for (std::size_t i = 0; i < skus.size(); ++i) {
    const auto number = static_cast<int64_t>(i) + 1;
    EXPECT_EQ(LevelOf(skus[i], "w1").on_hand(), number) << skus[i];
    EXPECT_EQ(available.availabilities(static_cast<int>(i)).sku(), skus[i]);
    EXPECT_EQ(available.availabilities(static_cast<int>(i)).quantity(), number) << skus[i];
  }
}

TEST_F(StringsTest, EverySkuIsReservedShippedAndRecordedForItself) {
  const std::vector<std::string> skus = Skus();
  StockAll(skus);
  std::vector<Line> lines;
  for (const std::string& sku : skus) lines.push_back({sku, 1});
  const v1::Reservation reservation = Must(Reserve(client(), lines, {.commit = true})).reservation();
  const auto shipment = Must(CreateShipment(client(), reservation.reservation_id(), "w1")).shipment();
  ASSERT_EQ(reservation.lines_size(), static_cast<int>(skus.size()));
  ASSERT_EQ(shipment.lines_size(), static_cast<int>(skus.size()));
  Must(Ship(client(), shipment.shipment_id()));
  for (std::size_t i = 0; i < skus.size(); ++i) {
    EXPECT_EQ(reservation.lines(static_cast<int>(i)).sku(), skus[i]);
    EXPECT_EQ(shipment.lines(static_cast<int>(i)).sku(), skus[i]);
    const std::vector<v1::Movement> movements = MovementsOf(skus[i]);
    ASSERT_EQ(movements.size(), 3u) << skus[i];
    EXPECT_EQ(movements.back().sku(), skus[i]);
    EXPECT_EQ(movements.back().balance().on_hand(), static_cast<int64_t>(i));
    v1::ListReservationsRequest request;
    request.mutable_filter()->set_sku(skus[i]);
    EXPECT_EQ(Must(client().Call(request)).reservations_size(), 1) << skus[i];
  }
  EXPECT_THAT(ReservationOf(reservation.reservation_id()).lines(0).sku(), skus[0]);
}

TEST_F(StringsTest, EverySkuHasItsOwnConfiguration) {
  const std::vector<std::string> skus = Skus();
  for (std::size_t i = 0; i < skus.size(); ++i) {
    v1::CreateItemRequest request;
    request.mutable_item()->set_sku(skus[i]);
    request.mutable_item()->set_default_safety_stock(static_cast<int64_t>(i));
    Must(client().Call(request));
  }
  for (std::size_t i = 0; i < skus.size(); ++i) {
    v1::GetItemRequest request;
    request.set_sku(skus[i]);
    const v1::Item item = Must(client().Call(request));
    EXPECT_EQ(item.sku(), skus[i]);
    EXPECT_EQ(item.default_safety_stock(), static_cast<int64_t>(i));
  }
  EXPECT_EQ(ListedItems(Name("")), skus);
}

// Whatever the prefix holds, it finds exactly the SKUs whose bytes begin with it.
TEST_F(StringsTest, APrefixIsLiteral) {
  const std::vector<std::string> skus = Skus();
  StockAll(skus);
  for (const std::string& sku : skus) {
    v1::UpdateItemRequest request;
    request.mutable_item()->set_sku(sku);
    request.set_allow_missing(true);
    Must(client().Call(request));
  }
  for (const std::string& prefix : skus) {
    std::vector<std::string> expected;
    std::copy_if(skus.begin(), skus.end(), std::back_inserter(expected),
                 [&](const std::string& sku) { return sku.starts_with(prefix); });
    EXPECT_EQ(ListedLevels(prefix), expected) << prefix;
    EXPECT_EQ(ListedItems(prefix), expected) << prefix;
    EXPECT_EQ(Verified(prefix), static_cast<int64_t>(expected.size())) << prefix;
  }
}

// The prefix at the very end of all SKUs has no SKU to stop before.
TEST_F(StringsTest, APrefixOfTheLastPossibleSkusIsLiteral) {
  const std::string last = "\U0010FFFF";
  const std::vector<std::string> skus = {last, last + Name("a"), last + last, last + last + last};
  StockAll(skus);
  EXPECT_EQ(ListedLevels(last), skus);
  EXPECT_EQ(ListedLevels(last + last, 1), (std::vector<std::string>{skus[2], skus[3]}));
  EXPECT_THAT(ListedLevels("\U0010FFFE"), ElementsAre());
  EXPECT_EQ(Verified(last), 4);
}

TEST_F(StringsTest, WhiteSpaceAtTheEndsAndControlCharactersAreRefused) {
  for (const char* space : {" ", "  ", "\u00A0", "\u1680", "\u2003", "\u2028", "\u202F", "\u3000"}) {
    for (const std::string& sku : {space + Sku(), Sku() + space, std::string(space)}) {
      EXPECT_THAT(RefusedFields(sku), ElementsAre("sku")) << "'" << sku << "'";
    }
  }
  for (const std::string& control : {std::string(1, '\0'), std::string("\n"), std::string("\t"), std::string("\r"),
                                     std::string("\x1A"), std::string("\x7F"), std::string("\u0085")}) {
    EXPECT_THAT(RefusedFields(Sku() + control + "x"), ElementsAre("sku"));
  }
}

TEST_F(StringsTest, ASkuHasUpTo128BytesNotCharacters) {
  const std::string fits = Name("") + std::string(128 - Name("").size(), 'x');
  SetStock(fits, "w1", 1);
  EXPECT_EQ(LevelOf(fits, "w1").sku(), fits);
  EXPECT_THAT(RefusedFields(fits + "x"), ElementsAre("sku"));
  std::string emoji;
  while (emoji.size() < 128) emoji += "\U0001F4E6";
  SetStock(emoji, "w1", 2);
  EXPECT_EQ(LevelOf(emoji, "w1").on_hand(), 2);
  EXPECT_THAT(RefusedFields(emoji + "x"), ElementsAre("sku"));
}

TEST_F(StringsTest, EveryOrderReferenceFindsItsOwnReservation) {
  std::vector<std::string> references = Awkward();
  // Not a SKU: a space at its end is part of it.
  references.insert(references.end(), {"abc ", " abc", " "});
  SetStock(Sku(), "w1", 1000);
  for (std::string& reference : references) {
    reference = Name(reference);
    EXPECT_EQ(Must(Reserve(client(), {{Sku(), 1}}, {.order = reference})).reservation().order_reference(), reference);
  }
  for (const std::string& reference : references) {
    v1::ListReservationsRequest request;
    request.mutable_filter()->set_order_reference(reference);
    const auto found = Must(client().Call(request));
    ASSERT_EQ(found.reservations_size(), 1) << reference;
    EXPECT_EQ(found.reservations(0).order_reference(), reference);
  }
}

TEST_F(StringsTest, ReasonsComeBackByteForByte) {
  std::vector<std::string> reasons = Awkward();
  std::string longest;
  while (longest.size() < 252) longest += "\U0001F4E6";
  reasons.insert(reasons.end(), {"", " ", "at the end ", longest + "'\\'"});
  v1::BatchUpdateStockRequest request;
  for (const std::string& reason : reasons) {
    v1::StockUpdate& update = *request.add_updates();
    update.set_sku(Sku());
    update.set_warehouse_id("w1");
    update.set_adjust_on_hand(1);
    update.set_reason(reason);
  }
  Must(client().Call(request));
  std::vector<std::string> recorded;
  for (const v1::Movement& movement : MovementsOf(Sku())) recorded.push_back(movement.reason());
  EXPECT_EQ(recorded, reasons);
}

// One text made of all awkward ones, cut to what the field takes.
std::string AllInOne(std::size_t bytes) {
  std::string all;
  for (const std::string& text : Awkward()) {
    if (all.size() + text.size() <= bytes) all += text;
  }
  return all;
}

TEST_F(StringsTest, NamesAndDescriptionsComeBackByteForByte) {
  v1::Warehouse warehouse = MakeWarehouse(client(), Name("w"));
  warehouse.clear_etag();
  warehouse.set_name(AllInOne(255));
  warehouse.set_description(AllInOne(2000) + "\n\t\r\nsecond line ");
  warehouse.set_type(AllInOne(64));
  v1::PostalAddress& address = *warehouse.mutable_address();
  for (int i = 0; i < 3; ++i) address.add_street_lines(AllInOne(255));
  address.set_city(AllInOne(254) + " ");
  address.set_postal_code(AllInOne(100));
  address.set_region_code(AllInOne(100));
  v1::UpdateWarehouseRequest update;
  *update.mutable_warehouse() = warehouse;
  const v1::Warehouse updated = Must(client().Call(update));
  v1::GetWarehouseRequest get;
  get.set_warehouse_id(Name("w"));
  const v1::Warehouse read = Must(client().Call(get));
  EXPECT_THAT(read, EqualsProto(updated));
  for (const std::string& field : {read.name(), read.description(), read.type(), read.address().city()}) {
    EXPECT_FALSE(field.empty());
  }
  EXPECT_EQ(read.name(), warehouse.name());
  EXPECT_EQ(read.description(), warehouse.description());
  EXPECT_EQ(read.type(), warehouse.type());
  EXPECT_THAT(read.address(), EqualsProto(address));
  // Through another server, which has nothing of it in memory.
  EXPECT_THAT(Must(replica().Call(get)), EqualsProto(updated));

  v1::CreateChannelRequest channel;
  channel.mutable_channel()->set_channel_id(Name("c"));
  channel.mutable_channel()->set_name(AllInOne(255));
  Must(client().Call(channel));
  v1::GetChannelRequest get_channel;
  get_channel.set_channel_id(Name("c"));
  EXPECT_EQ(Must(client().Call(get_channel)).name(), AllInOne(255));
}

TEST_F(StringsTest, LabelsAndTrackingNumbersComeBackByteForByte) {
  v1::CreateItemRequest create;
  create.mutable_item()->set_sku(Sku());
  for (int i = 0; i < 60; ++i) (*create.mutable_item()->mutable_labels())[absl::StrCat("k", i)] = Awkward()[i];
  (*create.mutable_item()->mutable_labels())["all"] = AllInOne(255);
  (*create.mutable_item()->mutable_labels())["empty"] = "";
  Must(client().Call(create));
  v1::GetItemRequest get;
  get.set_sku(Sku());
  const v1::Item item = Must(client().Call(get));
  const auto& sent = create.item().labels();
  EXPECT_EQ((std::map<std::string, std::string>(item.labels().begin(), item.labels().end())),
            (std::map<std::string, std::string>(sent.begin(), sent.end())));

  SetStock(Sku(), "w1", 1);
  v1::CreateShipmentRequest shipment;
  shipment.set_reservation_id(Must(Reserve(client(), {{Sku(), 1}}, {.commit = true})).reservation().reservation_id());
  shipment.set_warehouse_id("w1");
  shipment.set_carrier(AllInOne(127) + " ");
  shipment.set_tracking_number(AllInOne(128));
  v1::GetShipmentRequest get_shipment;
  get_shipment.set_shipment_id(Must(client().Call(shipment)).shipment().shipment_id());
  const v1::Shipment read = Must(client().Call(get_shipment));
  EXPECT_EQ(read.carrier(), shipment.carrier());
  EXPECT_EQ(read.tracking_number(), shipment.tracking_number());
}

TEST_F(StringsTest, IdsDifferByCase) {
  MakeWarehouse(client(), Name("w"));
  MakeWarehouse(client(), Name("W"));
  MakeChannel(client(), Name("c"), {Name("w")});
  MakeChannel(client(), Name("C"), {Name("W")});
  SetStock(Sku(), Name("w"), 3);
  SetStock(Sku(), Name("W"), 5);
  EXPECT_EQ(AvailabilityOf(Sku(), Name("c")), 3);
  EXPECT_EQ(AvailabilityOf(Sku(), Name("C")), 5);
  for (const char* id : {"r", "R"}) {
    const auto made =
        Must(Reserve(client(), {{Sku(), 1}}, {.channel = Name("c"), .id = Name(id), .request_id = Name(id)}));
    EXPECT_EQ(made.reservation().reservation_id(), Name(id));
  }
  Must(Cancel(client(), Name("R")));
  EXPECT_EQ(ReservationOf(Name("r")).state(), v1::RESERVATION_STATE_HELD);
}

}  // namespace
}  // namespace inventory::integration
