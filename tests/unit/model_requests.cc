#include "tests/unit/model_requests.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/unit/model_malformed.h"

namespace inventory::model {
namespace {

void SetRequestId(google::protobuf::Message& request, const std::string& id) {
  request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName("request_id"), id);
}

Requests::Request Copy(const google::protobuf::Message& request) {
  Requests::Request copy(request.New());
  copy->CopyFrom(request);
  return copy;
}

}  // namespace

Requests::Requests(Random random, const Model& model)
    : model_(model), patient_(model.cuts_fills()), random_(std::move(random)) {
  if (patient_ || OneIn(4)) skus_.resize(1);
  AddReservationMakers();
  AddShipmentMakers();
  AddStockMakers();
  AddDocumentMakers();
  AddConfigurationMakers();
  AddEstimateMakers();
  // Between the steps of a fill that was cut rules notice what is gone at the end.
  if (!model.cuts_fills()) AddLowStockMakers();
  BuildWorld();
}

void Requests::Add(int weight, Maker make) {
  makers_.emplace_back(weight, std::move(make));
  total_weight_ += weight;
}

void Requests::BuildWorld() {
  for (const char* warehouse : {"w1", "w2", "w3"}) world_.push_back(CreateWarehouse(warehouse, true, true));
  for (const char* channel : {"c1", "c2"}) {
    world_.push_back(CreateChannel(channel));
    for (const char* warehouse : {"w1", "w2", "w3"}) {
      auto request = std::make_unique<v1::AttachWarehouseRequest>();
      request->set_channel_id(channel);
      request->set_warehouse_id(warehouse);
      request->set_priority(static_cast<int>(Below(2)));
      world_.push_back(std::move(request));
    }
  }
  for (const std::string& sku : skus_) {
    if (patient_ || OneIn(2)) world_.push_back(Create(sku));
  }
  for (const std::string& kit : kits_) {
    if (!OneIn(3)) world_.push_back(Create(kit));
  }
  for (int i = 0; i < 9; ++i) world_.push_back(SetStock());
  std::reverse(world_.begin(), world_.end());
}

Requests::Request Requests::Next() {
  if (!world_.empty()) {
    Request next = std::move(world_.back());
    world_.pop_back();
    return next;
  }
  Request made = Make();
  NameUnits(*made);
  return Identify(std::move(made));
}

Requests::Request Requests::Make() {
  int64_t at = Below(total_weight_);
  for (const auto& [weight, make] : makers_) {
    if (at < weight) return make();
    at -= weight;
  }
  return nullptr;
}

void Requests::NameUnits(google::protobuf::Message& request) {
  NameUnit(request);
  for (const char* name : {"lines", "updates"}) {
    const auto* parts = request.GetDescriptor()->FindFieldByName(name);
    if (parts == nullptr) continue;
    for (int i = 0; i < request.GetReflection()->FieldSize(request, parts); ++i) {
      NameUnit(*request.GetReflection()->MutableRepeatedMessage(&request, parts, i));
    }
  }
}

void Requests::NameUnit(google::protobuf::Message& part) {
  const auto* unit = part.GetDescriptor()->FindFieldByName("unit");
  if (unit == nullptr || !OneIn(20)) return;
  const std::string name = OneIn(40) ? kBadUnit : OneOf<std::string>({"piece", "pair", "case"});
  part.GetReflection()->SetString(&part, unit, name);
}

Requests::Request Requests::Identify(Request made) {
  if (!identified_.empty() && OneIn(20)) {
    const auto count = static_cast<int64_t>(identified_.size());
    const auto& earlier = *identified_[static_cast<std::size_t>(count - 1 - Below(std::min<int64_t>(count, 10)))];
    if (!OneIn(4)) return Copy(earlier);
    SetRequestId(*made, TextOf(earlier, "request_id"));
  } else if (OneIn(3)) {
    SetRequestId(*made, absl::StrCat("q", identified_.size()));
    identified_.push_back(Copy(*made));
  }
  return made;
}

std::string Requests::Swept() {
  if (!world_.empty() || model_.state().reservations.empty() || !OneIn(20)) return "";
  for (const auto& [id, reservation] : model_.state().reservations) {
    const bool dead = reservation.state == v1::RESERVATION_STATE_HELD && *reservation.expiry <= model_.state().now;
    if (dead && !OneIn(3)) return id;
  }
  return model_.state().reservations.rbegin()->first;
}

