// Channels: made, read, listed, changed, deleted, and the warehouses they sell from.
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Outcomes = std::map<std::string, int>;

class ChannelsTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::Channel> Create(const std::string& fields) {
    return client().Call(Pb<v1::CreateChannelRequest>(absl::Substitute("channel { $0 }", fields)));
  }
  static absl::StatusOr<v1::Channel> Get(const std::string& id) {
    return client().Call(Pb<v1::GetChannelRequest>(absl::Substitute("channel_id: '$0'", id)));
  }
  static absl::StatusOr<v1::Channel> Update(const std::string& id, const std::string& fields,
                                            const std::vector<std::string>& mask = {}) {
    auto request = Pb<v1::UpdateChannelRequest>(absl::Substitute("channel { channel_id: '$0' $1 }", id, fields));
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return client().Call(request);
  }
  static absl::StatusOr<v1::Channel> Delete(const std::string& id, const std::string& etag = "") {
    return client().Call(Pb<v1::DeleteChannelRequest>(absl::Substitute("channel_id: '$0' etag: '$1'", id, etag)));
  }
  static absl::StatusOr<v1::Channel> Undelete(const std::string& id, const std::string& etag = "") {
    return client().Call(Pb<v1::UndeleteChannelRequest>(absl::Substitute("channel_id: '$0' etag: '$1'", id, etag)));
  }
  static absl::StatusOr<v1::Channel> Attach(const std::string& id, const std::string& warehouse_id, int priority,
                                            const std::string& etag = "") {
    return client().Call(Pb<v1::AttachWarehouseRequest>(absl::Substitute(
        "channel_id: '$0' warehouse_id: '$1' priority: $2 etag: '$3'", id, warehouse_id, priority, etag)));
  }
  static absl::StatusOr<v1::Channel> Detach(const Client& server, const std::string& id,
                                            const std::string& warehouse_id, const std::string& etag = "") {
    return server.Call(Pb<v1::DetachWarehouseRequest>(
        absl::Substitute("channel_id: '$0' warehouse_id: '$1' etag: '$2'", id, warehouse_id, etag)));
  }
  // "w1:1 w2:2", in the order of the answer.
  static std::string Attached(const v1::Channel& channel) {
    std::vector<std::string> shown;
    for (const v1::Attachment& attachment : channel.attachments()) {
      shown.push_back(absl::StrCat(attachment.warehouse_id(), ":", attachment.priority()));
    }
    return absl::StrJoin(shown, " ");
  }
  // The ids of this test's channels that a list with these fields gives.
  std::vector<std::string> Listed(const std::string& fields) const {
    std::vector<std::string> ids;
    for (const v1::Channel& channel :
         ListAll(client(), Pb<v1::ListChannelsRequest>(fields), &v1::ListChannelsResponse::channels)) {
      if (absl::StartsWith(channel.channel_id(), Name(""))) ids.push_back(channel.channel_id());
    }
    return ids;
  }
  // "w1:3 w2:1": where the units of a new reservation lie, or why there is none.
  static std::string Sourced(const std::string& id, const std::string& sku, int64_t quantity) {
    const auto answer = Reserve(client(), {{sku, quantity}}, {.channel = id});
    if (!answer.ok()) return Outcome(answer);
    std::vector<std::string> shown;
    for (const v1::Allocation& part : answer->reservation().lines(0).allocations()) {
      shown.push_back(absl::StrCat(part.warehouse_id(), ":", part.reserved_quantity()));
    }
    return absl::StrJoin(shown, " ");
  }
  static std::string SellableNow(const std::string& id, const std::string& sku) {
    const v1::Availability answer =
        Must(client().Call(Pb<v1::GetAvailabilityRequest>(absl::Substitute("channel_id: '$0' skus: '$1'", id, sku))))
            .availabilities(0);
    return absl::StrCat(v1::AvailabilityStatus_Name(answer.status()).substr(sizeof("AVAILABILITY_STATUS_") - 1),
                        answer.reason().empty() ? "" : " ", answer.reason());
  }
};

