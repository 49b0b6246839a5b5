#include "tests/integration/watching.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "server/errors.h"
#include "tests/integration/server_fixture.h"
#include "tests/pb.h"

namespace inventory::integration {
namespace {

// "on_hand 10, reserved -1": what is not 0.
std::string ShowDelta(const v1::Quantities& delta) {
  std::string shown;
  const auto add = [&shown](const char* name, int64_t value) {
    if (value != 0) absl::StrAppend(&shown, shown.empty() ? "" : ", ", name, " ", value);
  };
  add("on_hand", delta.on_hand());
  add("reserved", delta.reserved());
  add("safety_stock", delta.safety_stock());
  add("damaged", delta.damaged());
  add("quality_control", delta.quality_control());
  add("incoming", delta.incoming());
  return shown;
}

template <typename Name>
std::string Change(const std::string& id, Name name, int before, int after) {
  return before == 0 ? absl::StrCat(id, " ", name(after)) : absl::StrCat(id, " ", name(before), " -> ", name(after));
}

std::string ShowSubject(const v1::Event& event) {
  switch (event.subject_case()) {
    case v1::Event::kMovement: {
      const v1::Movement& movement = event.movement();
      return absl::StrCat(v1::MovementType_Name(movement.type()).substr(sizeof("MOVEMENT_TYPE_") - 1), " ",
                          movement.sku(), " ", movement.warehouse_id(), " ", ShowDelta(movement.delta()));
    }
    case v1::Event::kReservation:
      return Change(
          event.reservation().reservation_id(),
          [](int state) {
            return v1::ReservationState_Name(static_cast<v1::ReservationState>(state))
                .substr(sizeof("RESERVATION_STATE_") - 1);
          },
          event.reservation().previous_state(), event.reservation().state());
    case v1::Event::kShipment:
      return Change(
          event.shipment().shipment_id(),
          [](int state) {
            return v1::ShipmentState_Name(static_cast<v1::ShipmentState>(state)).substr(sizeof("SHIPMENT_STATE_") - 1);
          },
          event.shipment().previous_state(), event.shipment().state());
    case v1::Event::kLowStock:
      return absl::StrCat(
          event.low_stock().rule_id(), " ",
          v1::LowStockEventType_Name(event.low_stock().type()).substr(sizeof("LOW_STOCK_EVENT_TYPE_") - 1), " ",
          event.low_stock().available());
    case v1::Event::kAvailability:
      return absl::StrCat(event.availability().sku(), " ", event.availability().warehouse_id(), " ",
                          event.availability().previous_available(), " -> ", event.availability().available());
    case v1::Event::SUBJECT_NOT_SET:
      break;
  }
  return "nothing";
}

}  // namespace

WatchCall::WatchCall(const std::shared_ptr<grpc::Channel>& channel, const v1::WatchRequest& request,
                     absl::Duration timeout)
    : stub_(v1::InventoryService::NewStub(channel)) {
  context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  stream_ = stub_->Watch(&context_, request);
}

WatchCall::WatchCall(const Client& client, const std::string& request, absl::Duration timeout)
    : WatchCall(client.channel(), Pb<v1::WatchRequest>(request), timeout) {}

WatchCall::~WatchCall() {
  if (finished_) return;
  context_.TryCancel();
  while (Receive()) {
  }
  stream_->Finish();
}

std::optional<v1::WatchResponse> WatchCall::Receive() {
  v1::WatchResponse message;
  if (!stream_->Read(&message)) return std::nullopt;
  token_ = message.resume_token();
  return message;
}

std::vector<v1::Event> WatchCall::ReceiveUntil(const std::function<bool(const v1::Event&)>& last) {
  std::vector<v1::Event> events;
  while (const std::optional<v1::WatchResponse> message = Receive()) {
    bool found = false;
    for (const v1::Event& event : message->events()) {
      events.push_back(event);
      found = found || last(event);
    }
    if (found) return events;
  }
  ADD_FAILURE() << "the watch has ended: " << Finish();
  return events;
}

absl::Status WatchCall::Finish() {
  finished_ = true;
  return FromGrpc(stream_->Finish());
}

Follower::Follower(std::function<std::string()> address, v1::WatchRequest request,
                   std::optional<int> messages_of_a_call)
    : address_(std::move(address)),
      request_(std::move(request)),
      messages_of_a_call_(messages_of_a_call),
      thread_([this] { Run(); }) {
  // So that what is done from now on is seen.
  for (const absl::Time end = absl::Now() + absl::Seconds(30); calls_ == 0 && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(1));
  }
}