std::pair<std::string, absl::Time> Requests::Folded() {
  if (!world_.empty() || !OneIn(40)) return {};
  const std::string sku = Sku();
  // Often the very moment of a movement, which then is not before it.
  std::vector<absl::Time> moments = {model_.state().now - absl::Seconds(Below(100))};
  for (const auto& [key, past] : model_.state().ledger) {
    for (const auto& [moment, level] : past) {
      if (key.first == sku) moments.push_back(moment);
    }
  }
  return {sku, OneIn(2) ? moments.front() : OneOf(moments)};
}

int Requests::Together() { return world_.empty() && OneIn(patient_ ? 4 : 8) ? static_cast<int>(2 + Below(5)) : 0; }

bool Requests::Damages() { return world_.empty() && OneIn(40); }

Requests::Moment Requests::Past() {
  const absl::Time time = model_.state().now - absl::Microseconds(Below(3)) - absl::Seconds(OneIn(2) ? Below(200) : 0);
  return {.sku = Sku(), .warehouse = WarehouseId(), .time = time};
}

std::optional<Requests::Attempt> Requests::Attempted() {
  std::vector<Attempt> due;
  std::vector<Attempt> under_way;
  std::vector<Attempt> any;
  for (const auto& [id, rule] : model_.state().rules) {
    int64_t number = 0;
    for (const Event& event : rule.events) {
      const Attempt attempt{.rule = id, .number = ++number, .begins = true, .attempt = event.attempts};
      any.push_back(attempt);
      if (event.due && *event.due <= model_.state().now) due.push_back(attempt);
      if (event.under_way) under_way.push_back(attempt);
    }
  }
  if (any.empty() || !OneIn(8)) return std::nullopt;
  const bool begins = under_way.empty() || OneIn(2);
  const std::vector<Attempt>& fitting = begins ? due : under_way;
  Attempt attempt = fitting.empty() || OneIn(8) ? OneOf(any) : OneOf(fitting);
  attempt.begins = begins;
  if (OneIn(10)) attempt.attempt += 1 - 2 * static_cast<int>(Below(2));
  attempt.ending = OneOf<Model::Ending>({Model::Ending::kDone, Model::Ending::kFailed, Model::Ending::kFailed,
                                         Model::Ending::kFailedForGood, Model::Ending::kGivenBack});
  attempt.pause = absl::Seconds(OneIn(2) ? 0 : Below(20));
  return attempt;
}

bool Requests::Follows() { return model_.state().unfollowed && OneIn(10); }

absl::Duration Requests::Pause() {
  absl::Duration left = absl::InfiniteDuration();  // Until the next hold ends.
  for (const auto& [id, reservation] : model_.state().reservations) {
    if (reservation.StateAt(model_.state().now) != v1::RESERVATION_STATE_HELD) continue;
    left = std::min(left, *reservation.expiry - model_.state().now);
  }
  if (left == absl::InfiniteDuration()) left = absl::Seconds(1);
  switch (Below(40)) {
    case 0:
      return left;
    case 1:
      return left - absl::Microseconds(1);
    case 2:
      return absl::Microseconds(Below(5));
    case 3:
      return absl::Minutes(Below(30));
    case 4:
    case 5:
    case 6:
    case 7:
      return absl::Seconds(Below(60));
    default:
      return absl::ZeroDuration();
  }
}

std::string Requests::Code() { return OneOf<std::string>({"k1", "k2", "k3"}); }

std::string Requests::DocumentCode(std::size_t documents) {
  return OneIn(6) ? absl::StrCat("k", Below(static_cast<int64_t>(documents) + 2)) : "";
}

std::string Requests::Sku() { return OneOf(OneIn(patient_ ? 4 : 8) ? kits_ : skus_); }
std::string Requests::WarehouseId() { return OneIn(40) ? "nowhere" : OneOf<std::string>({"w1", "w2", "w3"}); }
std::string Requests::ChannelId() { return OneIn(40) ? "nobody" : OneOf<std::string>({"c1", "c1", "c2"}); }

std::string Requests::Etag(int64_t version) {
  switch (Below(24)) {
    case 0:
    case 1:
      return std::to_string(version);
    case 2:
      return std::to_string(version + 1 - 2 * Below(2));
    default:
      return "";
  }
}

}  // namespace inventory::model
