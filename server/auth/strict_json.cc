#include "server/auth/strict_json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace inventory::auth {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 16;

// Hears of every part while it is parsed.
class Strictness {
 public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) problem_ = "it is nested too deeply";
    if (event == json::parse_event_t::object_start) {
      names_.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      names_.pop_back();
    } else if (event == json::parse_event_t::key && !names_.back().insert(parsed.get<std::string>()).second) {
      problem_ = "a name is given twice in one object";
    }
    // What is not wanted is not kept.
    return problem_ == nullptr;
  }

  const char* problem() const { return problem_; }

 private:
  std::vector<std::set<std::string>> names_;
  const char* problem_ = nullptr;
};

}  // namespace

absl::StatusOr<json> ParseObject(std::string_view text) {
  Strictness strictness;
  const json::parser_callback_t watch = [&strictness](int depth, json::parse_event_t event, json& parsed) {
    return strictness(depth, event, parsed);
  };
  json parsed = json::parse(text, watch, /*allow_exceptions=*/false);
  if (strictness.problem() != nullptr) return absl::InvalidArgumentError(strictness.problem());
  if (!parsed.is_object()) return absl::InvalidArgumentError("it is not a JSON object");
  return parsed;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  const auto belongs = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  std::string bytes;
  if (!std::all_of(text.begin(), text.end(), belongs)) return std::nullopt;
  if (!absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &bytes)) return std::nullopt;
  return bytes;
}

const std::string* FindText(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace inventory::auth
