#include "server/pipeline/sku_directory.h"

#include <map>
#include <utility>

#include "server/pipeline/packet.h"
#include "storage/reservation_repository.h"
#include "storage/shipment_repository.h"

namespace inventory::pipeline {

void SkuDirectory::Resolve(Job& job) const {
  job.skus.insert(job.needs.skus.begin(), job.needs.skus.end());
  job.resolved = true;
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
  std::vector<std::string> reservation_ids;
  for (Job* job : jobs) {
    for (const std::string& shipment_id : job->needs.shipments) {
      auto it = reservation_of.find(shipment_id);
      if (it != reservation_of.end()) job->needs.reservations.push_back(it->second);
    }
    reservation_ids.insert(reservation_ids.end(), job->needs.reservations.begin(), job->needs.reservations.end());
  }
  std::map<std::string, std::vector<std::string>> skus_of;
  Packet lines;
  lines.Add([&](storage::Sql& sql) { return storage::AppendSelectReservationSkus(sql, reservation_ids); },
            [&](const storage::Rows& rows) {
              for (auto& [id, sku] : storage::ParseReservationSkus(rows)) skus_of[id].push_back(std::move(sku));
            });
  if (lines.size() > 0) {
    absl::Status sent = lines.Send(connection);
    if (!sent.ok()) return sent;
  }
  for (Job* job : jobs) {
    for (const std::string& reservation_id : job->needs.reservations) {
      auto it = skus_of.find(reservation_id);
      if (it != skus_of.end()) job->skus.insert(it->second.begin(), it->second.end());
    }
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
  for (auto& [reservation_id, skus] : learned) skus_.Put(reservation_id, std::move(skus), capacity_);
  for (const storage::ShipmentRecord* shipment : shipments) {
    reservations_.Put(shipment->shipment_id, shipment->reservation_id, capacity_);
  }
}

}  // namespace inventory::pipeline
