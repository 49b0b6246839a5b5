// Updates of a resource: which of its fields a request may change, and changing them.
#ifndef INVENTORY_SERVER_COMMANDS_FIELD_MASK_H_
#define INVENTORY_SERVER_COMMANDS_FIELD_MASK_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "server/errors.h"

namespace inventory::commands {

// The names of a resource's own fields that no update changes. create_time, update_time, delete_time and etag are never
// changed and need not be named.
using FixedFields = std::span<const std::string_view>;

// Notes a violation of update_mask for every path that does not name a field that an update may change: a field of the
// resource, or "field.part" where the field is a message; for "*" among others; and for more than 100 paths. Returns
// the mask that says which fields to check before anything is loaded: this one, or, if it is broken, the empty one.
google::protobuf::FieldMask CheckUpdateMask(const google::protobuf::FieldMask& mask,
                                            const google::protobuf::Descriptor& resource, FixedFields fixed,
                                            Violations& violations);

// Copies what the mask names, which CheckUpdateMask has accepted, from `changes` to `resource`, a message of the same
// type; what is not set in `changes` becomes unset. Lists, maps and messages named as a whole are replaced as a whole.
// An empty mask names the fields (not parts of them) that are set in `changes`; "*" names every field that an update
// may change.
//
// A rule's Validate uses it to find what is wrong with the named fields by themselves: it changes a resource that
// breaks no rule whichever fields are changed, and checks the outcome. Its Apply does the same with the stored
// resource.
void ApplyUpdate(const google::protobuf::FieldMask& mask, FixedFields fixed, const google::protobuf::Message& changes,
                 google::protobuf::Message& resource);

// INVALID_ARGUMENT, reason IMMUTABLE_FIELD {field, value}, if one of these text fields of a resource is set in
// `changes` to another value than `stored` has, a message of the same type; the metadata are of the first of them, and
// a BadRequest lists all. `resource` is where the request has it. What CheckUpdateMask refuses to name and a caller may
// yet believe to have changed.
absl::Status CheckImmutable(FixedFields immutable, const google::protobuf::Message& changes,
                            const google::protobuf::Message& stored, const std::string& resource);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_FIELD_MASK_H_