TEST_F(ChannelsTest, CreateIsActiveByDefaultAndAttachedToNothing) {
  const v1::Channel made = Must(Create(absl::Substitute("channel_id: '$0' name: 'Wöb'", Name("a"))));
  EXPECT_EQ(made.channel_id(), Name("a"));
  EXPECT_EQ(made.name(), "Wöb");
  EXPECT_TRUE(made.has_active() && made.active());
  EXPECT_THAT(made.attachments(), IsEmpty());
  EXPECT_TRUE(made.has_create_time() && made.has_update_time() && !made.has_delete_time());
  EXPECT_NE(made.etag(), "");
  EXPECT_THAT(Must(Get(Name("a"))), EqualsProto(made));
  EXPECT_FALSE(Must(Create("name: 'x' active: false")).active());
}

TEST_F(ChannelsTest, CreateMakesAnIdWhereNoneIsGiven) {
  const v1::Channel first = Must(Create("name: 'x'"));
  EXPECT_LT(first.channel_id(), Must(Create("name: 'x'")).channel_id());
  EXPECT_THAT(Must(Get(first.channel_id())), EqualsProto(first));
}

TEST_F(ChannelsTest, CreateRefusesAnIdThatExistsAlsoOfADeletedOne) {
  const std::string fields = absl::Substitute("channel_id: '$0' name: 'x'", Name("a"));
  Must(Create(fields));
  const auto refused = Create(fields);
  EXPECT_EQ(Outcome(refused), "ALREADY_EXISTS CHANNEL_EXISTS");
  EXPECT_EQ(MetadataOf(refused.status()), (std::map<std::string, std::string>{{"channel_id", Name("a")}}));
  Must(Delete(Name("a")));
  EXPECT_EQ(Outcome(Create(fields)), "ALREADY_EXISTS CHANNEL_EXISTS");
}

TEST_F(ChannelsTest, CreateNamesEveryBrokenRuleAtOnce) {
  EXPECT_THAT(ViolationsOf(Create("channel_id: 'a/b'").status()),
              UnorderedElementsAre("channel.channel_id", "channel.name"));
  EXPECT_EQ(Outcome(Get(Name("a"))), "NOT_FOUND CHANNEL_NOT_FOUND");
}

TEST_F(ChannelsTest, ListPagesInOrderOfIdWithoutGapsAndCopies) {
  MakeWarehouse(client(), Name("w"));
  const std::vector<std::string> ids = {Name("B"), Name("a"), Name("a.1"), Name("c"), Name("d")};
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) MakeChannel(client(), *id, {"w1", Name("w")});
  for (int page_size : {0, 1, 2, 3, 4, 5, 6, 1'000'000}) {
    EXPECT_EQ(Listed(absl::Substitute("filter { warehouse_id: '$0' } page_size: $1", Name("w"), page_size)), ids);
  }
}

TEST_F(ChannelsTest, ListFiltersAndHidesDeletedOnesUnlessAskedFor) {
  MakeWarehouse(client(), Name("w"));
  MakeChannel(client(), Name("a"), {Name("w")});
  MakeChannel(client(), Name("b"), {"w1"});
  MakeChannel(client(), Name("c"), {Name("w")});
  MakeChannel(client(), Name("gone"), {Name("w")});
  Must(Update(Name("c"), "active: false"));
  Must(Delete(Name("gone")));
  const std::string from_w = absl::Substitute("warehouse_id: '$0'", Name("w"));
  EXPECT_THAT(Listed(""), ElementsAre(Name("a"), Name("b"), Name("c")));
  EXPECT_THAT(Listed("show_deleted: true page_size: 1"), ElementsAre(Name("a"), Name("b"), Name("c"), Name("gone")));
  EXPECT_THAT(Listed("filter { active: false }"), ElementsAre(Name("c")));
  EXPECT_THAT(Listed(absl::Substitute("filter { $0 active: true }", from_w)), ElementsAre(Name("a")));
  EXPECT_THAT(Listed(absl::Substitute("filter { $0 } page_size: 1", from_w)), ElementsAre(Name("a"), Name("c")));
  EXPECT_THAT(Listed(absl::Substitute("filter { $0 active: true } show_deleted: true", from_w)),
              ElementsAre(Name("a"), Name("gone")));
}

