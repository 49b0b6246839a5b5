#include "server/pipeline/sku_directory.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "server/pipeline/packet.h"
#include "storage/low_stock_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/reservation_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"

namespace inventory::pipeline {
namespace {

// The SKUs of the documents that jobs need, which stand in the rows of Record.
template <typename Record>
class SkusOf {
 public:
  // Adds the question to the packet.
  SkusOf(Packet& packet, const std::vector<Job*>& jobs, std::vector<std::string> Needs::*ids) : ids_(ids) {
    std::vector<std::string> all;
    for (const Job* job : jobs) all.insert(all.end(), (job->needs.*ids).begin(), (job->needs.*ids).end());
    packet.Add([&](storage::Sql& sql) { return storage::AppendSelectSkusByKeyPrefix<Record>(sql, all); },
               [this](const storage::Rows& rows) {
                 for (auto& [id, sku] : storage::ParsePairs(rows)) skus_[id].push_back(std::move(sku));
               });
  }

  // Once the packet was sent.
  void AddTo(Job& job) const {
    for (const std::string& id : job.needs.*ids_) {
      auto it = skus_.find(id);
      if (it != skus_.end()) job.skus.insert(it->second.begin(), it->second.end());
    }
  }

 private:
  std::vector<std::string> Needs::*const ids_;
  std::map<std::string, std::vector<std::string>> skus_;
};

}  // namespace

void SkuDirectory::Resolve(Job& job) const {
  job.skus.insert(job.needs.skus.begin(), job.needs.skus.end());
  job.resolved = job.needs.replenishments.empty() && job.needs.transfers.empty() && job.needs.low_stock_rules.empty();
  if (job.needs.reservations.empty() && job.needs.shipments.empty()) return;
  storage::MutexLock lock(mutex_);
  for (const std::string& shipment_id : job.needs.shipments) {
    const std::string* reservation_id = reservations_.Find(shipment_id);
    if (reservation_id == nullptr) {
      job.resolved = false;
    } else {
      job.needs.reservations.push_back(*reservation_id);
    }
  }
  for (const std::string& reservation_id : job.needs.reservations) {
    const std::vector<std::string>* skus = skus_.Find(reservation_id);
    if (skus == nullptr) {
      job.resolved = false;
    } else {
      job.skus.insert(skus->begin(), skus->end());
    }
  }
}

absl::Status SkuDirectory::Resolve(const std::vector<Job*>& jobs, storage::Connection& connection) {
  std::vector<std::string> shipment_ids;
  for (const Job* job : jobs) {
    shipment_ids.insert(shipment_ids.end(), job->needs.shipments.begin(), job->needs.shipments.end());
  }
  std::map<std::string, std::string> reservation_of;
  Packet shipments;
  shipments.Add([&](storage::Sql& sql) { return storage::AppendSelectShipmentReservations(sql, shipment_ids); },
                [&](const storage::Rows& rows) {
                  for (auto& pair : storage::ParseShipmentReservations(rows)) reservation_of.insert(std::move(pair));
                });
  if (shipments.size() > 0) {
    absl::Status sent = shipments.Send(connection);
    if (!sent.ok()) return sent;
  }
  for (Job* job : jobs) {
    for (const std::string& shipment_id : job->needs.shipments) {
      auto it = reservation_of.find(shipment_id);
      if (it != reservation_of.end()) job->needs.reservations.push_back(it->second);
    }
  }
  Packet packet;
  SkusOf<storage::ReservationLineRecord> reservations(packet, jobs, &Needs::reservations);
  SkusOf<storage::ReplenishmentRecord> replenishments(packet, jobs, &Needs::replenishments);
  SkusOf<storage::TransferLineRecord> transfers(packet, jobs, &Needs::transfers);
  SkusOf<storage::LowStockRuleRecord> rules(packet, jobs, &Needs::low_stock_rules);
  if (packet.size() > 0) {
    absl::Status sent = packet.Send(connection);
    if (!sent.ok()) return sent;
  }
  for (Job* job : jobs) {
    reservations.AddTo(*job);
    replenishments.AddTo(*job);
    transfers.AddTo(*job);
    rules.AddTo(*job);
    job->resolved = true;
  }
  return absl::OkStatus();
}

void SkuDirectory::Learn(const Rows& rows) {
  std::vector<std::pair<std::string, std::vector<std::string>>> learned;
  for (const storage::ReservationRecord* reservation : rows.reservations.Written()) {
    std::vector<std::string> skus;
    const auto lines = rows.reservation_lines.Range({reservation->reservation_id, ""}, [&](const auto& line) {
      return line.reservation_id == reservation->reservation_id;
    });
    for (const storage::ReservationLineRecord* line : lines) skus.push_back(line->sku);
    learned.emplace_back(reservation->reservation_id, std::move(skus));
  }
  const auto shipments = rows.shipments.Added();
  if (learned.empty() && shipments.empty()) return;
  storage::MutexLock lock(mutex_);
  for (auto& [reservation_id, skus] : learned) {
    // Lanes tell in any order, and a later batch may know more: a reservation's SKUs only grow.
    if (const std::vector<std::string>* known = skus_.Find(reservation_id)) {
      std::set<std::string> all(known->begin(), known->end());
      all.insert(skus.begin(), skus.end());
      skus.assign(all.begin(), all.end());
    }
    skus_.Put(reservation_id, std::move(skus), capacity_);
  }
  for (const storage::ShipmentRecord* shipment : shipments) {
    reservations_.Put(shipment->shipment_id, shipment->reservation_id, capacity_);
  }
}

}  // namespace inventory::pipeline
