// Who has how much.
#ifndef INVENTORY_SERVER_SHARE_COUNTS_H_
#define INVENTORY_SERVER_SHARE_COUNTS_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"

namespace inventory {

// Counts things by share, and knows at any time who has most; all of it takes constant time. Not thread-safe.
class ShareCounts {
 public:
  void Add(const std::string& share) {
    auto& [name, count] = *counts_.try_emplace(share, 0).first;
    if (count > 0) having_[count].erase(&name);
    ++count;
    if (having_.size() <= count) having_.resize(count + 1);
    having_[count].insert(&name);
    most_ = std::max(most_, count);
  }

  // It must have one.
  void Remove(const std::string& share) {
    const auto found = counts_.find(share);
    auto& [name, count] = *found;
    having_[count].erase(&name);
    // It has as many as the most now, or another one still has.
    if (count == most_ && having_[count].empty()) --most_;
    --count;
    if (count == 0) {
      counts_.erase(found);
    } else {
      having_[count].insert(&name);
    }
  }

  std::size_t Of(const std::string& share) const {
    const auto found = counts_.find(share);
    return found == counts_.end() ? 0 : found->second;
  }

  // Who gives way to one more of the share: one that has most, if that is more than the share would have. Null: nobody.
  const std::string* WhoGivesWayTo(const std::string& share) const {
    return most_ > Of(share) + 1 ? *having_[most_].begin() : nullptr;
  }

 private:
  absl::node_hash_map<std::string, std::size_t> counts_;
  std::vector<absl::flat_hash_set<const std::string*>> having_;  // By count; keys of counts_.
  std::size_t most_ = 0;
};

}  // namespace inventory

#endif  // INVENTORY_SERVER_SHARE_COUNTS_H_
