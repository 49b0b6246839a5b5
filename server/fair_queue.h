// Queues in which nobody waits for all of somebody else's work.
#ifndef INVENTORY_SERVER_FAIR_QUEUE_H_
#define INVENTORY_SERVER_FAIR_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/share_counts.h"

namespace inventory {

// What waits in a FairQueue.
struct Waits {
  // Whose it is: see rpc::Origin. Empty: the server's own.
  std::string share = {};
  // The queue's.
  uint64_t turn = 0;
};

// Items, each owned by the queue and derived from Waits, in an order that is fair to their shares: what comes from one
// share keeps its order, and between shares turns go round by cost, however much each has waiting. An item comes after
// what was there for as long as its own share has been served, so one share alone is first in first out, and what
// comes from a share that has nothing waiting is before all but the first of each other share.
//
// That is start-time fair queueing: Goyal, Vin and Cheng, "Start-Time Fair Queueing: A Scheduling Algorithm for
// Integrated Services Packet Switching Networks", IEEE/ACM Transactions on Networking 5(5), 1997. What is served before
// its turn, because what is before it can't be yet, moves nobody's turn. Not thread-safe.
template <typename T>
class FairQueue {
 public:
  using Item = std::unique_ptr<T>;

  enum class Choice { kTake, kPass, kStop };

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  const T& first() const { return *items_.front(); }
  // How many items of the share wait.
  std::size_t Of(const std::string& share) const { return counts_.Of(share); }
  // How many shares it knows of, some of which may have nothing waiting.
  std::size_t shares() const { return next_.size(); }

  // `cost`, at least 1, is what the item takes as a multiple of the smallest.
  void Push(Item item, uint64_t cost = 1) {
    item->turn = Advance(item->share, cost);
    counts_.Add(item->share);
    // Nearly always the last.
    if (items_.empty() || items_.back()->turn <= item->turn) return items_.push_back(std::move(item));
    const auto later = std::upper_bound(items_.begin(), items_.end(), item->turn,
                                        [](uint64_t turn, const Item& other) { return turn < other->turn; });
    items_.insert(later, std::move(item));
  }

  // Adds the item if fewer than `most` wait, or else in place of the last one of a share that gives way to its own.
  // Returns what has no place, if anything.
  Item PushWithin(Item item, std::size_t most, uint64_t cost = 1) {
    Item away;
    if (size() >= most) {
      const std::string* share = counts_.WhoGivesWayTo(item->share);
      if (share == nullptr) return item;
      away = TakeLastOf(std::string(*share), [](const T&) { return true; });
    }
    Push(std::move(item), cost);
    return away;
  }

  // Before all others: for what was taken and could not be finished. It costs its share as much again.
  void PutFirst(Item item, uint64_t cost = 1) {
    Advance(item->share, cost);
    counts_.Add(item->share);
    item->turn = items_.empty() ? now_ : items_.front()->turn;
    items_.push_front(std::move(item));
  }

  // Has the share's next item wait for so many turns more: what was taken has cost more than was known before.
  void Charge(const std::string& share, uint64_t cost) {
    if (!items_.empty()) Advance(share, cost);
  }

  // There must be one.
  Item TakeFirst() {
    Item item = std::move(items_.front());
    items_.pop_front();
    now_ = std::max(now_, item->turn);
    Gone(*item);
    return item;
  }

  // Looks at the first items, at most so many, in order, until `choose` says to stop before one, and takes those that
  // it says to take.
  std::vector<Item> TakeIf(std::size_t most, const std::function<Choice(const T&)>& choose) {
    std::vector<Item> taken;
    const std::size_t look = std::min(most, items_.size());
    std::size_t kept = 0;
    std::size_t seen = 0;
    for (; seen < look; ++seen) {
      const Choice choice = choose(*items_[seen]);
      if (choice == Choice::kStop) break;
      if (choice == Choice::kTake) {
        taken.push_back(std::move(items_[seen]));
      } else {
        if (kept != seen) items_[kept] = std::move(items_[seen]);
        ++kept;
      }
    }
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(kept),
                 items_.begin() + static_cast<std::ptrdiff_t>(seen));
    if (taken.empty()) return taken;
    const uint64_t latest = taken.back()->turn;
    now_ = std::max(now_, items_.empty() ? latest : std::min(latest, items_.front()->turn));
    for (const Item& item : taken) Gone(*item);
    return taken;
  }

  // Takes out the last item of the share that `may_go` says so of; null if there is none.
  template <typename MayGo>
  Item TakeLastOf(const std::string& share, MayGo may_go) {
    bool last = true;
    for (auto it = items_.rbegin(); it != items_.rend(); ++it) {
      if ((*it)->share != share) continue;
      if (!may_go(**it)) {
        last = false;
        continue;
      }
      Item item = std::move(*it);
      items_.erase(std::next(it).base());
      // Its turns were not used.
      if (last) next_[share] = item->turn;
      Gone(*item);
      return item;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kShares = 64;

  // The share's next turn; the one after it is so much later.
  uint64_t Advance(const std::string& share, uint64_t cost) {
    if (next_.size() >= forget_at_) ForgetShares();
    uint64_t& next = next_[share];
    const uint64_t turn = std::max(now_, next);
    next = turn + cost;
    return turn;
  }

  // Once nothing waits, all begin anew.
  void Gone(const T& item) {
    counts_.Remove(item.share);
    if (items_.empty()) next_.clear();
  }

  // Those that have no more turns behind them than there were.
  void ForgetShares() {
    absl::erase_if(next_, [this](const auto& share) { return share.second <= now_; });
    forget_at_ = 2 * next_.size() + kShares;
  }

  std::deque<Item> items_;  // By turn.
  ShareCounts counts_;
  absl::flat_hash_map<std::string, uint64_t> next_;  // The turn that a share's next item can have at the earliest.
  uint64_t now_ = 0;                                 // The latest turn that was served.
  std::size_t forget_at_ = kShares;                  // When there are so many shares.
};

}  // namespace inventory

#endif  // INVENTORY_SERVER_FAIR_QUEUE_H_
