// Compares what is stored and what callers are told with the model.
#ifndef INVENTORY_TESTS_UNIT_MODEL_CHECK_H_
#define INVENTORY_TESTS_UNIT_MODEL_CHECK_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "server/pipeline/rows.h"
#include "tests/unit/model.h"

namespace inventory::model {

// Every quantity, state, expiry and version that is stored and differs from the state's; empty if there is none.
std::vector<std::string> Differences(const State& state, const pipeline::Rows& rows);

// The same for the resources and the rows that the first answer of the model's last write holds.
std::vector<std::string> Differences(const Model& model, const google::protobuf::Message& answer);

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_CHECK_H_
