#include "tests/integration/shop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/history/note.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

constexpr int64_t kStock = 15;  // Of each SKU in each warehouse at first.
constexpr std::size_t kRecent = 60;

void Configure(const Client& client, const std::string& sku, const std::string& fields) {
  Must(client.Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' $1 }", sku, fields))));
}

void SetFirstStock(const Client& client, const Shop& shop) {
  v1::BatchUpdateStockRequest stock;
  stock.set_request_id(shop.set_up);
  for (const std::string& sku : shop.skus) {
    for (const std::string& warehouse_id : shop.warehouses) {
      v1::StockUpdate& update = *stock.add_updates();
      update.set_sku(sku);
      update.set_warehouse_id(warehouse_id);
      update.set_set_on_hand(kStock);
    }
  }
  Must(client.Call(stock));
}

}  // namespace

Shop MakeShop(const Client& client, const std::string& prefix) {
  const auto name = [&prefix](const char* suffix) { return prefix + suffix; };
  const std::string x = name("x");
  const std::string y = name("y");
  Shop shop = {.skus = {x, y, name("z")},
               .kits = {name("pair"), name("set")},
               .warehouses = {name("a"), name("b"), name("c")},
               .channels = {{name("one"), {name("a"), name("b")}}, {name("two"), {name("b"), name("c")}}},
               .backorder_limits = {{x, 12}, {y, 8}},
               .quotas = {{{x, name("one")}, 30}, {{y, name("two")}, 15}},
               .set_up = name("set-up")};
  for (const std::string& warehouse_id : shop.warehouses) MakeWarehouse(client, warehouse_id);
  for (const auto& [channel_id, warehouses] : shop.channels) {
    MakeChannel(client, channel_id, {warehouses.begin(), warehouses.end()});
  }
  for (const auto& [sku, limit] : shop.backorder_limits) {
    Configure(client, sku, absl::StrCat("backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: ", limit));
  }
  Configure(client, shop.skus[2], "backorder_policy: BACKORDER_POLICY_UNLIMITED");
  Configure(client, shop.kits[0], absl::Substitute("components { sku: '$0' quantity: 2 }", x));
  Configure(client, shop.kits[1],
            absl::Substitute("components { sku: '$0' quantity: 1 } components { sku: '$1' quantity: 2 }", x, y));
  for (const auto& [key, quantity] : shop.quotas) {
    Must(client.Call(Pb<v1::SetQuotaRequest>(
        absl::Substitute("sku: '$0' channel_id: '$1' quantity: $2", key.first, key.second, quantity))));
  }
  SetFirstStock(client, shop);
  return shop;
}

