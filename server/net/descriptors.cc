#include "server/net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace inventory::net {
namespace {

// Database connections of every kind, webhooks, log, event loops of gRPC and curl.
constexpr std::size_t kForOthers = 1024;

}  // namespace

std::size_t RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

std::size_t DescriptorsForConnections(std::size_t limit) { return limit - std::min(kForOthers, limit / 2); }

}  // namespace inventory::net
