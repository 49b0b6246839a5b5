#include "server/sourcing/cover.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace inventory::sourcing {
namespace {

// Goes through choices of sites in order of priority.
class Search {
 public:
  // The sites together cover the needs. Both must outlive the search.
  Search(const std::vector<Need>& needs, const Sites& sites) : sites_(sites) {
    for (const Need& need : needs) rows_.push_back(RowOf(need));
  }

  // The first choice of `count` sites that covers the needs, where no smaller one does; nullopt if there is none or
  // the tries are used up.
  std::optional<Sites> Find(std::size_t count) {
    std::size_t next = 0;
    while (tries_ < kMaxTries) {
      const std::size_t left = count - chosen_.size();
      if (MaySuffice(next, left)) {
        if (left == 0) return Chosen();
        Take(next++);
      } else {
        if (chosen_.empty()) return std::nullopt;
        next = chosen_.back() + 1;
        PutBack();
      }
    }
    return std::nullopt;
  }

  bool gave_up() const { return tries_ == kMaxTries; }

 private:
  // A need, seen from the positions in sites_.
  struct Row {
    std::vector<int64_t> gives;
    int64_t missing = 0;  // Below zero: more is chosen than needed.
    // Of the sites from a position on: what they give together, up to the quantity, and the most that one gives.
    std::vector<int64_t> together;
    std::vector<int64_t> most;
  };

  Row RowOf(const Need& need) const {
    const std::size_t size = sites_.size();
    Row row{.gives = {},
            .missing = need.quantity,
            .together = std::vector<int64_t>(size + 1),
            .most = std::vector<int64_t>(size + 1)};
    for (std::size_t site : sites_) row.gives.push_back(need.gives[site]);
    for (std::size_t position = size; position-- > 0;) {
      row.together[position] = std::min(need.quantity, row.together[position + 1] + row.gives[position]);
      row.most[position] = std::max(row.most[position + 1], row.gives[position]);
    }
    return row;
  }

  // False if no `left` sites from the position `next` on can bring what is missing.
  bool MaySuffice(std::size_t next, std::size_t left) const {
    const auto count = static_cast<int64_t>(left);
    return std::all_of(rows_.begin(), rows_.end(), [next, count](const Row& row) {
      if (row.missing <= 0) return true;
      // Rather than missing <= count * most, which may overflow.
      return count > 0 && row.missing <= row.together[next] && (row.missing - 1) / count < row.most[next];
    });
  }

  void Take(std::size_t position) {
    ++tries_;
    chosen_.push_back(position);
    for (Row& row : rows_) row.missing -= row.gives[position];
  }

  void PutBack() {
    for (Row& row : rows_) row.missing += row.gives[chosen_.back()];
    chosen_.pop_back();
  }

  Sites Chosen() const {
    Sites sites;
    for (std::size_t position : chosen_) sites.push_back(sites_[position]);
    return sites;
  }

  const Sites& sites_;
  std::vector<Row> rows_;
  std::vector<std::size_t> chosen_;  // Positions in sites_, ascending.
  int tries_ = 0;
};

// How much of what is missing the site gives: the sum of its shares of the needs' quantities, so that a SKU counted in
// grams weighs no more than one counted in pieces.
double Gain(const std::vector<Need>& needs, const std::vector<int64_t>& missing, std::size_t site) {
  double gain = 0;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const int64_t units = std::min(needs[i].gives[site], missing[i]);
    if (units > 0) gain += static_cast<double>(units) / static_cast<double>(needs[i].quantity);
  }
  return gain;
}

// Takes the site that gains most until all is covered, then leaves out those that turn out not to be needed, the last
// in order of priority first.
Sites Greedy(const std::vector<Need>& needs, Sites sites) {
  std::vector<int64_t> missing;
  for (const Need& need : needs) missing.push_back(need.quantity);
  Sites chosen;
  while (std::any_of(missing.begin(), missing.end(), [](int64_t units) { return units > 0; })) {
    auto best = sites.begin();
    double most = 0;
    for (auto site = sites.begin(); site != sites.end(); ++site) {
      const double gain = Gain(needs, missing, *site);
      if (gain > most) {
        best = site;
        most = gain;
      }
    }
    for (std::size_t i = 0; i < needs.size(); ++i) missing[i] -= needs[i].gives[*best];
    chosen.push_back(*best);
    sites.erase(best);
  }
  std::sort(chosen.begin(), chosen.end(), std::greater<>());
  std::erase_if(chosen, [&](std::size_t site) {
    for (std::size_t i = 0; i < needs.size(); ++i) {
      if (missing[i] + needs[i].gives[site] > 0) return false;
    }
    for (std::size_t i = 0; i < needs.size(); ++i) missing[i] += needs[i].gives[site];
    return true;
  });
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

Sites FewestForOne(const Need& need, const Sites& sites) {
  Sites largest = sites;
  std::stable_sort(largest.begin(), largest.end(),
                   [&need](std::size_t a, std::size_t b) { return need.gives[a] > need.gives[b]; });
  std::size_t count = 0;
  int64_t surplus = -need.quantity;
  while (surplus < 0) surplus += need.gives[largest[count++]];
  largest.resize(count);
  std::vector<bool> among_largest(need.gives.size());
  for (std::size_t site : largest) among_largest[site] = true;

  // The largest are a smallest choice. Any other site replaces the least of those that come after it, if the surplus
  // allows that.
  Sites chosen;
  for (std::size_t site : sites) {
    if (among_largest[site]) {
      chosen.push_back(site);
      continue;
    }
    while (!largest.empty() && largest.back() < site) largest.pop_back();
    if (largest.empty()) break;
    const int64_t loss = need.gives[largest.back()] - need.gives[site];
    if (loss > surplus) continue;
    surplus -= loss;
    among_largest[largest.back()] = false;
    largest.pop_back();
    chosen.push_back(site);
  }
  return chosen;
}

Sites FewestForAll(const std::vector<Need>& needs, const Sites& sites) {
  if (needs.size() == 1) return FewestForOne(needs.front(), sites);
  std::size_t least = 0;
  for (const Need& need : needs) least = std::max(least, FewestForOne(need, sites).size());
  Search search(needs, sites);
  for (std::size_t count = least; !search.gave_up(); ++count) {
    if (std::optional<Sites> found = search.Find(count)) return *std::move(found);
  }
  return Greedy(needs, sites);
}

}  // namespace inventory::sourcing
