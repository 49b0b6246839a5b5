// JSON without ambiguity.
#ifndef INVENTORY_SERVER_AUTH_STRICT_JSON_H_
#define INVENTORY_SERVER_AUTH_STRICT_JSON_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace inventory::auth {

// Parses a JSON object. INVALID_ARGUMENT, without any part of the text, if it is none, if it is nested more than 16
// deep, or if a name is given twice in one object: readers differ in which of them they take.
absl::StatusOr<nlohmann::json> ParseObject(std::string_view text);

// The bytes of base64url text; none if it has padding, line breaks or anything else that is not of its alphabet.
std::optional<std::string> DecodeBase64Url(std::string_view text);

// The object's member if it is a string; null if there is none or it is something else.
const std::string* FindText(const nlohmann::json& object, const char* name);

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_STRICT_JSON_H_
