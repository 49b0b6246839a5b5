// The order in time. The ledger of a SKU says in which order its writes were committed; no caller may have seen
// another.
//
// At every moment some place in the ledger is known to be reached: somebody who had been answered by then had seen it.
// What begins after that moment must come after that place, if it is a write, or see it, if it is a read. And no place
// whose write began after a read had ended may be seen by that read.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"

namespace inventory::history {
namespace {

using Kind = Violation::Kind;
using End = Write::End;

// From one place in a ledger to another, both included; empty if the last lies before the first. 0 is before all.
struct Places {
  int64_t first = 0;
  int64_t last = 0;
};

// One SKU's ledger with the times that are known of its places.
class Timeline {
 public:
  Timeline(const std::vector<v1::Movement>& movements, const Writes& writes) : movements_(movements) {
    absl::Time latest = absl::InfinitePast();
    for (std::size_t i = 0; i < movements.size(); ++i) {
      const auto write = writes.find(movements[i].request_id());
      const bool own = write != writes.end() && !Follows(movements[i]);
      if (own) latest = std::max(latest, write->second->start);
      latest_start_.push_back(latest);
      levels_[movements[i].warehouse_id()].push_back(static_cast<int64_t>(i) + 1);
      if (own && write->second->end == End::kAcknowledged) Know(write->second->finish, static_cast<int64_t>(i) + 1);
    }
  }

  // Somebody had seen the place by then. All must be known before the first question.
  void Know(absl::Time time, int64_t place) { seen_.emplace_back(time, place); }
  void Sort() {
    std::sort(seen_.begin(), seen_.end());
    int64_t furthest = 0;
    for (auto& [time, place] : seen_) place = furthest = std::max(furthest, place);
  }

  // The furthest place that had been seen before then.
  int64_t ReachedBefore(absl::Time time) const {
    const auto after = std::lower_bound(seen_.begin(), seen_.end(), std::pair(time, int64_t{0}));
    return after == seen_.begin() ? 0 : std::prev(after)->second;
  }
  // The last place that can have been reached by then.
  int64_t ReachableBy(absl::Time time) const {
    return std::upper_bound(latest_start_.begin(), latest_start_.end(), time) - latest_start_.begin();
  }

  // Where a warehouse's level has that version.
  Places PlacesOf(const std::string& warehouse_id, int64_t version) const {
    const auto end = static_cast<int64_t>(movements_.size());
    const auto level = levels_.find(warehouse_id);
    const auto count = level == levels_.end() ? 0 : static_cast<int64_t>(level->second.size());
    if (version > count) return {end + 1, end};
    return {version == 0 ? 0 : level->second[version - 1], version == count ? end : level->second[version] - 1};
  }

  const std::vector<v1::Movement>& movements() const { return movements_; }

 private:
  const std::vector<v1::Movement>& movements_;
  std::vector<absl::Time> latest_start_;                // By place: the latest of its write and of those before it.
  std::map<std::string, std::vector<int64_t>> levels_;  // By warehouse: the places that change its level.
  std::vector<std::pair<absl::Time, int64_t>> seen_;    // Once sorted: each with the furthest place so far.
};

void CheckWriteOrder(const Timeline& timeline, const Writes& writes, Violations& violations) {
  int64_t place = 0;
  for (const v1::Movement& movement : timeline.movements()) {
    ++place;
    const auto write = writes.find(movement.request_id());
    if (write == writes.end() || Follows(movement)) continue;
    const int64_t reached = timeline.ReachedBefore(write->second->start);
    if (reached < place) continue;
    violations.push_back(
        {Kind::kOrder, absl::StrCat(write->first, " began when sequence ", reached, " of ", movement.sku(),
                                    " had been seen, and comes before it: ", movement.ShortDebugString())});
  }
}

std::string Span(const Read& read) {
  return absl::StrCat("a read from ", absl::FormatTime(read.start, absl::UTCTimeZone()), " to ",
                      absl::FormatTime(read.finish, absl::UTCTimeZone()));
}

void CheckLevelRead(const Read& read, const Timeline& timeline, Violations& violations) {
  const v1::StockLevel& level = *read.level;
  const Places places = timeline.PlacesOf(level.warehouse_id(), level.version());
  const int64_t reached = timeline.ReachedBefore(read.start);
  if (places.first > places.last) return;  // It never was; the check of answers says so.
  if (places.last < reached) {
    violations.push_back(
        {Kind::kStale, absl::StrCat(Span(read), " does not see sequence ", reached, ": ", level.ShortDebugString())});
  }
  if (!read.may_vanish && places.first > timeline.ReachableBy(read.finish)) {
    violations.push_back(
        {Kind::kFuture, absl::StrCat(Span(read), " sees what was not asked for yet: ", level.ShortDebugString())});
  }
}

// What warehouses together have available, by place.
std::vector<int64_t> AvailableBy(const std::vector<v1::Movement>& movements, const std::set<std::string>& warehouses) {
  std::map<std::string, int64_t> available;
  std::vector<int64_t> sums = {0};
  for (const v1::Movement& movement : movements) {
    int64_t& here = available[movement.warehouse_id()];
    const int64_t change = Available(movement.balance()) - here;
    here += change;
    sums.push_back(sums.back() + (warehouses.contains(movement.warehouse_id()) ? change : 0));
  }
  return sums;
}

// It must be what the channel could sell at some place that the read may have seen.
void CheckAvailability(const Read& read, const std::vector<int64_t>& available, const Timeline& timeline,
                       Violations& violations) {
  const int64_t first = timeline.ReachedBefore(read.start);
  const int64_t last = timeline.ReachableBy(read.finish);
  for (int64_t place = first; place <= last; ++place) {
    if (available[place] == read.available) return;
  }
  violations.push_back(
      {Kind::kStale, absl::StrCat(Span(read), " shows ", read.available, " of ", read.sku, " in ", read.channel_id,
                                  ", which has not been so from sequence ", first, " to ", last)});
}

const std::string& SkuOf(const Read& read) { return read.level ? read.level->sku() : read.sku; }

// What answers had shown of a ledger, besides the writes' own movements.
void LearnFromReads(const History& history, std::map<std::string, Timeline>& timelines) {
  for (const Read& read : history.reads) {
    const auto timeline = timelines.find(SkuOf(read));
    if (timeline == timelines.end() || !read.level || read.may_vanish) continue;
    const Places places = timeline->second.PlacesOf(read.level->warehouse_id(), read.level->version());
    if (places.first <= places.last) timeline->second.Know(read.finish, places.first);
  }
}

}  // namespace

Violations CheckTime(const History& history, const Writes& writes) {
  Violations violations;
  std::map<std::string, Timeline> timelines;
  for (const auto& [sku, movements] : history.ledgers) timelines.try_emplace(sku, movements, writes);
  LearnFromReads(history, timelines);
  for (auto& [sku, timeline] : timelines) {
    timeline.Sort();
    CheckWriteOrder(timeline, writes, violations);
  }
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> available;  // By SKU and channel.
  for (const Read& read : history.reads) {
    const auto timeline = timelines.find(SkuOf(read));
    if (timeline == timelines.end()) continue;
    if (read.level) {
      CheckLevelRead(read, timeline->second, violations);
      continue;
    }
    if (read.may_vanish) continue;
    const auto [sums, first] = available.try_emplace({read.sku, read.channel_id});
    if (first) sums->second = AvailableBy(timeline->second.movements(), history.channels.at(read.channel_id));
    CheckAvailability(read, sums->second, timeline->second, violations);
  }
  return violations;
}

}  // namespace inventory::history
