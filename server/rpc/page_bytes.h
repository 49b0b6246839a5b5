// Pages of lists that are small enough to be received.
#ifndef INVENTORY_SERVER_RPC_PAGE_BYTES_H_
#define INVENTORY_SERVER_RPC_PAGE_BYTES_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::rpc {

// gRPC's clients take messages of 4 MiB unless they are told otherwise.
inline constexpr std::size_t kMaxPageBytes = std::size_t{3} << 20;

// Whether the request, of any RPC, asks for a page of a list: see page.h.
bool AsksForPage(const google::protobuf::Descriptor& request);

// Fills the response of a list, all of whose rows are in one field, with a page of at most kMaxPageBytes, or with one
// row that has more: with fewer rows than were asked for where there is no other way. `read` answers one request for a
// page into an empty response. Rows that hold rows in turn, as orders hold lines, are read 250 at a time, so that their
// memory is bounded, too; each such part is of a moment of its own.
absl::Status ReadPage(
    const google::protobuf::Message& request, google::protobuf::Message& response,
    absl::FunctionRef<absl::Status(const google::protobuf::Message& request, google::protobuf::Message& response)>
        read);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_PAGE_BYTES_H_
