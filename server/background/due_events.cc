#include "server/background/due_events.h"

namespace inventory::background {

std::string DueEvents::DestinationOf(const storage::DueEvent& event) const {
  if (activity_ == nullptr) return "";
  return activity_->destination(activities::Parameters(event.parameters.begin(), event.parameters.end()));
}

void DueEvents::Add(std::vector<storage::DueEvent> page) {
  ++pages_;
  complete_ = static_cast<int64_t>(page.size()) < kPage;
  for (const storage::DueEvent& event : page) {
    std::string destination = DestinationOf(event);
    std::size_t& count = counts_[destination];
    if (!destination.empty() && count == kEnough) continue;
    ++count;
    events_.push_back({event.key, std::move(destination)});
  }
  if (!page.empty()) last_ = std::move(page.back());
}

bool DueEvents::WantsMore() const {
  if (complete_ || pages_ == kMaxPages) return false;
  std::size_t count = 0;  // Of destinations that don't have enough yet.
  for (const auto& [destination, waiting] : counts_) {
    if (destination.empty() || waiting < kEnough) count += waiting;
  }
  return count < static_cast<std::size_t>(kPage);
}

}  // namespace inventory::background
