// The request_id that makes a repeated write harmless.
#ifndef INVENTORY_CLIENT_INTERNAL_REQUEST_ID_H_
#define INVENTORY_CLIENT_INTERNAL_REQUEST_ID_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace inventory::client::internal {

// A new id: a UUID of version 7 (RFC 9562), unique and in order of time to the millisecond. The service stores ids in
// an index, to which ids in order of time are kind. Thread-safe.
std::string NewRequestId(absl::Time now);

// Whether `request` has a field request_id, a string, that is empty.
bool LacksRequestId(const google::protobuf::Message& request);

// Sets the request_id of a request that lacks one.
void SetRequestId(const std::string& id, google::protobuf::Message& request);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_REQUEST_ID_H_
