// Words for what differs.
#ifndef INVENTORY_TESTS_UNIT_MODEL_COMPARISON_H_
#define INVENTORY_TESTS_UNIT_MODEL_COMPARISON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace inventory::model {

inline std::string Text(int64_t value) { return absl::StrCat(value); }
inline std::string Text(const std::string& value) { return value; }
inline std::string Text(const std::optional<absl::Time>& time) {
  return time ? absl::FormatTime(*time, absl::UTCTimeZone()) : "never";
}

// All that differs.
inline std::vector<std::string> Both(std::vector<std::string> some, const std::vector<std::string>& others) {
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

// Collects what differs.
class Comparison {
 public:
  // Names what the following values belong to.
  void Of(std::string subject) { subject_ = std::move(subject); }

  template <typename Value>
  void Equal(const char* name, const Value& actual, const Value& expected) {
    if (actual == expected) return;
    differences_.push_back(absl::StrCat(subject_, ": ", name, " is ", Text(actual), " and must be ", Text(expected)));
  }
  void Count(const char* name, std::size_t actual, std::size_t expected) {
    Of(absl::StrCat("number of ", name));
    Equal("count", static_cast<int64_t>(actual), static_cast<int64_t>(expected));
  }
  // False if it is missing.
  bool Exists(const void* record) {
    if (record == nullptr) differences_.push_back(absl::StrCat(subject_, " is missing"));
    return record != nullptr;
  }

  std::vector<std::string> Take() { return std::move(differences_); }

 private:
  std::string subject_;
  std::vector<std::string> differences_;
};

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_COMPARISON_H_
