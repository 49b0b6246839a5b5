// What kind of database server this is and whether it keeps what it acknowledges.
#ifndef INVENTORY_STORAGE_SERVER_FACTS_H_
#define INVENTORY_STORAGE_SERVER_FACTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/connection.h"

namespace inventory::storage {

struct ServerFacts {
  std::string version;  // As the server says it, for example "10.11.6-MariaDB".
  bool read_only = false;
  // Settings by which an acknowledged write could be lost in a crash, each with its remedy. Empty: fully durable.
  std::vector<std::string> not_durable;
  // Reasons why this service can't run on the server at all. Empty: it can.
  std::vector<std::string> unsupported;
};

// Whether a server whose variable read_only is this takes no writes. Since MariaDB 12 there is what is stricter than
// ON.
bool IsReadOnly(std::string_view variable);

absl::StatusOr<ServerFacts> ReadServerFacts(Connection& connection);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_SERVER_FACTS_H_
