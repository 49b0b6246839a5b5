// The cores of a machine, and threads that run on them.
#ifndef INVENTORY_TESTS_BENCH_SCALING_PROCESSOR_H_
#define INVENTORY_TESTS_BENCH_SCALING_PROCESSOR_H_

#include <cstdint>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include "tests/bench/scaling/simulator.h"

namespace inventory::bench::scaling {

// Cores that all that runs on them shares equally: each job has a core to itself, or its part of them if there are more
// jobs than cores. Not thread-safe.
class Processor {
 public:
  // The simulator must outlive the processor.
  Processor(Simulator& simulator, double cores) : simulator_(simulator), cores_(cores) {}
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // Calls `done` when the job has had so much CPU time.
  void Run(double work_us, Simulator::Action done);

  // CPU time that was used so far.
  double UsedUs();

 private:
  struct Job {
    double end_us;  // In served_us_.
    uint64_t number;
    Simulator::Action done;

    bool operator>(const Job& other) const {
      return end_us > other.end_us || (end_us == other.end_us && number > other.number);
    }
  };

  // What each job gets of a core.
  double Rate() const;
  // Accounts for the time since it was last called.
  void Advance();
  // Sees to it that the next end is not missed.
  void PlanLook();
  void Look();

  Simulator& simulator_;
  const double cores_;
  std::vector<Job> jobs_;  // A heap with the one that ends first at its front.
  uint64_t jobs_so_far_ = 0;
  // What a job would have got that is there since the beginning. As all get the same, this tells when each ends,
  // whoever comes later.
  double served_us_ = 0;
  double used_us_ = 0;
  double advanced_to_us_ = 0;
  double next_look_us_ = std::numeric_limits<double>::infinity();
  uint64_t looks_planned_ = 0;
};

// So many threads that do one job after another, in the order of asking. However much waits for them, they take no more
// of the cores than their number does. Not thread-safe.
class Threads {
 public:
  // The processor must outlive the threads.
  Threads(Processor& processor, int count) : processor_(processor), idle_(count) {}

  // Calls `done` when a thread has done it.
  void Run(double work_us, Simulator::Action done);

 private:
  void Begin(double work_us, Simulator::Action done);

  Processor& processor_;
  int idle_;
  std::deque<std::pair<double, Simulator::Action>> waiting_;
};

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_PROCESSOR_H_
