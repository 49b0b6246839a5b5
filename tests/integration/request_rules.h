// What every field of every request may hold, as the protos say it.
#ifndef INVENTORY_TESTS_INTEGRATION_REQUEST_RULES_H_
#define INVENTORY_TESTS_INTEGRATION_REQUEST_RULES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace inventory::integration {

using google::protobuf::Message;

// One field of a request: where it is, and what to put there.
struct FieldCase {
  // As a violation names it: "lines[0].sku".
  std::string path;
  // Whether its value names something that must exist.
  bool names = false;
  // Each puts one value there, in a copy of the good request. A bad one breaks exactly one rule.
  std::vector<std::function<void(Message&)>> bad;
  std::vector<std::function<void(Message&)>> good;
};

// A request that breaks no rule, with every field set that can be set together with the others. What it names has this
// at the end, so that each can have documents of its own: see LiveDocuments. Null, and the test fails, if there is none
// for this type.
std::unique_ptr<Message> GoodRequest(const google::protobuf::Descriptor& request, const std::string& suffix = "");

// All fields of the request, those of its parts included. The test fails if there is a field without a rule.
std::vector<FieldCase> FieldCases(const google::protobuf::Descriptor& request);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_REQUEST_RULES_H_
