// What requests name, made anew for each of them.
#ifndef INVENTORY_TESTS_INTEGRATION_LIVE_DOCUMENTS_H_
#define INVENTORY_TESTS_INTEGRATION_LIVE_DOCUMENTS_H_

#include <set>
#include <string>

#include "google/protobuf/message.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// Makes everything that GoodRequest(..., suffix) names so that the request succeeds once. The server must let low-stock
// events die at their first failure, and have stock of "sku" in w1 and w2.
class LiveDocuments {
 public:
  LiveDocuments(const Client& client, std::string suffix);

  // What the request names and has not been made yet.
  void MakeFor(const google::protobuf::Message& request);

 private:
  // Makes the resource if it is named and new. `name` is without suffix.
  void Make(const std::string& name);

  const Client& client_;
  const std::string suffix_;
  std::set<std::string> made_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_LIVE_DOCUMENTS_H_
