// Goal: a page token is one that this service made, for this list and filter, or it is refused with words.
// Method: any text as the token of lists with keys of each kind. What is accepted must be the key of a token that is
// accepted again, and must not be accepted by another list or with another filter.

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/logging.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/ledger.pb.h"
#include "server/rpc/page.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::rpc {
namespace {

using fuzz::Check;
using fuzz::Choices;

// The digest of a scope is what no fuzzer guesses: tokens of this list are made from bytes behind it.
std::string Sealed(std::string_view scope, std::string_view bytes) {
  std::string token = EncodePageToken(scope, std::string());
  std::string sealed;
  Check(absl::WebSafeBase64Unescape(token, &sealed), "a token is in base 64");
  constexpr std::size_t kLengthOfEmptyKey = 2;
  sealed.resize(sealed.size() - kLengthOfEmptyKey);
  return absl::WebSafeBase64Escape(absl::StrCat(sealed, std::string(bytes)));
}

template <typename Key, typename Request>
void CheckToken(const Request& request, const std::string& token) {
  const std::string scope = PageScope(request);
  const absl::StatusOr<Key> key = DecodePageToken<Key>(scope, token);
  Violations violations;
  Request asked = request;
  asked.set_page_token(token);
  CheckPage<Key>(asked, violations);
  Check(key.ok() == violations.empty(), "the request is refused because of its token alone");
  if (!key.ok()) {
    Check(absl::IsInvalidArgument(key.status()) && !key.status().message().empty(), "a refusal says what to do");
    return;
  }
  if (token.empty()) return;
  const absl::StatusOr<Key> again = DecodePageToken<Key>(scope, EncodePageToken(scope, *key));
  Check(again.ok() && *again == *key, "a key is what its token says");
  Check(!DecodePageToken<Key>(scope + "x", token).ok(), "a token belongs to its list and filter");
}

template <typename Key>
void CheckKey(Choices& data) {
  v1::ListItemsRequest request;
  request.mutable_filter()->set_sku_prefix(data.Text(20));
  const std::string bytes = data.Rest();
  CheckToken<Key>(request, bytes);
  CheckToken<Key>(request, Sealed(PageScope(request), bytes));
}

}  // namespace
}  // namespace inventory::rpc

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  google::protobuf::SetLogHandler(nullptr);  // It says of every second input that a text is not UTF-8.
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace rpc = inventory::rpc;
  inventory::fuzz::Choices data(bytes, size);
  switch (data.NumberIn(0, 3)) {
    case 0:
      rpc::CheckKey<std::string>(data);
      break;
    case 1:
      rpc::CheckKey<std::pair<std::string, int64_t>>(data);
      break;
    case 2:
      rpc::CheckKey<std::pair<std::string, std::string>>(data);
      break;
    default:
      rpc::CheckKey<std::tuple<int64_t, std::string, std::string>>(data);
  }
  return 0;
}
