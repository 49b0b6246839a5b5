// Goal: no command line and no file of options confuses the server: each is refused with words, or every option has a
// value within its range.
// Method: the input is a file and flags. What is accepted must be shown in a form that is accepted again and shown the
// same.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/options.h"
#include "server/options/table.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::server {
namespace {

using fuzz::Check;

// A file in memory, by the name of a descriptor of this process.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("options", 0)) { Check(descriptor_ >= 0, "memory can be a file"); }
  std::string path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }
  void Write(const std::string& text) const {
    Check(ftruncate(descriptor_, 0) == 0, "the file is emptied");
    Check(pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "the file is written");
  }

 private:
  const int descriptor_;
};

void CheckShown(CommandLine& line) {
  for (const options::Option& option : options::Table()) {
    const std::string shown = option.kind.show(line);
    CommandLine other;
    const std::string wrong = option.kind.set(shown, other);
    // An option that was left alone may be what nobody could set, as an empty path is.
    if (!wrong.empty()) {
      Check(shown == option.default_text(), absl::StrCat(option.name, " can be set to what it is: ", wrong));
      continue;
    }
    Check(option.kind.show(other) == shown, absl::StrCat(option.name, " is set to what is shown of it: ", shown));
  }
}

void CheckCommand(const std::string& command, const std::vector<std::string>& flags) {
  std::vector<const char*> arguments = {"inventory-server", command.c_str()};
  for (const std::string& flag : flags) arguments.push_back(flag.c_str());
  absl::StatusOr<CommandLine> line = ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
  if (!line.ok()) {
    Check(absl::IsInvalidArgument(line.status()) && !line.status().message().empty(), "a refusal says what is wrong");
    return;
  }
  if (line->help.empty()) CheckShown(*line);
}

}  // namespace
}  // namespace inventory::server

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace server = inventory::server;
  static const auto& file = *new server::MemoryFile;
  inventory::fuzz::Choices data(bytes, size);
  const std::string command = data.OneOf({"serve", "migrate", "verify", "version"});
  std::vector<std::string> flags;
  for (const auto& flag : absl::StrSplit(data.Text(200), '\n', absl::SkipEmpty())) {
    flags.emplace_back(flag.substr(0, flag.find('\0')));
  }
  file.Write(data.Rest());
  server::CheckCommand(command, flags);
  flags.push_back("--config=" + file.path());
  server::CheckCommand(command, flags);
  return 0;
}
