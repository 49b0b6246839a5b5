#include "server/queries/timestamps.h"

#include <cstdint>

namespace inventory::queries {

bool CheckTimestamp(const google::protobuf::Timestamp& timestamp, const std::string& field, Violations& violations) {
  constexpr int64_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
  constexpr int64_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z
  const bool in_years = timestamp.seconds() >= kFirst && timestamp.seconds() <= kLast;
  const bool in_second = timestamp.nanos() >= 0 && timestamp.nanos() <= 999'999'999;
  if (!in_years) violations.Add(field + ".seconds", "must lie within the years 1 to 9999");
  if (!in_second) violations.Add(field + ".nanos", "must be from 0 to 999999999");
  return in_years && in_second;
}

}  // namespace inventory::queries
