// Jobs for tests of what carries jobs.
#ifndef INVENTORY_TESTS_UNIT_PIPELINE_JOBS_H_
#define INVENTORY_TESTS_UNIT_PIPELINE_JOBS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/pipeline/job.h"

namespace inventory::pipeline {

// Does nothing.
class NoCommand final : public Command {
 public:
  explicit NoCommand(std::string name = "Nothing") : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  Needs needs() const override { return {}; }
  absl::Status Apply(Work&) override { return absl::OkStatus(); }
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 private:
  const std::string name_;
};

// A job that is told from others by its request id and knows its SKUs.
inline std::unique_ptr<Job> MakeJob(std::string id, std::set<std::string> skus) {
  auto job = std::make_unique<Job>();
  job->command = std::make_unique<NoCommand>();
  job->identity.request_id = std::move(id);
  job->skus = std::move(skus);
  job->resolved = true;
  return job;
}

inline std::vector<std::string> IdsOf(const Jobs& jobs) {
  std::vector<std::string> ids;
  for (const std::unique_ptr<Job>& job : jobs) ids.push_back(job->identity.request_id);
  return ids;
}

}  // namespace inventory::pipeline

#endif  // INVENTORY_TESTS_UNIT_PIPELINE_JOBS_H_
