#include "tests/unit/bench/xml.h"

#include <cctype>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace inventory::bench {
namespace {

class Parser {
 public:
  explicit Parser(absl::string_view xml) : xml_(xml) {}

  absl::StatusOr<XmlElement> Document() {
    std::optional<XmlElement> element = Element();
    if (element) SkipSpace();
    if (element && at_ == xml_.size()) return *std::move(element);
    return absl::InvalidArgumentError(absl::StrCat("not well-formed at ", at_, ": ", xml_.substr(at_, 60)));
  }

 private:
  bool Take(absl::string_view token) {
    if (xml_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  void SkipSpace() {
    while (at_ < xml_.size() && std::isspace(static_cast<unsigned char>(xml_[at_]))) ++at_;
  }

  std::string Name() {
    const std::size_t begin = at_;
    while (at_ < xml_.size() && (std::isalnum(static_cast<unsigned char>(xml_[at_])) || xml_[at_] == '-')) ++at_;
    return std::string(xml_.substr(begin, at_ - begin));
  }

  // Up to `end`, entities resolved. None if there is something that text may not have.
  std::optional<std::string> TextUntil(char end) {
    static const auto& entities = *new std::vector<std::pair<std::string, char>>{
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    std::string text;
    while (at_ < xml_.size() && xml_[at_] != end) {
      const char c = xml_[at_];
      if (c == '<' || (static_cast<unsigned char>(c) < 0x20 && c != '\n')) return std::nullopt;
      if (c != '&') {
        text += c;
        ++at_;
        continue;
      }
      bool known = false;
      for (const auto& [entity, meaning] : entities) {
        if (known || !Take(entity)) continue;
        text += meaning;
        known = true;
      }
      if (!known) return std::nullopt;
    }
    return at_ < xml_.size() ? std::optional(text) : std::nullopt;
  }

  bool Attributes(XmlElement& element) {
    for (SkipSpace(); at_ < xml_.size() && xml_[at_] != '>' && xml_[at_] != '/'; SkipSpace()) {
      const std::string name = Name();
      if (name.empty() || !Take("=\"")) return false;
      const std::optional<std::string> value = TextUntil('"');
      if (!value || !Take("\"")) return false;
      if (!element.attributes.emplace(name, *value).second) return false;
    }
    return true;
  }

  std::optional<XmlElement> Element() {
    XmlElement element;
    if (!Take("<")) return std::nullopt;
    element.name = Name();
    if (element.name.empty() || !Attributes(element)) return std::nullopt;
    if (Take("/>")) return element;
    if (!Take(">")) return std::nullopt;
    for (;;) {
      const std::optional<std::string> text = TextUntil('<');
      if (!text) return std::nullopt;
      absl::StrAppend(&element.text, *text);
      if (xml_.substr(at_, 2) == "</") break;
      std::optional<XmlElement> child = Element();
      if (!child) return std::nullopt;
      element.children.push_back(*std::move(child));
    }
    if (!Take(absl::StrCat("</", element.name, ">"))) return std::nullopt;
    return element;
  }

  absl::string_view xml_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<XmlElement> XmlElement::All(const std::string& wanted, const std::string& of_class) const {
  std::vector<XmlElement> found;
  for (const XmlElement& child : children) {
    const auto its = child.attributes.find("class");
    const bool fits = of_class.empty() || (its != child.attributes.end() && its->second == of_class);
    if (child.name == wanted && fits) found.push_back(child);
    for (XmlElement& deeper : child.All(wanted, of_class)) found.push_back(std::move(deeper));
  }
  return found;
}

double XmlElement::Number(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  double number = 0;
  const bool valid = found != attributes.end() && absl::SimpleAtod(found->second, &number);
  return valid ? number : std::numeric_limits<double>::quiet_NaN();
}

absl::StatusOr<XmlElement> ParseXml(const std::string& xml) { return Parser(xml).Document(); }

}  // namespace inventory::bench
