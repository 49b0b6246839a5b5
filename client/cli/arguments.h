// The arguments of a command: what it takes, and what it was given.
#ifndef INVENTORY_CLIENT_CLI_ARGUMENTS_H_
#define INVENTORY_CLIENT_CLI_ARGUMENTS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace inventory::cli {

// One argument that a command takes. Usage, help, completion and parsing are made from it.
struct Argument {
  enum class Kind {
    kPositional,  // By its place.
    kFlag,        // --name VALUE or --name=VALUE.
    kSwitch,      // --name, --name=true or --name=false.
  };

  std::string name;  // In lower case with "-" between words, without the leading "--".
  Kind kind = Kind::kFlag;
  // What a value looks like, in help: "NUMBER". Of a positional argument also its name there: "SKU=QUANTITY".
  std::string value = "TEXT";
  std::string help;                       // Sentences.
  bool required = false;                  // Default false.
  bool repeated = false;                  // Default false. Only the last positional argument may be.
  std::vector<std::string> choices = {};  // Offered by completion. What else there is, the command refuses.
  char letter = 0;                        // Short form, as in -o; 0 for none.
};

// The values that were given, by the arguments' names. A switch has "true" or "false".
class Arguments {
 public:
  void Add(const std::string& name, const std::string& value) { values_[name].push_back(value); }
  void Set(const std::string& name, const std::string& value) { values_[name] = {value}; }

  bool Has(const std::string& name) const { return values_.count(name) > 0; }
  // The value given last.
  std::optional<std::string> Get(const std::string& name) const {
    const auto values = values_.find(name);
    return values == values_.end() ? std::nullopt : std::optional(values->second.back());
  }
  // All values in the order given; none if there are none.
  std::vector<std::string> All(const std::string& name) const {
    const auto values = values_.find(name);
    return values == values_.end() ? std::vector<std::string>() : values->second;
  }
  // Whether the switch is on; false if it was not given.
  bool IsOn(const std::string& name) const { return Get(name) == "true"; }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_ARGUMENTS_H_
