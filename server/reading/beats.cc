#include "server/reading/beats.h"

#include <algorithm>
#include <iterator>

namespace inventory::reading {

void Beats::Note(int64_t beats, bool raised, Time asked) {
  // The counter never falls, unless the database is another one: restored, or promoted without all that was committed.
  if (last_beats_ && beats < *last_beats_) {
    known_.clear();
    last_beats_.reset();
  }
  if (raised) {
    // It was committed after it was asked for.
    known_.push_back({beats, asked});
  } else if (last_beats_ && beats > *last_beats_) {
    // Somebody else's was committed after the question whose answer didn't have it.
    known_.push_back({beats, last_asked_});
  }
  if (known_.size() > kMost) known_.pop_front();
  last_beats_ = beats;
  last_asked_ = asked;
}

std::optional<Beats::Time> Beats::CompleteUntil(int64_t beats) const {
  const auto after = std::upper_bound(known_.begin(), known_.end(), beats,
                                      [](int64_t value, const Known& known) { return value < known.beats; });
  if (after == known_.begin()) return std::nullopt;
  return std::prev(after)->complete_until;
}

}  // namespace inventory::reading
