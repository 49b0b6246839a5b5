// What each RPC needs, in one table.
#ifndef INVENTORY_SERVER_AUTH_REQUIREMENT_H_
#define INVENTORY_SERVER_AUTH_REQUIREMENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/auth/field_path.h"
#include "server/auth/grant.h"

namespace inventory::auth {

// How an RPC is held to the warehouses, or to the channels, of a grant.
struct Confinement {
  enum class By {
    kNothing,   // It can't be: a grant within some warehouses, or channels, does not reach it.
    kShared,    // It shows and changes nothing that belongs to a warehouse or a channel: every grant reaches it.
    kRequest,   // The request must name some, and only those of the grant.
    kRows,      // The documents that the command works on must be theirs; and what the request names.
    kResponse,  // What the read answers must be theirs.
  };

  By by = By::kNothing;
  // Where the request names them; kResponse: where the response does.
  std::vector<FieldPath> fields = {};
  // One of them within the grant is enough: a document of two warehouses is shown whole to both.
  bool any = false;
};

// What one RPC needs. Static.
struct Requirement {
  std::string method;  // "inventory.v1.InventoryService.SetStock".
  Role role = Role::kAdmin;
  Confinement warehouses;
  Confinement channels;
  // Fields of the request that only an admin of everything may fill.
  std::vector<FieldPath> admin_fields;
};

// The entry of an RPC by its full name; null if there is none. Names are of inventory.v1, health, reflection and
// channelz.
const Requirement* FindRequirement(std::string_view method);

// All entries.
const std::vector<Requirement>& Requirements();

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_REQUIREMENT_H_