void ExpectWithinLimits(const Client& client, const Shop& shop) {
  constexpr absl::Duration kPatience = absl::Seconds(2);
  for (const auto& [key, quantity] : shop.quotas) {
    const auto quota = client.Call(
        Pb<v1::GetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: '$1'", key.first, key.second)), kPatience);
    if (quota.ok()) {
      EXPECT_LE(quota->outstanding_quantity(), quantity) << quota->ShortDebugString();
    }
  }
  for (const auto& [sku, limit] : shop.backorder_limits) {
    const auto waiting = client.Call(
        Pb<v1::ListBackordersRequest>(absl::Substitute("filter { sku: '$0' } page_size: 1000", sku)), kPatience);
    if (!waiting.ok()) continue;
    int64_t units = 0;
    for (const v1::Backorder& backorder : waiting->backorders()) units += backorder.quantity();
    EXPECT_LE(units, limit) << sku;
  }
}

void Documents::Add(Kind kind, Document document) {
  storage::MutexLock lock(mutex_);
  documents_[kind].push_back(std::move(document));
}

Documents::Document Documents::Pick(Kind kind, std::mt19937& random) const {
  storage::MutexLock lock(mutex_);
  const auto found = documents_.find(kind);
  if (found == documents_.end()) return {};
  const std::vector<Document>& all = found->second;
  const std::size_t recent = std::min(kRecent, all.size());
  return all[all.size() - 1 - std::uniform_int_distribution<std::size_t>(0, recent - 1)(random)];
}

Caller::Caller(const Shop& shop, Documents& documents, std::string name, unsigned seed)
    : shop_(shop), documents_(documents), name_(std::move(name)), random_(seed) {}

Caller::Write Caller::Next() {
  ++writes_;
  switch (Pick(20)) {
    case 0:
    case 1:
    case 2:
      return Count();
    case 3:
      return KeepBack();
    case 4:
    case 5:
    case 6:
      return ChangeOrder();
    case 7:
      return Reallocate();
    case 8:
    case 9:
      return Pack();
    case 10:
    case 11:
      return ShipOrNot();
    case 12:
      return TakeBack();
    case 13:
      return Replenish();
    case 14:
      return Transfer();
    default:
      return Reserve();
  }
}

void Caller::Ended(const Write& write) {
  const RecordedWrite::End end = write.record.end;
  if (write.makes.empty() || end == RecordedWrite::End::kRefused) return;
  documents_.Add(write.kind, {write.makes, end == RecordedWrite::End::kAcknowledged});
}

const std::string& Caller::AnyChannel() { return std::next(shop_.channels.begin(), Pick(2))->first; }

const std::string& Caller::AnyGood() { return Pick(3) == 0 ? Any(shop_.kits) : Any(shop_.skus); }

template <typename Request>
Caller::Write Caller::Prepare(Request request) const {
  static constexpr absl::Duration kPatience = absl::Seconds(10);
  const std::string request_id = absl::StrCat(name_, "-", writes_);
  request.set_request_id(request_id);
  return {.record = {.request_id = request_id, .start = {}, .finish = {}},
          .attempt = [request = std::move(request)](const Client& client, RecordedWrite& record) {
            const auto answer = client.Call(request, kPatience);
            if (answer.ok()) history::Note(*answer, record);
            return answer.status();
          }};
}

Caller::Write Caller::Count() {
  return Prepare(
      Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: '$1' delta: $2", Any(shop_.skus),
                                                  Any(shop_.warehouses), Pick(3) == 0 ? -1 - Pick(3) : 1 + Pick(4))));
}

Caller::Write Caller::KeepBack() {
  return Prepare(Pb<v1::SetSafetyStockRequest>(absl::Substitute("sku: '$0' warehouse_id: '$1' safety_stock: $2",
                                                                Any(shop_.skus), Any(shop_.warehouses), Pick(4))));
}

Caller::Write Caller::Reserve() {
  ReserveOptions options = {.channel = AnyChannel(), .id = absl::StrCat("r-", name_, "-", writes_)};
  options.commit = Pick(3) != 0;
  if (!options.commit && Pick(2) == 0) options.ttl = absl::Milliseconds(1 + Pick(50));
  auto request = ReserveRequest({{AnyGood(), 1 + Pick(4)}, {AnyGood(), 1 + Pick(4)}}, options);
  request.set_on_shortfall(static_cast<v1::ShortfallPolicy>(1 + Pick(3)));
  request.set_sourcing_strategy(static_cast<v1::SourcingStrategy>(Pick(2) == 0 ? 1 : 3));
  Write write = Prepare(request);
  write.kind = Documents::Kind::kReservation;
  write.makes = write.record.reserves = options.id;
  return write;
}

// A document is worked on whether it exists or not; as long as nobody has thought of any, orders are made.
template <typename Make>
Caller::Write Caller::WorkOn(Documents::Kind kind, Make make) {
  Documents::Document document = documents_.Pick(kind, random_);
  if (document.id.empty()) return Reserve();
  Write write = Prepare(make(document.id));
  write.works_on = std::move(document);
  return write;
}

Caller::Write Caller::ChangeOrder() {
  const std::string& sku = Any(shop_.skus);
  const int how = Pick(3);
  if (how == 0) {
    return WorkOn(Documents::Kind::kReservation, [](const std::string& id) {
      return Pb<v1::ConfirmReservationRequest>(absl::Substitute("reservation_id: '$0'", id));
    });
  }
  Write write =
      how == 1
          ? WorkOn(Documents::Kind::kReservation,
                   [&](const std::string& id) {
                     return Pb<v1::CancelReservationRequest>(absl::Substitute(
                         Pick(2) == 0 ? "reservation_id: '$0'" : "reservation_id: '$0' lines { sku: '$1' quantity: 1 }",
                         id, sku));
                   })
          : WorkOn(Documents::Kind::kReservation, [&](const std::string& id) {
              return Pb<v1::AmendReservationRequest>(
                  absl::Substitute("reservation_id: '$0' lines { sku: '$1' quantity: $2 }", id, sku, Pick(5)));
            });
  write.record.gives_up = write.works_on.id;
  return write;
}

