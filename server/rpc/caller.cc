#include "server/rpc/caller.h"

#include "absl/strings/str_cat.h"
#include "grpcpp/server_context.h"
#include "server/net/addresses.h"

namespace inventory::rpc {

std::string ShareOf(const grpc::CallbackServerContext& context, const Origin& origin) {
  return origin.caller.empty() ? net::HostOf(context.peer()) : absl::StrCat("caller:", origin.caller);
}

}  // namespace inventory::rpc
