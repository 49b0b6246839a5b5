// The short forms of calls that are made every day.
#ifndef INVENTORY_CLIENT_CLI_SHORT_FORMS_H_
#define INVENTORY_CLIENT_CLI_SHORT_FORMS_H_

#include <string>
#include <utility>
#include <vector>

namespace inventory::cli {

// A short form: the same call with other arguments by position.
struct ShortForm {
  std::string name;    // One word.
  std::string method;  // Name of the RPC.
  // Flags of the RPC's command that go by position, in order and before those that repeat: "sku" is required,
  // "[warehouse-id]" is not.
  std::vector<std::string> positional = {};
  std::vector<std::pair<std::string, std::string>> renamed = {};  // From, to.
  std::vector<std::pair<std::string, std::string>> presets = {};  // Of flags that were not given.
  std::string summary;
  std::string example;
};
const std::vector<ShortForm>& ShortForms();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_SHORT_FORMS_H_
