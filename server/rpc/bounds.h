// What a request may hold.
#ifndef INVENTORY_SERVER_RPC_BOUNDS_H_
#define INVENTORY_SERVER_RPC_BOUNDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "google/protobuf/map.h"
#include "server/errors.h"

namespace google::protobuf {
class Duration;
class Timestamp;
}  // namespace google::protobuf

namespace inventory::rpc {

// Limits of requests that are options of the server.
struct Bounds {
  absl::Duration max_hold_ttl = absl::Hours(24 * 7);
};

// Each Check notes a violation of `field` if `value` breaks the rule. All are thread-safe.

// A SKU: 1 to 128 bytes of UTF-8, no control characters, no white space (as Unicode has it) at either end.
void CheckSku(std::string_view value, const std::string& field, Violations& violations);
// Whether it is one: for who makes the field's path only if it isn't.
bool IsSku(std::string_view value);

// The part of a SKU that a filter may begin with: at most 128 bytes of UTF-8 without control characters; may be empty.
void CheckSkuPrefix(std::string_view value, const std::string& field, Violations& violations);

// The id of a warehouse, channel, reservation or shipment: 1 to 64 of [A-Za-z0-9._:-].
void CheckId(std::string_view value, const std::string& field, Violations& violations);

// The same, or empty.
void CheckOptionalId(std::string_view value, const std::string& field, Violations& violations);

// Text of at most `max_bytes` bytes of UTF-8 without control characters (line breaks are allowed where `multiline`).
void CheckText(std::string_view value, std::size_t max_bytes, const std::string& field, Violations& violations,
               bool multiline = false);

// A number from `least` to `most`.
void CheckRange(int64_t value, int64_t least, int64_t most, const std::string& field, Violations& violations);

// A quantity: from `least` to pipeline::kMaxQuantity.
void CheckQuantity(int64_t value, int64_t least, const std::string& field, Violations& violations);

// The number of elements of a repeated field.
void CheckCount(int count, int least, int most, const std::string& field, Violations& violations);

// An enumerator that the server knows; IsValid is the generated ..._IsValid.
template <auto IsValid>
void CheckEnum(int value, const std::string& field, Violations& violations) {
  if (!IsValid(value)) violations.Add(field, "is not a value this server knows");
}

// A page size: 0 or more.
void CheckPageSize(int32_t value, Violations& violations);

// A duration from 1 millisecond to `most`.
void CheckTtl(const google::protobuf::Duration& value, absl::Duration most, const std::string& field,
              Violations& violations);

// A moment: from 0001-01-01T00:00:00Z on and before the year 10000, with 0 to 999,999,999 nanoseconds. Answers whether
// it is one.
bool CheckTimestamp(const google::protobuf::Timestamp& value, const std::string& field, Violations& violations);

// 1 to `max_bytes` of [a-z0-9._-].
bool IsKey(std::string_view value, std::size_t max_bytes);

// A map of texts: at most `most`, by keys of 1 to 63 of [a-z0-9._-], each of at most `max_bytes` without control
// characters. Noted in order of the keys, so that the same request always gets the same answer.
void CheckTexts(const google::protobuf::Map<std::string, std::string>& texts, int most, std::size_t max_bytes,
                const std::string& field, Violations& violations);

// Empty, or 1 to `max_bytes` printable ASCII characters without spaces.
void CheckRequestId(std::string_view value, Violations& violations, std::size_t max_bytes = 128);

// "lines[2].sku" from "lines", 2, "sku".
std::string Path(std::string_view list, int index, std::string_view field);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_BOUNDS_H_
