#include "tests/bench/scaling/processor.h"

#include <algorithm>
#include <functional>

namespace inventory::bench::scaling {
namespace {

// Less is lost in rounding.
constexpr double kNothingUs = 1e-6;

}  // namespace

double Processor::Rate() const { return std::min(1.0, cores_ / static_cast<double>(jobs_.size())); }

void Processor::Run(double work_us, Simulator::Action done) {
  Advance();
  jobs_.push_back({served_us_ + work_us, jobs_so_far_++, std::move(done)});
  std::push_heap(jobs_.begin(), jobs_.end(), std::greater<>());
  PlanLook();
}

double Processor::UsedUs() {
  Advance();
  return used_us_;
}

void Processor::Advance() {
  const double elapsed_us = simulator_.now_us() - advanced_to_us_;
  advanced_to_us_ = simulator_.now_us();
  if (jobs_.empty()) return;
  served_us_ += elapsed_us * Rate();
  used_us_ += elapsed_us * std::min(cores_, static_cast<double>(jobs_.size()));
}

// A look that comes too early, because others have come since it was planned, does no harm: it plans the next one.
void Processor::PlanLook() {
  if (jobs_.empty()) return;
  const double left_us = std::max(0.0, jobs_.front().end_us - served_us_) / Rate();
  if (simulator_.now_us() + left_us >= next_look_us_) return;
  next_look_us_ = simulator_.now_us() + left_us;
  simulator_.After(left_us, [this, look = ++looks_planned_] {
    if (look == looks_planned_) Look();
  });
}

void Processor::Look() {
  next_look_us_ = std::numeric_limits<double>::infinity();
  Advance();
  std::vector<Simulator::Action> done;
  while (!jobs_.empty() && jobs_.front().end_us <= served_us_ + kNothingUs) {
    std::pop_heap(jobs_.begin(), jobs_.end(), std::greater<>());
    done.push_back(std::move(jobs_.back().done));
    jobs_.pop_back();
  }
  PlanLook();
  for (const Simulator::Action& action : done) action();
}

void Threads::Run(double work_us, Simulator::Action done) {
  if (idle_ == 0) {
    waiting_.emplace_back(work_us, std::move(done));
    return;
  }
  --idle_;
  Begin(work_us, std::move(done));
}

void Threads::Begin(double work_us, Simulator::Action done) {
  processor_.Run(work_us, [this, done = std::move(done)] {
    if (waiting_.empty()) {
      ++idle_;
    } else {
      auto [next_work_us, next] = std::move(waiting_.front());
      waiting_.pop_front();
      Begin(next_work_us, std::move(next));
    }
    done();
  });
}

}  // namespace inventory::bench::scaling
