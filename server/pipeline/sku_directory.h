// Which SKUs a reservation locks, without asking the database.
#ifndef INVENTORY_SERVER_PIPELINE_SKU_DIRECTORY_H_
#define INVENTORY_SERVER_PIPELINE_SKU_DIRECTORY_H_

#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "server/pipeline/job.h"
#include "server/pipeline/rows.h"
#include "storage/connection.h"
#include "storage/mutex.h"

namespace inventory::pipeline {

// Remembers the SKUs of recent reservations and the reservations of recent shipments, so that a confirm or a shipment
// soon after the reservation needs no look at the database before its batch. A reservation only ever gains SKUs, and
// the batch checks what it loads, so a stale entry costs one more round and nothing else. Bounded; thread-safe.
class SkuDirectory {
 public:
  // Remembers at least `capacity` reservations and as many shipments.
  explicit SkuDirectory(std::size_t capacity) : capacity_(capacity) {}

  // Fills job.skus and job.needs.reservations from memory and sets job.resolved if all is known.
  void Resolve(Job& job) const;

  // The same for jobs that memory could not resolve, from the database; what does not exist there stays unknown and the
  // command will find it missing. All of them are resolved afterwards.
  absl::Status Resolve(const std::vector<Job*>& jobs, storage::Connection& connection);

  // Remembers what a committed batch has written.
  void Learn(const Rows& rows);

 private:
  // A map that forgets the older half of its entries when it is full.
  template <typename Value>
  struct Memory {
    absl::flat_hash_map<std::string, Value> young;
    absl::flat_hash_map<std::string, Value> old;

    const Value* Find(const std::string& key) const {
      if (auto it = young.find(key); it != young.end()) return &it->second;
      if (auto it = old.find(key); it != old.end()) return &it->second;
      return nullptr;
    }
    void Put(const std::string& key, Value value, std::size_t capacity) {
      if (young.size() >= capacity) old = std::exchange(young, {});
      young[key] = std::move(value);
    }
  };

  const std::size_t capacity_;
  mutable storage::Mutex mutex_;
  Memory<std::vector<std::string>> skus_ GUARDED_BY(mutex_);
  Memory<std::string> reservations_ GUARDED_BY(mutex_);
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_SKU_DIRECTORY_H_
