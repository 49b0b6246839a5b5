#include "client/cli/completion.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::cli {
namespace {

using Kind = Argument::Kind;

// bash parts words at "=", which is undone here: "--output", "=", "json" is one word.
constexpr char kBash[] = R"(_inventoryctl() {
  local words=() i joined=
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if ((i > 1)) && [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == = ]]; then
      words[${#words[@]} - 1]+=${COMP_WORDS[i]}
      joined=yes
    else
      words+=("${COMP_WORDS[i]}")
      joined=
    fi
  done
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null))
  [[ -z $joined ]] || COMPREPLY=("${COMPREPLY[@]#*=}")
}
complete -o bashdefault -o default -F _inventoryctl inventoryctl
)";

constexpr char kZsh[] = R"(#compdef inventoryctl
_inventoryctl() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=(${candidates:#})
  if (( ${#candidates} )); then
    compadd -- "${candidates[@]}"
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _inventoryctl ]]; then
  _inventoryctl "$@"
else
  compdef _inventoryctl inventoryctl
fi
)";

// Reads the words before the one to complete.
class Typed {
 public:
  Typed(const std::vector<Command>& commands, const std::vector<Argument>& options)
      : commands_(commands), options_(options) {}

  void Take(const std::string& word) {
    if (pending_ != nullptr) {
      pending_ = nullptr;
    } else if (word.size() > 1 && word[0] == '-') {
      const Argument* flag = Flag(word);
      if (flag != nullptr && flag->kind == Kind::kFlag && word.find('=') == std::string::npos) pending_ = flag;
    } else if (verb_.empty()) {
      if (word != "help") verb_ = word;
      command_ = Find({verb_});
    } else if (const Command* longer = positional_ == 0 ? Find({verb_, word}) : nullptr; longer != nullptr) {
      command_ = longer;
    } else {
      ++positional_;
    }
  }

  std::vector<std::string> Candidates(const std::string& part) const {
    if (pending_ != nullptr) return pending_->choices;
    const std::size_t equals = part.find('=');
    if (part[0] == '-' && equals != std::string::npos) return Values(part.substr(0, equals));
    if (part[0] == '-') return Flags();
    return Words();
  }

 private:
  const Argument* Flag(const std::string& word) const {
    const std::string name = word.substr(0, word.find('='));
    for (const std::vector<Argument>* arguments : {command_ == nullptr ? &options_ : &command_->arguments, &options_}) {
      for (const Argument& argument : *arguments) {
        if (argument.kind == Kind::kPositional) continue;
        if (name == absl::StrCat("--", argument.name) || name == std::string{'-', argument.letter}) return &argument;
      }
    }
    return nullptr;
  }

  std::vector<std::string> Values(const std::string& name) const {
    std::vector<std::string> values;
    const Argument* flag = Flag(name);
    if (flag == nullptr) return values;
    for (const std::string& choice : flag->choices) values.push_back(absl::StrCat(name, "=", choice));
    return values;
  }

  std::vector<std::string> Flags() const {
    std::vector<std::string> flags;
    if (command_ != nullptr) {
      for (const Argument& argument : command_->arguments) {
        if (argument.kind != Kind::kPositional) flags.push_back(absl::StrCat("--", argument.name));
      }
    }
    for (const Argument& option : options_) flags.push_back(absl::StrCat("--", option.name));
    flags.push_back("--help");
    return flags;
  }

  // Verbs, nouns, or values of the positional argument.
  std::vector<std::string> Words() const {
    std::set<std::string> words;
    for (const Command& command : commands_) {
      if (verb_.empty()) words.insert(command.words.front());
      const bool fits = command.words.size() > 1 && command.words.front() == verb_;
      if (fits && positional_ == 0 && (command_ == nullptr || command_->words.size() == 1)) {
        words.insert(command.words.back());
      }
    }
    if (command_ != nullptr) {
      int place = 0;
      for (const Argument& argument : command_->arguments) {
        if (argument.kind != Kind::kPositional || place++ != positional_) continue;
        words.insert(argument.choices.begin(), argument.choices.end());
      }
    }
    return {words.begin(), words.end()};
  }

  const Command* Find(const std::vector<std::string>& words) const {
    for (const Command& command : commands_) {
      if (command.words == words) return &command;
    }
    return nullptr;
  }

  const std::vector<Command>& commands_;
  const std::vector<Argument>& options_;
  std::string verb_;
  const Command* command_ = nullptr;
  const Argument* pending_ = nullptr;  // The flag whose value comes next.
  int positional_ = 0;                 // How many were typed.
};

}  // namespace

std::vector<std::string> Complete(const std::vector<std::string>& words, const std::vector<Command>& commands,
                                  const std::vector<Argument>& options) {
  const std::string part = words.empty() ? "" : words.back();
  Typed typed(commands, options);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) typed.Take(words[i]);
  std::vector<std::string> candidates;
  for (const std::string& candidate : typed.Candidates(part)) {
    if (absl::StartsWith(candidate, part)) candidates.push_back(candidate);
  }
  return candidates;
}

Command CompletionCommand() {
  return {.words = {"completion"},
          .summary = "Prints the script by which a shell completes commands, flags and values.",
          .description =
              "For bash put `source <(inventoryctl completion bash)` into ~/.bashrc; for zsh "
              "`source <(inventoryctl completion zsh)` into ~/.zshrc, after compinit.",
          .example = "source <(inventoryctl completion bash)",
          .arguments = {{.name = "shell",
                         .kind = Kind::kPositional,
                         .value = "bash|zsh",
                         .help = "Of which shell.",
                         .required = true,
                         .choices = {"bash", "zsh"}}},
          .run = [](const Arguments& arguments, Session& session) {
            const std::string shell = arguments.Get("shell").value_or("");
            if (shell != "bash" && shell != "zsh") {
              session.err << "error: there is completion for bash and zsh, not for \"" << shell << "\"\n";
              return ExitCode::kUsage;
            }
            session.out << (shell == "bash" ? kBash : kZsh);
            return ExitCode::kOk;
          }};
}

}  // namespace inventory::cli