Caller::Write Caller::Reallocate() {
  const std::string& from = Any(shop_.warehouses);
  const std::string& to = Any(shop_.warehouses);
  const bool narrow = Pick(3) == 0 && from != to;
  Write write = WorkOn(Documents::Kind::kReservation, [&](const std::string& id) {
    auto request = Pb<v1::ReallocateReservationRequest>(
        absl::Substitute("reservation_id: '$0' from_warehouse_ids: '$1' on_shortfall: $2", id, from, 1 + Pick(3)));
    if (narrow) request.add_to_warehouse_ids(to);
    return request;
  });
  // From then on it draws from there only.
  if (narrow) write.record.gives_up = write.works_on.id;
  return write;
}

Caller::Write Caller::Pack() {
  const std::string shipment_id = absl::StrCat("s-", name_, "-", writes_);
  Write write = WorkOn(Documents::Kind::kReservation, [&](const std::string& id) {
    return Pb<v1::CreateShipmentRequest>(
        absl::Substitute("shipment_id: '$0' reservation_id: '$1' warehouse_id: '$2' allow_reallocation: $3",
                         shipment_id, id, Any(shop_.warehouses), Pick(3) == 0));
  });
  if (write.works_on.id.empty()) return write;
  write.kind = Documents::Kind::kShipment;
  write.makes = shipment_id;
  return write;
}

Caller::Write Caller::ShipOrNot() {
  if (Pick(3) == 0) {
    return WorkOn(Documents::Kind::kShipment, [](const std::string& id) {
      return Pb<v1::CancelShipmentRequest>(absl::Substitute("shipment_id: '$0'", id));
    });
  }
  return WorkOn(Documents::Kind::kShipment, [](const std::string& id) {
    return Pb<v1::ShipShipmentRequest>(absl::Substitute("shipment_id: '$0'", id));
  });
}

Caller::Write Caller::TakeBack() {
  return WorkOn(Documents::Kind::kReservation, [&](const std::string& id) {
    return Pb<v1::ReturnStockRequest>(
        absl::Substitute("reservation_id: '$0' lines { sku: '$1' quantity: 1 warehouse_id: '$2' disposition: $3 }", id,
                         Any(shop_.skus), Any(shop_.warehouses), 1 + Pick(3)));
  });
}

Caller::Write Caller::Replenish() {
  if (Pick(2) == 0) {
    return WorkOn(Documents::Kind::kReplenishment, [&](const std::string& id) {
      return Pb<v1::ReceiveReplenishmentRequest>(
          absl::Substitute("replenishment_id: '$0' quantity: $1", id, 1 + Pick(4)));
    });
  }
  const std::string id = absl::StrCat("p-", name_, "-", writes_);
  Write write = Prepare(Pb<v1::CreateReplenishmentRequest>(
      absl::Substitute("replenishment_id: '$0' sku: '$1' warehouse_id: '$2' quantity: $3", id, Any(shop_.skus),
                       Any(shop_.warehouses), 1 + Pick(6))));
  write.kind = Documents::Kind::kReplenishment;
  write.makes = id;
  return write;
}

Caller::Write Caller::Transfer() {
  if (Pick(2) == 0) {
    return WorkOn(Documents::Kind::kTransfer, [&](const std::string& id) {
      return Pb<v1::ReceiveTransferRequest>(
          Pick(2) == 0
              ? absl::Substitute("transfer_id: '$0' rest: TRANSFER_REST_RECEIVED", id)
              : absl::Substitute("transfer_id: '$0' lines { sku: '$1' received_quantity: 1 }", id, Any(shop_.skus)));
    });
  }
  const std::string id = absl::StrCat("t-", name_, "-", writes_);
  const int from = Pick(3);
  Write write = Prepare(Pb<v1::CreateTransferRequest>(absl::Substitute(
      "transfer_id: '$0' from_warehouse_id: '$1' to_warehouse_id: '$2' lines { sku: '$3' quantity: $4 } mode: $5", id,
      shop_.warehouses[from], shop_.warehouses[(from + 1 + Pick(2)) % 3], Any(shop_.skus), 1 + Pick(3), 1 + Pick(2))));
  write.kind = Documents::Kind::kTransfer;
  write.makes = id;
  return write;
}

}  // namespace inventory::integration
