#include "tests/integration/metric.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/integration/server_process.h"

namespace inventory::integration {

double MetricOf(int port, const std::string& series) {
  const std::string text = HttpGet(port, "/metrics");
  const std::size_t at = text.find(absl::StrCat("\n", series, " "));
  return at == std::string::npos ? 0 : std::atof(&text[at + series.size() + 2]);
}

}  // namespace inventory::integration
