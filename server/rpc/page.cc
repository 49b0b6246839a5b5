#include "server/rpc/page.h"

#include <openssl/sha.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace inventory::rpc {
namespace {

// A token is the web-safe base64 of: the format's version, the scope's digest, the parts of the key. A string is its
// length in two bytes and its bytes; a number is eight bytes. Numbers are big-endian.
constexpr char kVersion = 1;
constexpr std::size_t kDigestBytes = 8;
constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kNumberBytes = 8;

// Tells filters apart; it is no secret and proves nothing.
std::string Digest(std::string_view scope) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(scope.data()), scope.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest.substr(0, kDigestBytes);
}

void PackBytes(uint64_t value, std::size_t bytes, std::string& packed) {
  for (std::size_t i = bytes; i-- > 0;) packed.push_back(static_cast<char>(value >> (8 * i)));
}

bool UnpackBytes(std::string_view& packed, std::size_t bytes, uint64_t& value) {
  if (packed.size() < bytes) return false;
  value = 0;
  for (const char byte : packed.substr(0, bytes)) value = value << 8 | static_cast<unsigned char>(byte);
  packed.remove_prefix(bytes);
  return true;
}

void ClearField(google::protobuf::Message& message, const char* name) {
  const google::protobuf::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field != nullptr) message.GetReflection()->ClearField(&message, field);
}

// A filter that is there but asks for nothing. What is empty inside a filter may well mean something: the moment 0.
bool HasEmptyFilter(const google::protobuf::Message& request) {
  const google::protobuf::FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("filter");
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  return field != nullptr && reflection.HasField(request, field) &&
         reflection.GetMessage(request, field).ByteSizeLong() == 0;
}

}  // namespace

std::string PageScope(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> filter(request.New());
  filter->CopyFrom(request);
  ClearField(*filter, "page_size");
  ClearField(*filter, "page_token");
  if (HasEmptyFilter(*filter)) ClearField(*filter, "filter");
  std::string scope = request.GetDescriptor()->full_name();
  scope.push_back('\0');
  {
    google::protobuf::io::StringOutputStream stream(&scope);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    filter->SerializePartialToCodedStream(&coded);
  }
  return scope;
}

namespace page_internal {

void Pack(const std::string& part, std::string& packed) {
  PackBytes(part.size(), kLengthBytes, packed);
  packed.append(part);
}

void Pack(int64_t part, std::string& packed) { PackBytes(static_cast<uint64_t>(part), kNumberBytes, packed); }

bool Unpack(std::string_view& packed, std::string& part) {
  uint64_t size = 0;
  if (!UnpackBytes(packed, kLengthBytes, size) || packed.size() < size) return false;
  part = packed.substr(0, size);
  packed.remove_prefix(size);
  return true;
}

bool Unpack(std::string_view& packed, int64_t& part) {
  uint64_t value = 0;
  if (!UnpackBytes(packed, kNumberBytes, value)) return false;
  part = static_cast<int64_t>(value);
  return true;
}

std::string Seal(std::string_view scope, std::string_view packed) {
  std::string sealed(1, kVersion);
  sealed.append(Digest(scope)).append(packed);
  return absl::WebSafeBase64Escape(sealed);
}

absl::StatusOr<std::string> Open(std::string_view scope, const std::string& token) {
  std::string sealed;
  if (!absl::WebSafeBase64Unescape(token, &sealed) || sealed.size() < 1 + kDigestBytes || sealed[0] != kVersion) {
    return Malformed();
  }
  if (sealed.substr(1, kDigestBytes) != Digest(scope)) {
    return absl::InvalidArgumentError(
        "belongs to another list or filter; only page_size may differ from the request that returned it");
  }
  return sealed.substr(1 + kDigestBytes);
}

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "is not a token this service made; send next_page_token as it was returned, or none to start from the beginning");
}

}  // namespace page_internal
}  // namespace inventory::rpc
