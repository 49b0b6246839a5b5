// How an RPC's implementation becomes part of the server: one static object in its own file.
#ifndef INVENTORY_SERVER_RPC_REGISTRY_H_
#define INVENTORY_SERVER_RPC_REGISTRY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/errors.h"
#include "server/pipeline/command.h"
#include "server/rpc/bounds.h"
#include "server/rpc/wire.h"

namespace inventory::reading {
class Reader;
}

namespace inventory::rpc {

class Call;
class Runtime;
class Steps;

// One RPC of the server.
struct Method {
  using CommandMaker = std::function<std::unique_ptr<pipeline::Command>(const google::protobuf::Message& request,
                                                                        google::protobuf::Message& response)>;

  // The request's type names the RPC: see MethodOf. A function, because descriptors are not ready before main.
  const google::protobuf::Descriptor* (*request)() = nullptr;
  // Makes what opens the RPC's calls; runtime outlives it. Null for RPCs with one request and one
  // response, which are all served alike: see UnaryRpc. Of what follows they have what makes a command, or starts, asks
  // or reads.
  std::function<Wire::Opener(Runtime& runtime)> make_opener;
  // Makes the command of a write; null for other calls. Both messages are of the RPC's types. They live until the
  // call is finished, here and below: that may be before the command ends, or before `start` or what makes asks
  // returns.
  CommandMaker make_command;
  // Starts a call of several steps; null for others.
  std::function<void(const google::protobuf::Message& request, google::protobuf::Message& response,
                     std::shared_ptr<Steps> steps)>
      start;
  // Makes what collects calls to answer them together, and then finishes them; null for others.
  using Ask =
      std::function<void(Call& call, const google::protobuf::Message& request, google::protobuf::Message& response)>;
  std::function<Ask(Runtime& runtime)> make_ask;
  // Carries out a read; null for other calls. Both messages are of the RPC's types.
  std::function<absl::Status(const google::protobuf::Message& request, reading::Reader& reader,
                             google::protobuf::Message& response)>
      read;
  // Notes every broken rule of a request, which is of the RPC's type; null for a stream of requests.
  std::function<void(const google::protobuf::Message& request, const Bounds& bounds, Violations& violations)> validate;
};

// Rule::Validate, for a request of its type.
template <typename Rule>
void ValidateBy(const google::protobuf::Message& request, const Bounds& bounds, Violations& violations) {
  Rule::Validate(dynamic_cast<const typename Rule::Request&>(request), bounds, violations);
}

// All RPCs whose files are linked in. Filled by static objects before main, constant afterwards.
std::vector<Method>& Methods();

// The services of inventory.v1.
std::vector<const google::protobuf::ServiceDescriptor*> Services();

// The RPC of inventory.v1 that takes this request; every RPC has a request message of its own. CHECK-fails if there is
// none.
const google::protobuf::MethodDescriptor* MethodOf(const google::protobuf::Descriptor* request);

// The implementation of the RPC that takes this request. CHECK-fails if there is none.
const Method& MethodFor(const google::protobuf::Descriptor* request);

// OK if every RPC of every service of inventory.v1 is implemented exactly once, and has a requirement: see server/auth.
absl::Status CheckComplete();

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_REGISTRY_H_
