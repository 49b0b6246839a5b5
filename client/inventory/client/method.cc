#include "inventory/client/method.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"

namespace inventory::client {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;

Idempotency IdempotencyOf(const MethodDescriptor& descriptor) {
  switch (descriptor.options().idempotency_level()) {
    case MethodOptions::IDEMPOTENT:
      return Idempotency::kIdempotent;
    case MethodOptions::NO_SIDE_EFFECTS:
      return Idempotency::kNoSideEffects;
    case MethodOptions::IDEMPOTENCY_UNKNOWN:
      break;
  }
  return Idempotency::kUnknown;
}

MethodKind KindOf(const MethodDescriptor& descriptor) {
  if (descriptor.client_streaming()) {
    return descriptor.server_streaming() ? MethodKind::kBidiStreaming : MethodKind::kClientStreaming;
  }
  return descriptor.server_streaming() ? MethodKind::kServerStreaming : MethodKind::kUnary;
}

}  // namespace

Method MethodOf(const MethodDescriptor& descriptor) {
  return {descriptor.service()->full_name(), descriptor.name(), IdempotencyOf(descriptor), KindOf(descriptor)};
}

std::string PathOf(const Method& method) {
  return absl::StrCat("/", std::string(method.service), "/", std::string(method.name));
}

}  // namespace inventory::client