void Follower::Run() {
  while (!stop_) {
    auto channel = grpc::CreateChannel(address_(), grpc::InsecureChannelCredentials());
    WatchCall call(channel, request_, absl::Minutes(5));
    for (int messages = 0; !stop_ && messages != messages_of_a_call_.value_or(-1); ++messages) {
      const std::optional<v1::WatchResponse> message = call.Receive();
      if (!message) break;
      if (messages == 0) ++calls_;
      request_.set_resume_token(message->resume_token());
      if (!Take(*message)) return;
    }
    call.Cancel();
    while (call.Receive()) {
    }
    const absl::Status ended = call.Finish();
    if (absl::IsUnavailable(ended)) absl::SleepFor(absl::Milliseconds(50));
    const bool fine = ended.ok() || absl::IsCancelled(ended) || absl::IsUnavailable(ended);
    EXPECT_TRUE(fine) << ended;
    if (!fine) return;
  }
}

bool Follower::Take(const v1::WatchResponse& message) {
  storage::MutexLock lock(mutex_);
  for (const v1::Event& event : message.events()) {
    const auto [at, is_new] = seen_.try_emplace(event.event_id(), event.SerializeAsString());
    if (!is_new) {
      ++repeated_;
      EXPECT_EQ(at->second, event.SerializeAsString()) << "another event with the same id";
      continue;
    }
    events_.push_back(event);
    if (event.has_movement()) requests_[event.movement().request_id()] = true;
  }
  return true;
}

void Follower::AwaitRequest(const std::string& request_id) const {
  for (const absl::Time end = absl::Now() + absl::Minutes(1); absl::Now() < end;
       absl::SleepFor(absl::Milliseconds(5))) {
    storage::MutexLock lock(mutex_);
    if (requests_.contains(request_id)) return;
  }
  ADD_FAILURE() << "no event of the request " << request_id;
}

void Follower::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::vector<v1::Event> Follower::events() const {
  storage::MutexLock lock(mutex_);
  return events_;
}

void ExpectTold(const std::vector<v1::Event>& events, const std::map<std::string, std::vector<v1::Movement>>& ledgers) {
  std::map<std::string, std::vector<v1::Movement>> told;
  for (const v1::Event& event : events) told[event.movement().sku()].push_back(event.movement());
  for (const auto& [sku, ledger] : ledgers) {
    ASSERT_LE(told[sku].size(), ledger.size());
    for (std::size_t i = 0; i < told[sku].size(); ++i) ASSERT_THAT(told[sku][i], EqualsProto(ledger[i]));
    for (std::size_t i = told[sku].size(); i < ledger.size(); ++i) EXPECT_EQ(ledger[i].actor(), "system");
  }
}

std::string Show(const v1::Event& event) {
  return absl::StrCat(v1::EventType_Name(event.type()).substr(sizeof("EVENT_TYPE_") - 1), " ", ShowSubject(event),
                      event.channel_id().empty() ? "" : absl::StrCat(" by ", event.channel_id()));
}

std::vector<std::string> Show(const std::vector<v1::Event>& events) {
  std::vector<std::string> shown;
  for (const v1::Event& event : events) shown.push_back(Show(event));
  return shown;
}

}  // namespace inventory::integration
