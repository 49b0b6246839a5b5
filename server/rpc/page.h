// Pages of a list.
//
// A list's request has page_size and page_token, its response next_page_token. Its rule needs two calls and one object:
//
//   Validate:  CheckPage<Key>(request, violations);
//   Read:      const Page<Key> page(request);
//              ... select page.fetch() rows after page.after() ...
//              response.set_next_page_token(page.Cut(rows));
//
// Key is what the list is ordered by: a std::string, or a pair or tuple of std::string and int64_t. Every key of a row
// is greater than Key{}.
#ifndef INVENTORY_SERVER_RPC_PAGE_H_
#define INVENTORY_SERVER_RPC_PAGE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/errors.h"
#include "server/rpc/bounds.h"

namespace inventory::rpc {

inline constexpr int32_t kDefaultPageSize = 100;
inline constexpr int32_t kMaxPageSize = 1000;

// What a page token is bound to: the RPC and everything in its request but page_size and page_token; an empty filter is
// the same as none. Equal for equal requests in every process and version of the server.
std::string PageScope(const google::protobuf::Message& request);

namespace page_internal {

// Appends a part of a key; Unpack takes it off the front again and answers false if it is not there.
void Pack(const std::string& part, std::string& packed);
void Pack(int64_t part, std::string& packed);
bool Unpack(std::string_view& packed, std::string& part);
bool Unpack(std::string_view& packed, int64_t& part);

// A token for a packed key, and back. INVALID_ARGUMENT with a message for the caller.
std::string Seal(std::string_view scope, std::string_view packed);
absl::StatusOr<std::string> Open(std::string_view scope, const std::string& token);
absl::Status Malformed();

// Calls `use` with every part of the key, a reference each.
template <typename Key, typename Use>
auto WithParts(Key& key, Use use) {
  if constexpr (std::is_same_v<std::remove_const_t<Key>, std::string>) {
    return use(key);
  } else {
    return std::apply(use, key);
  }
}

}  // namespace page_internal

// The token of the page that starts after `key`, for a list with this scope. Opaque to callers. Parts of a key have at
// most 65,535 bytes.
template <typename Key>
std::string EncodePageToken(std::string_view scope, const Key& key) {
  std::string packed;
  page_internal::WithParts(key, [&packed](const auto&... parts) { (page_internal::Pack(parts, packed), ...); });
  return page_internal::Seal(scope, packed);
}

// The key after which the page starts: Key{} for the empty token. INVALID_ARGUMENT, with a message that tells the
// caller what to do, if the token is malformed or belongs to another scope.
template <typename Key>
absl::StatusOr<Key> DecodePageToken(std::string_view scope, const std::string& token) {
  Key key = {};
  if (token.empty()) return key;
  const absl::StatusOr<std::string> packed = page_internal::Open(scope, token);
  if (!packed.ok()) return packed.status();
  std::string_view rest = *packed;
  const bool whole = page_internal::WithParts(
      key, [&rest](auto&... parts) { return (page_internal::Unpack(rest, parts) && ...) && rest.empty(); });
  if (!whole) return page_internal::Malformed();
  return key;
}

// Notes a violation if the page size is negative or the token is not one of this list with this filter.
template <typename Key, typename Request>
void CheckPage(const Request& request, Violations& violations) {
  CheckPageSize(request.page_size(), violations);
  const absl::StatusOr<Key> after = DecodePageToken<Key>(PageScope(request), request.page_token());
  if (!after.ok()) violations.Add("page_token", std::string(after.status().message()));
}

// The page that a request asks for.
template <typename Key>
class Page {
 public:
  // The request must have passed CheckPage.
  template <typename Request>
  explicit Page(const Request& request)
      : scope_(PageScope(request)),
        after_(DecodePageToken<Key>(scope_, request.page_token()).value_or(Key{})),
        size_(static_cast<std::size_t>(request.page_size() == 0 ? kDefaultPageSize
                                                                : std::min(request.page_size(), kMaxPageSize))) {}

  // The page holds what comes after this key; Key{} for the first page.
  const Key& after() const { return after_; }

  // How many rows to read: one more than the page holds, which shows whether another page follows.
  int64_t fetch() const { return static_cast<int64_t>(size_) + 1; }

  // Cuts the rows that were read down to the page and returns the token of the next one, empty after the last.
  // `key_of` gives the key of a row.
  template <typename Row, typename KeyOf>
  std::string Cut(std::vector<Row>& rows, KeyOf key_of) const {
    if (rows.size() <= size_) return "";
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(size_), rows.end());
    return EncodePageToken<Key>(scope_, key_of(rows.back()));
  }
  template <typename Row>
  std::string Cut(std::vector<Row>& rows) const {
    return Cut(rows, [](const Row& row) { return row.key(); });
  }

 private:
  const std::string scope_;
  const Key after_;
  const std::size_t size_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_PAGE_H_