TEST_F(ChannelsTest, APageTokenBelongsToItsList) {
  MakeChannel(client(), Name("a"), {});
  const std::string token = Must(client().Call(Pb<v1::ListChannelsRequest>("page_size: 1"))).next_page_token();
  const auto refused = [&](const std::string& fields) {
    return ViolationsOf(
        client().Call(Pb<v1::ListChannelsRequest>(absl::Substitute("page_token: '$0' $1", token, fields))).status());
  };
  EXPECT_THAT(refused("page_size: 7"), IsEmpty());
  EXPECT_THAT(refused("show_deleted: true"), ElementsAre("page_token"));
  EXPECT_THAT(refused("filter { active: false }"), ElementsAre("page_token"));
  EXPECT_THAT(refused("filter { warehouse_id: 'w1' }"), ElementsAre("page_token"));
}

TEST_F(ChannelsTest, AnUpdateChangesWhatItsMaskNamesAndNeverTheAttachments) {
  const v1::Channel made = MakeChannel(client(), Name("a"), {"w1"});
  const v1::Channel idle = Must(Update(Name("a"), "active: false"));
  EXPECT_EQ(idle.name(), made.name());
  EXPECT_FALSE(idle.active());
  EXPECT_NE(idle.etag(), made.etag());
  EXPECT_THAT(Must(Update(Name("a"), "active: false")), EqualsProto(idle));
  // What is named and not set gets its default.
  EXPECT_TRUE(Must(Update(Name("a"), "name: 'ignored'", {"active"})).active());
  const v1::Channel now = Must(Update(Name("a"), "name: 'new' active: false", {"*"}));
  EXPECT_EQ(now.name(), "new");
  EXPECT_FALSE(now.active());
  EXPECT_EQ(Attached(now), "w1:1");
  for (const char* path : {"attachments", "channel_id", "etag", "delete_time", "nothing", "attachments.priority"}) {
    EXPECT_THAT(ViolationsOf(Update(Name("a"), "name: 'x'", {path}).status()), ElementsAre("update_mask")) << path;
  }
  EXPECT_THAT(ViolationsOf(Update(Name("a"), "", {"name"}).status()), ElementsAre("channel.name"));
  EXPECT_THAT(Must(Get(Name("a"))), EqualsProto(now));
  EXPECT_EQ(Outcome(Update(Name("none"), "name: 'x'")), "NOT_FOUND CHANNEL_NOT_FOUND");
}

TEST_F(ChannelsTest, EveryWriteRequiresTheEtagItIsGivenAndAttachmentsChangeIt) {
  v1::Channel channel = MakeChannel(client(), Name("a"), {});
  const std::string old = channel.etag();
  channel = Must(Attach(Name("a"), "w1", 5, old));
  EXPECT_EQ(Outcome(Attach(Name("a"), "w2", 5, old)), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Detach(client(), Name("a"), "w1", old)), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Update(Name("a"), absl::Substitute("name: 'x' etag: '$0'", old))), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Delete(Name("a"), old)), "ABORTED ETAG_MISMATCH");
  EXPECT_THAT(Must(Attach(Name("a"), "w1", 5, channel.etag())), EqualsProto(channel));
  channel = Must(Detach(client(), Name("a"), "w1", channel.etag()));
  channel = Must(Update(Name("a"), absl::Substitute("name: 'x' etag: '$0'", channel.etag())));
  channel = Must(Delete(Name("a"), channel.etag()));
  EXPECT_EQ(Outcome(Undelete(Name("a"), old)), "ABORTED ETAG_MISMATCH");
  Must(Undelete(Name("a"), channel.etag()));
}

