// Goal: one table says what every RPC needs. Method: it is compared with the services that are compiled in, so that an
// RPC that is added without an entry, or an entry that fits its RPC no more, fails here; the server does not start
// then.
#include "server/auth/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "server/rpc/registry.h"

namespace inventory::auth {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;
using By = Confinement::By;

void AddMethods(const ServiceDescriptor& service, std::set<std::string>& methods) {
  for (int i = 0; i < service.method_count(); ++i) methods.insert(service.method(i)->full_name());
}

// All RPCs of inventory.v1.
std::vector<const MethodDescriptor*> OwnMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const ServiceDescriptor* service : rpc::Services()) {
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

const rpc::Method& Implementation(const MethodDescriptor& method) { return rpc::MethodFor(method.input_type()); }

TEST(Requirement, IsThereForEveryRpcAndForNothingElse) {
  std::set<std::string> expected;
  for (const ServiceDescriptor* service : rpc::Services()) AddMethods(*service, expected);
  for (const char* name :
       {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection", "grpc.channelz.v1.Channelz"}) {
    const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    AddMethods(*service, expected);
  }
  // The same as of v1alpha; nothing compiled in describes it.
  expected.insert("grpc.reflection.v1.ServerReflection.ServerReflectionInfo");
  std::set<std::string> found;
  for (const Requirement& requirement : Requirements()) {
    EXPECT_TRUE(found.insert(requirement.method).second) << requirement.method << " is there twice";
    EXPECT_EQ(FindRequirement(requirement.method), &requirement);
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(FindRequirement("inventory.v1.InventoryService.DropEverything"), nullptr);
}

TEST(Requirement, OfEveryWriteIsMoreThanReading) {
  for (const MethodDescriptor* method : OwnMethods()) {
    const Role role = FindRequirement(method->full_name())->role;
    EXPECT_NE(role, Role::kAnyone) << method->full_name();
    const bool reads = method->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
    const bool may_read = role == Role::kReader || role == Role::kOperator;
    EXPECT_TRUE(reads ? may_read : role != Role::kReader) << method->full_name();
  }
}

TEST(Requirement, OnlyHealthIsForAnyone) {
  for (const Requirement& requirement : Requirements()) {
    const bool is_health = requirement.method.rfind("grpc.health.", 0) == 0;
    EXPECT_EQ(requirement.role == Role::kAnyone, is_health) << requirement.method;
    const bool is_own = requirement.method.rfind("inventory.v1.", 0) == 0;
    EXPECT_TRUE(is_own || is_health || requirement.role == Role::kAdmin) << requirement.method;
  }
}

// Each kind of confinement is checked in one place of a call, which the RPC must come through.
TEST(Requirement, IsCheckedWhereTheRpcComesThrough) {
  for (const MethodDescriptor* method : OwnMethods()) {
    const Requirement& requirement = *FindRequirement(method->full_name());
    for (const Confinement* confinement : {&requirement.warehouses, &requirement.channels}) {
      const bool is_command = Implementation(*method).make_command != nullptr || method->client_streaming();
      EXPECT_TRUE(confinement->by != By::kRows || is_command) << method->full_name();
      const bool is_read = Implementation(*method).read != nullptr;
      EXPECT_TRUE(confinement->by != By::kResponse || is_read) << method->full_name();
      const bool needs_fields = confinement->by == By::kRequest || confinement->by == By::kResponse;
      EXPECT_TRUE(!needs_fields || !confinement->fields.empty()) << method->full_name();
      for (const FieldPath& field : confinement->fields) {
        EXPECT_EQ(field.back()->cpp_type(), google::protobuf::FieldDescriptor::CPPTYPE_STRING) << method->full_name();
      }
    }
  }
}

// Whether a request names a warehouse or a channel somewhere that the table does not look at. Those that may are listed
// with the reason.
TEST(Requirement, LooksAtEveryWarehouseAndChannelThatARequestNames) {
  const std::set<std::string> elsewhere = {
      // The channel's, which all are scoped by.
      "ReserveStockRequest.warehouse_ids", "ReallocateReservationRequest.from_warehouse_ids",
      "ReallocateReservationRequest.to_warehouse_ids"};
  for (const MethodDescriptor* method : OwnMethods()) {
    const Requirement& requirement = *FindRequirement(method->full_name());
    const std::pair<const Confinement*, const char*> dimensions[] = {{&requirement.warehouses, "warehouse_id"},
                                                                     {&requirement.channels, "channel_id"}};
    for (const auto& [confinement, word] : dimensions) {
      // A grant within it does not get there, or sees nothing of it.
      if (confinement->by == By::kNothing || confinement->by == By::kShared) continue;
      std::set<const google::protobuf::FieldDescriptor*> looked_at;
      for (const FieldPath& field : confinement->fields) looked_at.insert(field.back());
      const google::protobuf::Descriptor& request = *method->input_type();
      for (int i = 0; i < request.field_count(); ++i) {
        const auto* field = request.field(i);
        if (field->name().find(word) == std::string::npos) continue;
        const std::string name = request.name() + "." + field->name();
        EXPECT_TRUE(looked_at.contains(field) || elsewhere.contains(name)) << name;
      }
    }
  }
}

}  // namespace
}  // namespace inventory::auth
