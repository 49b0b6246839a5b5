// What a server's metrics say.
#ifndef INVENTORY_TESTS_INTEGRATION_METRIC_H_
#define INVENTORY_TESTS_INTEGRATION_METRIC_H_

#include <string>

namespace inventory::integration {

// The value of the series, such as name{label="value"}, at the port of the loopback address; 0 if there is none.
double MetricOf(int port, const std::string& series);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_METRIC_H_
