// Moments in requests.
#ifndef INVENTORY_SERVER_QUERIES_TIMESTAMPS_H_
#define INVENTORY_SERVER_QUERIES_TIMESTAMPS_H_

#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "server/errors.h"

namespace inventory::queries {

// Notes a violation of `field` unless the timestamp is well-formed: from 0001-01-01T00:00:00Z on and before the year
// 10000, with 0 to 999,999,999 nanoseconds. Answers whether it is.
bool CheckTimestamp(const google::protobuf::Timestamp& timestamp, const std::string& field, Violations& violations);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_TIMESTAMPS_H_