TEST_F(ChannelsTest, PriorityThenIdDecidesWhereUnitsAreTaken) {
  for (const char* suffix : {"x", "y", "z"}) {
    MakeWarehouse(client(), Name(suffix));
    SetStock(Sku(), Name(suffix), 10);
  }
  MakeChannel(client(), Name("a"), {});
  Must(Attach(Name("a"), Name("z"), 0));
  Must(Attach(Name("a"), Name("y"), 1'000'000));
  const auto shown = [&](const char* text) { return absl::Substitute(text, Name("x"), Name("y"), Name("z")); };
  EXPECT_EQ(Attached(Must(Attach(Name("a"), Name("x"), 1'000'000))), shown("$2:0 $0:1000000 $1:1000000"));
  EXPECT_EQ(Sourced(Name("a"), Sku(), 12), shown("$0:2 $2:10"));  // Allocations are shown in order of warehouse.
  EXPECT_EQ(Attached(Must(Attach(Name("a"), Name("y"), 7))), shown("$2:0 $1:7 $0:1000000"));
  EXPECT_EQ(Sourced(Name("a"), Sku(), 3), shown("$1:3"));
  EXPECT_EQ(Attached(Must(Detach(client(), Name("a"), Name("y")))), shown("$2:0 $0:1000000"));
  EXPECT_EQ(Sourced(Name("a"), Sku(), 3), shown("$0:3"));
  EXPECT_EQ(Sourced(Name("a"), Sku(), 6), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
}

TEST_F(ChannelsTest, AttachAndDetachNameWhatIsMissingAndCheckThePriority) {
  MakeChannel(client(), Name("a"), {"w1"});
  EXPECT_EQ(Outcome(Attach(Name("a"), Name("none"), 1)), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Outcome(Attach(Name("none"), "w1", 1)), "NOT_FOUND CHANNEL_NOT_FOUND");
  EXPECT_THAT(ViolationsOf(Attach(Name("a"), "w1", -1).status()), ElementsAre("priority"));
  EXPECT_THAT(ViolationsOf(Attach(Name("a"), "w1", 1'000'001).status()), ElementsAre("priority"));
  EXPECT_EQ(Outcome(Detach(client(), Name("none"), "w1")), "NOT_FOUND CHANNEL_NOT_FOUND");
  const auto refused = Detach(client(), Name("a"), "w2");
  EXPECT_EQ(Outcome(refused), "NOT_FOUND ATTACHMENT_NOT_FOUND");
  EXPECT_EQ(MetadataOf(refused.status()),
            (std::map<std::string, std::string>{{"channel_id", Name("a")}, {"warehouse_id", "w2"}}));
  EXPECT_EQ(Attached(Must(Get(Name("a")))), "w1:1");
}

TEST_F(ChannelsTest, AChannelSellsOnlyWhileItIsActiveAndAnActiveWarehouseIsAttached) {
  SetStock(Sku(), "w1", 5);
  const std::string id = Name("a");
  MakeChannel(client(), id, {});
  EXPECT_EQ(Sourced(id, Sku(), 1), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");
  EXPECT_EQ(SellableNow(id, Sku()), "NOT_SELLABLE CHANNEL_HAS_NO_WAREHOUSE");
  Must(Attach(id, "w1", 1));
  EXPECT_EQ(Sourced(id, Sku(), 1), "w1:1");
  EXPECT_EQ(SellableNow(id, Sku()), "IN_STOCK");
  Must(Update(id, "active: false"));
  EXPECT_EQ(Sourced(id, Sku(), 1), "FAILED_PRECONDITION CHANNEL_INACTIVE");
  EXPECT_EQ(SellableNow(id, Sku()), "NOT_SELLABLE CHANNEL_INACTIVE");
  Must(Delete(id));
  EXPECT_EQ(Sourced(id, Sku(), 1), "NOT_FOUND CHANNEL_NOT_FOUND");
  EXPECT_EQ(Outcome(client().Call(
                Pb<v1::GetAvailabilityRequest>(absl::Substitute("channel_id: '$0' skus: '$1'", id, Sku())))),
            "NOT_FOUND CHANNEL_NOT_FOUND");
}

TEST_F(ChannelsTest, DetachingAndDeletingLeaveLiveReservationsShippable) {
  SetStock(Sku(), "w1", 5);
  MakeChannel(client(), Name("a"), {"w1"});
  const auto held = [&] {
    return Must(Reserve(client(), {{Sku(), 1}}, {.channel = Name("a")})).reservation().reservation_id();
  };
  const auto ships = [&](const std::string& reservation_id) {
    Must(Confirm(client(), reservation_id));
    Must(Ship(client(), Must(CreateShipment(client(), reservation_id, "w1")).shipment().shipment_id()));
    return Show(ReservationOf(reservation_id)) == absl::Substitute("FULFILLED $0 0/1 w1:0 shipped 1", Sku());
  };
  const std::string first = held();
  const std::string second = held();
  Must(Detach(client(), Name("a"), "w1"));
  EXPECT_TRUE(ships(first));
  Must(Delete(Name("a")));
  EXPECT_TRUE(ships(second));
}

TEST_F(ChannelsTest, ADeletedChannelIsFoundAndChangesOnlyByUndeletion) {
  MakeWarehouse(client(), Name("w"));
  MakeChannel(client(), Name("a"), {"w1", Name("w"), "w2"});
  const v1::Channel deleted = Must(Delete(Name("a")));
  EXPECT_TRUE(deleted.has_delete_time());
  EXPECT_THAT(Must(Get(Name("a"))), EqualsProto(deleted));
  EXPECT_EQ(Outcome(Delete(Name("a"))), "NOT_FOUND CHANNEL_NOT_FOUND");
  EXPECT_EQ(Outcome(Update(Name("a"), "name: 'x'")), "NOT_FOUND CHANNEL_NOT_FOUND");
  EXPECT_EQ(Outcome(Attach(Name("a"), "w2", 9)), "NOT_FOUND CHANNEL_NOT_FOUND");
  EXPECT_EQ(Outcome(Detach(client(), Name("a"), "w1")), "NOT_FOUND CHANNEL_NOT_FOUND");
  Must(client().Call(Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", Name("w")))));
  const v1::Channel back = Must(Undelete(Name("a")));
  EXPECT_FALSE(back.has_delete_time());
  EXPECT_TRUE(back.active());
  EXPECT_EQ(Attached(back), "w1:1 w2:3");
  EXPECT_EQ(Outcome(Undelete(Name("a"))), "ALREADY_EXISTS CHANNEL_NOT_DELETED");
  EXPECT_EQ(Outcome(Undelete(Name("none"))), "NOT_FOUND CHANNEL_NOT_FOUND");
}

TEST_F(ChannelsTest, OneWarehouseServesManyChannelsAndAUnitIsSoldOnce) {
  SetStock(Sku(), "w1", 1);
  MakeChannel(client(), Name("a"), {"w1"});
  MakeChannel(client(), Name("b"), {"w1"});
  EXPECT_EQ(Sourced(Name("a"), Sku(), 1), "w1:1");
  EXPECT_EQ(Sourced(Name("b"), Sku(), 1), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
}

TEST_F(ChannelsTest, OfManyAttachmentsWithOneEtagThroughTwoServersExactlyOneWins) {
  replica();
  const std::string etag = MakeChannel(client(), Name("a"), {}).etag();
  std::vector<absl::Status> results(8);
  Together(8, [&](int i) {
    const auto request = Pb<v1::AttachWarehouseRequest>(absl::Substitute(
        "channel_id: '$0' warehouse_id: 'w$1' priority: $2 etag: '$3'", Name("a"), i % 2 + 1, i, etag));
    results[i] = (i < 4 ? client() : replica()).Call(request).status();
  });
  EXPECT_EQ(CountOutcomes(results), (Outcomes{{"OK", 1}, {"ABORTED ETAG_MISMATCH", 7}}));
  EXPECT_EQ(Must(Get(Name("a"))).attachments_size(), 1);
}

TEST_F(ChannelsTest, AReservationSeesWhatTheOtherServerHasJustAttachedOrDetached) {
  SetStock(Sku(), "w1", 100);
  MakeChannel(client(), Name("a"), {});
  for (int round = 0; round < 5; ++round) {
    Must(Attach(Name("a"), "w1", 1));
    EXPECT_EQ(Outcome(Reserve(replica(), {{Sku(), 1}}, {.channel = Name("a")})), "OK");
    Must(Detach(replica(), Name("a"), "w1"));
    EXPECT_EQ(Sourced(Name("a"), Sku(), 1), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");
  }
}

}  // namespace
}  // namespace inventory::integration
