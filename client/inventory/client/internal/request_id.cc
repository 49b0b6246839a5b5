#include "inventory/client/internal/request_id.h"

#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"

namespace inventory::client::internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* RequestIdField(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  const bool usable = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return usable ? field : nullptr;
}

}  // namespace

std::string NewRequestId(absl::Time now) {
  thread_local absl::BitGen random;
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now)) & 0xFFFF'FFFF'FFFF;
  const auto a = absl::Uniform<uint64_t>(random);
  const auto b = absl::Uniform<uint64_t>(random);
  return absl::StrFormat("%08x-%04x-7%03x-%04x-%012x", milliseconds >> 16, milliseconds & 0xFFFF, a & 0xFFF,
                         0x8000 | (a >> 12 & 0x3FFF), b & 0xFFFF'FFFF'FFFF);
}

bool LacksRequestId(const Message& request) {
  const FieldDescriptor* field = RequestIdField(request);
  std::string scratch;
  return field != nullptr && request.GetReflection()->GetStringReference(request, field, &scratch).empty();
}

void SetRequestId(const std::string& id, Message& request) {
  request.GetReflection()->SetString(&request, RequestIdField(request), id);
}

}  // namespace inventory::client::internal
