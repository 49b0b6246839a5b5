#include "server/pipeline/job.h"

namespace inventory::pipeline {

void Job::AnswerLike(const Job& other) {
  needs_more = other.needs_more;
  answer = other.answer;
  if (needs_more) {
    needs.skus.insert(needs.skus.end(), other.needs.skus.begin(), other.needs.skus.end());
  } else if (answer.ok() && !command->LoadReply(other.command->SaveReply())) {
    answer = absl::InternalError("a stored answer is unreadable");
  }
}

}  // namespace inventory::pipeline
