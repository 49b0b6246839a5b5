// What single fields of requests may hold, as the protos say it.
#ifndef INVENTORY_TESTS_INTEGRATION_FIELD_RULES_H_
#define INVENTORY_TESTS_INTEGRATION_FIELD_RULES_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace inventory::integration {

// Values as text: of a message in text format, otherwise as such.
struct Rule {
  std::vector<std::string> bad;
  std::vector<std::string> good;
  // Number of elements, if the field is repeated.
  int least = 0;
  int most = 0;
};

// The rule of the field; null if it has none: then its parts have.
const Rule* RuleOf(const google::protobuf::FieldDescriptor& field);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_FIELD_RULES_H_
