// Reads the XML of plots, strictly.
#ifndef INVENTORY_TESTS_UNIT_BENCH_XML_H_
#define INVENTORY_TESTS_UNIT_BENCH_XML_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace inventory::bench {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // What stands in it directly, entities resolved.
  std::vector<XmlElement> children;

  // Those with this name, and with this class if one is given, at any depth.
  std::vector<XmlElement> All(const std::string& wanted, const std::string& of_class = "") const;
  // The number of an attribute; not a number if it has none.
  double Number(const std::string& attribute) const;
};

// One element with all that is in it, or where it is not well-formed. Knows elements, attributes, text and the five
// entities of XML, and nothing else.
absl::StatusOr<XmlElement> ParseXml(const std::string& xml);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_UNIT_BENCH_XML_H_
