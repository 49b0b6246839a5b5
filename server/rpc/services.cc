#include "server/rpc/services.h"

#include "absl/strings/str_cat.h"
#include "server/die.h"
#include "server/rpc/registry.h"
#include "server/rpc/unary.h"

namespace inventory::rpc {

void AddServices(Runtime& runtime, CallServer& server) {
  const absl::Status complete = CheckComplete();
  if (!complete.ok()) Die(complete.message());
  for (const Method& method : Methods()) {
    const google::protobuf::MethodDescriptor& rpc = *MethodOf(method.request());
    server.Add(absl::StrCat("/", rpc.service()->full_name(), "/", rpc.name()),
               method.make_opener ? method.make_opener(runtime) : MakeUnary(runtime, method));
  }
}

}  // namespace inventory::rpc
