#include "server/pipeline/consequences.h"

#include "server/pipeline/low_stock.h"
#include "server/pipeline/quotas.h"

namespace inventory::pipeline {

absl::Status DrawConsequences(Work& work, BackorderSource& source) {
  absl::Status filled = FillGrowing(work, source);
  if (!filled.ok()) return filled;
  return DrawConsequencesOfFill(work);
}

absl::Status DrawConsequencesOfFill(Work& work) {
  absl::Status counted = CountQuotas(work);
  if (counted.ok()) JudgeRules(work);
  return counted;
}

}  // namespace inventory::pipeline
