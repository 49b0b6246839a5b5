#include "server/rpc/registry.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "inventory/v1/channel_service.pb.h"
#include "inventory/v1/inventory_service.pb.h"
#include "inventory/v1/warehouse_service.pb.h"
#include "server/auth/requirement.h"
#include "server/die.h"

namespace inventory::rpc {

std::vector<const google::protobuf::ServiceDescriptor*> Services() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* file : {"inventory/v1/inventory_service.proto", "inventory/v1/warehouse_service.proto",
                           "inventory/v1/channel_service.proto"}) {
    const google::protobuf::FileDescriptor* descriptor = pool->FindFileByName(file);
    for (int i = 0; i < descriptor->service_count(); ++i) services.push_back(descriptor->service(i));
  }
  return services;
}

std::vector<Method>& Methods() {
  static auto& methods = *new std::vector<Method>();
  return methods;
}

const google::protobuf::MethodDescriptor* MethodOf(const google::protobuf::Descriptor* request) {
  for (const google::protobuf::ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->input_type() == request) return service->method(i);
    }
  }
  Die("no RPC takes ", request->full_name());
}

const Method& MethodFor(const google::protobuf::Descriptor* request) {
  for (const Method& method : Methods()) {
    if (method.request() == request) return method;
  }
  Die("nothing implements the RPC of ", request->full_name());
}

absl::Status CheckComplete() {
  std::map<const google::protobuf::MethodDescriptor*, int> count;
  for (const Method& method : Methods()) ++count[MethodOf(method.request())];
  for (const google::protobuf::ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (auth::FindRequirement(service->method(i)->full_name()) == nullptr) {
        return absl::InternalError(absl::StrCat("server/auth/requirement.cc does not say what is needed to call ",
                                                service->method(i)->full_name()));
      }
      const int implementations = count[service->method(i)];
      if (implementations != 1) {
        return absl::InternalError(
            absl::StrCat(service->method(i)->full_name(), " has ", implementations, " implementations"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace inventory::rpc
