// Codes that callers give their resources.
#ifndef INVENTORY_SERVER_COMMANDS_EXTERNAL_REFERENCES_H_
#define INVENTORY_SERVER_COMMANDS_EXTERNAL_REFERENCES_H_

#include <string>

#include "absl/status/status.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// Notes every broken rule of a code; empty is none.
void CheckCode(const std::string& code, const std::string& field, Violations& violations);

// Notes what is wrong with how an update names its resource: by `id`, or where that is empty by `code`. `field` is
// where the request has the resource and `id_name` the field of its id.
void CheckNamed(const std::string& id, const std::string& code, const std::string& field, const std::string& id_name,
                Violations& violations);

// Adds the code, unless it is empty, to what a command asks for.
void NeedCode(storage::ResourceKind kind, const std::string& code, pipeline::Needs& needs);

// The id of the resource that has the code, which was asked for; empty if none has.
std::string OwnerOf(const pipeline::Work& work, storage::ResourceKind kind, const std::string& code);

// Gives the code, which was asked for, to the resource in the place of its old one; either may be empty.
// ALREADY_EXISTS, reason EXTERNAL_REFERENCE_EXISTS {external_reference_code, id}, if another resource of the kind has
// it. The resource's own row is the caller's business, and under the caller's lock.
absl::Status GiveCode(pipeline::Work& work, storage::ResourceKind kind, const std::string& old_code,
                      const std::string& code, const std::string& id);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_EXTERNAL_REFERENCES_H_
