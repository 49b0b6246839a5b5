// Random writes on a small world.
#ifndef INVENTORY_TESTS_UNIT_MODEL_REQUESTS_H_
#define INVENTORY_TESTS_UNIT_MODEL_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "tests/unit/model.h"

namespace inventory::model {

// Makes requests for up to three SKUs and two kits of them, three warehouses and two channels, in small quantities so
// that they get in each other's way: most are sensible, some name what is not there or break a rule, some come again.
// The same numbers and the same model give the same requests.
class Requests {
 public:
  using Request = std::unique_ptr<google::protobuf::Message>;
  // Gives any number, of which every choice is made.
  using Random = std::function<uint64_t()>;

  // `model` must outlive it; it is looked at for what exists.
  Requests(Random random, const Model& model);

  // The next request. The first ones build the world.
  Request Next();

  // Instead of a request, the reservation that the sweeper looks at now, most often a dead hold; mostly empty.
  std::string Swept();

  // Instead of a request, the SKU whose old movements give way to one now, and before when; mostly none.
  std::pair<std::string, absl::Time> Folded();

  // Instead of a request, whether the background draws the consequences of changes of the configuration now.
  bool Follows();

  // Instead of a request, how many requests come at the same time now; mostly none.
  int Together();

  // What an activity of low-stock events does now, instead of a request.
  struct Attempt {
    std::string rule = {};
    int64_t number = 0;
    bool begins = false;
    // Of one that ends:
    int attempt = 0;
    Model::Ending ending = Model::Ending::kDone;
    absl::Duration pause = {};
  };
  std::optional<Attempt> Attempted();

  // Instead of a request, whether counters are damaged and repaired now; `which` of so many can then be chosen.
  bool Damages();
  std::size_t Choice(std::size_t count) { return static_cast<std::size_t>(Below(static_cast<int64_t>(count))); }

  // A level and a moment in the past, for a look at what it was.
  struct Moment {
    std::string sku = {};
    std::string warehouse = {};
    absl::Time time;
  };
  Moment Past();
  // How many movements one step of a fold looks at.
  int64_t FoldLimit() { return OneOf<int64_t>({1, 2, 5, 1000}); }

  // How far time moves on before it: often not at all, sometimes to the very moment at which a hold ends.
  absl::Duration Pause();

 private:
  using Maker = std::function<Request()>;

  void AddReservationMakers();
  void AddShipmentMakers();
  void AddStockMakers();
  void AddLowStockMakers();
  void AddDocumentMakers();
  void AddConfigurationMakers();
  void AddEstimateMakers();
  // `make` is chosen in proportion to its weight.
  void Add(int weight, Maker make);
  void BuildWorld();
  Request Make();
  // Has parts of the request count in a unit of measure.
  void NameUnits(google::protobuf::Message& request);
  void NameUnit(google::protobuf::Message& part);
  // An earlier request that had a request id, another one under its id, or the one given, with a new id or none.
  Request Identify(Request made);

  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit)); }
  bool OneIn(int64_t times) { return Below(times) == 0; }
  template <typename Value>
  Value OneOf(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(Below(static_cast<int64_t>(values.size())))];
  }

  // One of few codes, so that they are taken already; more as more documents have theirs for ever.
  std::string Code();
  std::string DocumentCode(std::size_t documents);
  // Mostly changes nothing; otherwise the update names its resource by a code, gives it one, takes it away, or makes
  // what is missing.
  template <typename Update, typename Resource>
  void UseCode(Update& update, Resource& resource, const char* id_field);
  std::string EstimateId();
  std::string Sku();
  std::string WarehouseId();
  std::string ChannelId();
  // Mostly one that is live, or open.
  std::string ReservationId();
  std::string ShipmentId();
  // Mostly one that has shipped units.
  std::string ShippedId();
  // Mostly one that is open, or in transit.
  std::string ReplenishmentId();
  std::string TransferId();
  // The etag of a version: mostly none, sometimes right, seldom wrong.
  std::string Etag(int64_t version);
  int64_t LevelVersion(const std::string& sku, const std::string& warehouse) const;
  google::protobuf::Timestamp CountTime();
  std::string RuleId();
  int64_t QuotaVersion(const std::string& sku, const std::string& channel) const;
  v1::StockCondition Condition();
  google::protobuf::Duration Ttl();
  // Anywhere on the equator, where distances are plain differences.
  v1::GeoPoint Place();
  v1::SourcingStrategy Strategy();

  Request Create(const std::string& sku);
  Request UpdateItem();
  Request DeleteItem();
  Request SetStock();
  Request AdjustStock();
  Request ReclassifyStock();
  Request SetSafetyStock();
  Request BatchUpdateStock();
  void AnyChange(v1::StockUpdate& update);
  Request ReserveStock();
  Request ConfirmReservation();
  Request ExtendReservation();
  Request AmendReservation();
  Request CancelReservation();
  Request ReallocateReservation();
  Request CreateLowStockRule();
  Request UpdateLowStockRule();
  Request DeleteLowStockRule();
  Request RetryLowStockEvent();
  Request CreateEstimate();
  Request UpdateEstimate();
  Request DeleteEstimate();
  Request SetQuota();
  Request DeleteQuota();
  Request CreateShipment();
  template <typename Write>
  Request OnShipment();
  Request ReturnStock();
  Request CreateReplenishment();
  Request UpdateReplenishment();
  Request ReceiveReplenishment();
  Request CloseReplenishment();
  Request CreateTransfer();
  Request ReceiveTransfer();
  // What brings the world nearer to one that sells.
  Request Repair();
  Request UpdateWarehouse(const std::string& id, bool active, bool located);
  Request UpsertWarehouse();
  Request UpdateChannel(const std::string& id, bool active);
  Request UpsertChannel();
  Request AttachWarehouse(const std::string& channel);
  Request DetachWarehouse();
  Request CreateWarehouse(const std::string& id, bool active, bool located);
  Request CreateChannel(const std::string& id);
  template <typename Write>
  Request OnWarehouse(const std::string& id);
  template <typename Write>
  Request OnChannel(const std::string& id);

  std::vector<std::string> AnyFieldsOf(const v1::Item& item);
  v1::Item AnyItem(const std::string& sku);
  v1::Item ItemOrKit(const std::string& sku);
  v1::Item AnyKit(const std::string& sku);

  const Model& model_;
  const bool patient_;  // Most orders wait for what is not there.
  const Random random_;
  // Of some worlds only one, so that warehouses run empty there.
  std::vector<std::string> skus_ = {"apple", "bread", "cider"};
  const std::vector<std::string> kits_ = {"basket", "hamper"};  // SKUs that mostly are kits.
  std::vector<Request> world_;                                  // The requests that build it, last one first.
  std::vector<std::pair<int, Maker>> makers_;
  int total_weight_ = 0;
  std::vector<Request> identified_;  // Copies of the requests that had a request id.
};

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_REQUESTS_H_
