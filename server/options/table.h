// All commands and options there are.
#ifndef INVENTORY_SERVER_OPTIONS_TABLE_H_
#define INVENTORY_SERVER_OPTIONS_TABLE_H_

#include <span>
#include <string>
#include <vector>

#include "server/options.h"
#include "server/options/kinds.h"

namespace inventory::server::options {

// Where a value may come from.
enum Source : unsigned { kFlag = 1, kEnvironment = 2, kFile = 4, kAnywhere = kFlag | kEnvironment | kFile };

constexpr unsigned Bit(Command command) { return 1u << static_cast<unsigned>(command); }

struct Group {
  const char* title;
  unsigned commands;  // Bits of those that take the group's flags.

  bool IsFor(Command command) const { return (commands & Bit(command)) != 0; }
};

struct Option {
  const Group* group;
  std::string name;
  Kind kind;
  const char* meaning;
  unsigned sources = kAnywhere;
  // In place of the default where that depends on the machine.
  const char* shown_default = nullptr;

  std::string flag() const;
  std::string variable() const;  // Of the environment.
  std::string default_text() const;
};

// All options, in the order in which they are shown.
const std::vector<Option>& Table();

// The option of this name; null if there is none.
const Option* Find(const std::string& name);

struct CommandFacts {
  const char* name;
  Command command;
  const char* meaning;
};

std::span<const CommandFacts> Commands();

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_TABLE_H_
