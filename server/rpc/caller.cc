#include "server/rpc/caller.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/server_context.h"

namespace inventory::rpc {

std::string HostOf(const std::string& peer) {
  const bool has_port = absl::StartsWith(peer, "ipv4:") || absl::StartsWith(peer, "ipv6:");
  return has_port ? peer.substr(0, peer.rfind(':')) : peer;
}

std::string ShareOf(const grpc::CallbackServerContext& context, const Origin& origin) {
  return origin.caller.empty() ? HostOf(context.peer()) : absl::StrCat("caller:", origin.caller);
}

}  // namespace inventory::rpc
