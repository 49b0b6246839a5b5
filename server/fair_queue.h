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
// Integrated Services Packet Switching Networks", IEEE/ACM Transactions on Networking 5(5), 1997. Not thread-safe.
template <typename T>
class FairQueue {
 public:
  using Item = std::unique_ptr<T>;

  enum class Choice { kTake, kPass, kStop };

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  const T& first() const { return *items_.front(); }

  // `cost`, at least 1, is what the item takes as a multiple of the smallest.
  void Push(Item item, uint64_t cost = 1) {
    if (shares_.size() >= forget_at_) ForgetShares();
    Share& share = shares_[item->share];
    ++share.items;
    item->turn = std::max(now_, share.next);
    share.next = item->turn + cost;
    // Nearly always the last.
    if (items_.empty() || items_.back()->turn <= item->turn) return items_.push_back(std::move(item));
    const auto later = std::upper_bound(items_.begin(), items_.end(), item->turn,
                                        [](uint64_t turn, const Item& other) { return turn < other->turn; });
    items_.insert(later, std::move(item));
  }

  // Adds the item if fewer than `most` wait, or else in place of the last one of the share that has most waiting, if
  // that has more than the item's would have. Returns what has no place, if anything.
  Item PushWithin(Item item, std::size_t most) {
    Item away;
    if (size() >= most) {
      if (empty()) return item;
      const std::string greediest = Greediest();
      if (Of(greediest) <= Of(item->share) + 1) return item;
      away = TakeLastOf(greediest, [](const T&) { return true; });
    }
    Push(std::move(item));
    return away;
  }

  // Before all others: for what was taken and could not be finished.
  void PutFirst(Item item) {
    ++shares_[item->share].items;
    item->turn = items_.empty() ? now_ : items_.front()->turn;
    items_.push_front(std::move(item));
  }

  // There must be one.
  Item TakeFirst() {
    Item item = std::move(items_.front());
    items_.pop_front();
    now_ = std::max(now_, item->turn);
    Gone(*item);
    BeginAnewIfEmpty();
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
        now_ = std::max(now_, items_[seen]->turn);
        taken.push_back(std::move(items_[seen]));
      } else {
        if (kept != seen) items_[kept] = std::move(items_[seen]);
        ++kept;
      }
    }
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(kept),
                 items_.begin() + static_cast<std::ptrdiff_t>(seen));
    for (const Item& item : taken) Gone(*item);
    BeginAnewIfEmpty();
    return taken;
  }

  // How many items of the share wait.
  std::size_t Of(const std::string& share) const {
    const auto found = shares_.find(share);
    return found == shares_.end() ? 0 : found->second.items;
  }

  // How many shares it knows of, some of which may have nothing waiting.
  std::size_t shares() const { return shares_.size(); }

  // The share that has most waiting; there must be one.
  const std::string& Greediest() const {
    return std::max_element(shares_.begin(), shares_.end(),
                            [](const auto& one, const auto& other) { return one.second.items < other.second.items; })
        ->first;
  }

  // Takes out the last item of the share that `may_go` says so of; null if there is none.
  template <typename MayGo>
  Item TakeLastOf(const std::string& share, MayGo may_go) {
    const auto last = std::find_if(items_.rbegin(), items_.rend(),
                                   [&](const Item& item) { return item->share == share && may_go(*item); });
    if (last == items_.rend()) return nullptr;
    Item item = std::move(*last);
    items_.erase(std::next(last).base());
    Gone(*item);
    BeginAnewIfEmpty();
    return item;
  }

 private:
  static constexpr std::size_t kShares = 64;

  struct Share {
    std::size_t items = 0;
    uint64_t next = 0;  // The turn that its next item can have at the earliest.
  };

  void Gone(const T& item) { --shares_.find(item.share)->second.items; }

  // Once nothing waits, all begin anew.
  void BeginAnewIfEmpty() {
    if (items_.empty()) shares_.clear();
  }

  // Those that have nothing waiting, and no more turns behind them than there were.
  void ForgetShares() {
    absl::erase_if(shares_, [this](const auto& share) { return share.second.items == 0 && share.second.next <= now_; });
    forget_at_ = 2 * shares_.size() + kShares;
  }

  std::deque<Item> items_;  // By turn.
  absl::flat_hash_map<std::string, Share> shares_;
  uint64_t now_ = 0;                 // The latest turn that was served.
  std::size_t forget_at_ = kShares;  // When there are so many shares.
};

}  // namespace inventory

#endif  // INVENTORY_SERVER_FAIR_QUEUE_H_
