#include "client/cli/parse.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/request_builder.h"
#include "client/cli/suggest.h"

// CLI11, which reads the profiles, is not used here: it parts values in brackets at commas, and takes "--name=" for a
// flag whose value follows. Both would change what people write into their stock.
namespace inventory::cli {
namespace {

using Kind = Argument::Kind;

absl::Status Wrong(const std::string& message) { return absl::InvalidArgumentError(message); }

class Parser {
 public:
  Parser(const std::vector<std::string>& words, const std::vector<Command>& commands,
         const std::vector<Argument>& options)
      : words_(words), commands_(commands), options_(options) {}

  CommandLine Run() && {
    const absl::Status status = TakeAll();
    if (!status.ok()) line_.problem = std::string(status.message());
    return std::move(line_);
  }

 private:
  absl::Status TakeAll() {
    for (; at_ < words_.size(); ++at_) {
      absl::Status taken = Take(words_[at_]);
      if (!taken.ok()) return taken;
    }
    if (line_.command == nullptr && line_.words.empty()) line_.help = true;
    if (line_.help) return absl::OkStatus();
    return line_.command == nullptr ? Wrong(WhichNoun()) : CheckComplete();
  }

  absl::Status Take(const std::string& word) {
    const bool is_number = word.size() > 1 && absl::ascii_isdigit(static_cast<unsigned char>(word[1]));
    if (no_more_flags_ || word.size() < 2 || word[0] != '-' || is_number) return TakeWord(word);
    if (word != "--") return TakeFlag(word);
    no_more_flags_ = true;
    return absl::OkStatus();
  }

  absl::Status TakeWord(const std::string& word) {
    if (line_.command != nullptr) return TakePositional(word);
    if (line_.words.empty() && word == "help") {
      line_.help = true;
      return absl::OkStatus();
    }
    return TakeCommandWord(word);
  }

  // A verb with its noun comes before the short form that has the verb's name: `reserve stock`, `reserve web-eu`.
  absl::Status TakeCommandWord(const std::string& word) {
    if (!line_.words.empty()) {
      line_.command = Find({line_.words.front(), word});
      return line_.command != nullptr ? absl::OkStatus() : Wrong(WhichNoun(word));
    }
    const bool has_next = at_ + 1 < words_.size();
    line_.command = has_next ? Find({word, words_[at_ + 1]}) : nullptr;
    if (line_.command != nullptr) {
      ++at_;
      return absl::OkStatus();
    }
    line_.command = Find({word});
    if (line_.command != nullptr) return absl::OkStatus();
    if (!IsVerb(word)) return Wrong(absl::StrCat("unknown command \"", word, "\"", DidYouMean(word, FirstWords())));
    line_.words = {word};
    return absl::OkStatus();
  }

  absl::Status TakePositional(const std::string& word) {
    std::size_t place = 0;
    for (const Argument& argument : line_.command->arguments) {
      if (argument.kind != Kind::kPositional) continue;
      if (place++ < positional_ && !argument.repeated) continue;
      ++positional_;
      line_.arguments.Add(argument.name, word);
      return absl::OkStatus();
    }
    return Wrong(absl::StrCat("unexpected argument \"", word, "\""));
  }

  absl::Status TakeFlag(const std::string& word) {
    if (word == "--help" || word == "-h") {
      line_.help = true;
      return absl::OkStatus();
    }
    const std::size_t equals = word.find('=');
    const bool is_long = absl::StartsWith(word, "--");
    const std::string name = is_long ? word.substr(2, equals == std::string::npos ? equals : equals - 2) : "";
    bool is_option = false;
    const Argument* flag = FindFlag(name, is_long ? 0 : word[1], is_option);
    if (flag == nullptr) return Wrong(UnknownFlag(is_long ? absl::StrCat("--", name) : word));
    std::optional<std::string> value;
    if (is_long && equals != std::string::npos) value = word.substr(equals + 1);
    if (!is_long && word.size() > 2) value = word.substr(2);
    return TakeValue(*flag, value, is_option ? line_.options : line_.arguments);
  }

  absl::Status TakeValue(const Argument& flag, std::optional<std::string> value, Arguments& values) {
    if (flag.kind == Kind::kSwitch) {
      const std::string text = value.value_or("true");
      if (text != "true" && text != "false") {
        return Wrong(absl::StrCat("--", flag.name, ": expected true or false, not \"", text, "\""));
      }
      value = text;
    } else if (!value.has_value()) {
      if (at_ + 1 == words_.size()) return Wrong(absl::StrCat("--", flag.name, " needs a value: ", flag.value));
      value = words_[++at_];
    }
    if (!flag.repeated && values.Has(flag.name)) return Wrong(absl::StrCat("--", flag.name, " is given twice"));
    values.Add(flag.name, *value);
    return absl::OkStatus();
  }

  const Argument* FindFlag(const std::string& name, char letter, bool& is_option) const {
    const auto matches = [&](const Argument& argument) {
      return argument.kind != Kind::kPositional && (letter != 0 ? argument.letter == letter : argument.name == name);
    };
    if (line_.command != nullptr) {
      for (const Argument& argument : line_.command->arguments) {
        if (matches(argument)) return &argument;
      }
    }
    const auto option = std::find_if(options_.begin(), options_.end(), matches);
    is_option = option != options_.end();
    return is_option ? &*option : nullptr;
  }

  std::string UnknownFlag(const std::string& typed) const {
    std::vector<std::string> known;
    for (const Argument& option : options_) known.push_back(absl::StrCat("--", option.name));
    if (line_.command == nullptr) {
      return absl::StrCat("unknown flag ", typed, DidYouMean(typed, known), " Flags of a command follow its words");
    }
    for (const Argument& argument : line_.command->arguments) {
      if (argument.kind != Kind::kPositional) known.push_back(absl::StrCat("--", argument.name));
    }
    return absl::StrCat("unknown flag ", typed, DidYouMean(typed, known));
  }

  // Whether all that is required is there; a whole request in JSON may have it too.
  absl::Status CheckComplete() const {
    if (line_.arguments.Has(kJsonFlag)) return absl::OkStatus();
    std::vector<std::string> missing;
    for (const Argument& argument : line_.command->arguments) {
      if (!argument.required || line_.arguments.Has(argument.name)) continue;
      missing.push_back(argument.kind == Kind::kPositional ? argument.value : absl::StrCat("--", argument.name));
    }
    return missing.empty() ? absl::OkStatus() : Wrong(absl::StrCat("missing ", absl::StrJoin(missing, ", ")));
  }

  const Command* Find(const std::vector<std::string>& words) const {
    for (const Command& command : commands_) {
      if (command.words == words) return &command;
    }
    return nullptr;
  }

  bool IsVerb(const std::string& word) const {
    return std::any_of(commands_.begin(), commands_.end(),
                       [&](const Command& command) { return command.words.front() == word; });
  }

  std::vector<std::string> FirstWords() const {
    std::set<std::string> words;
    for (const Command& command : commands_) words.insert(command.words.front());
    return {words.begin(), words.end()};
  }

  std::string WhichNoun(const std::string& unknown = "") const {
    std::vector<std::string> nouns;
    for (const Command& command : commands_) {
      if (command.words.front() == line_.words.front()) nouns.push_back(command.words.back());
    }
    const std::string verb = line_.words.front();
    if (unknown.empty()) return absl::StrCat(verb, " what? One of ", absl::StrJoin(nouns, ", "));
    std::string meant = DidYouMean(unknown, nouns);
    if (meant.empty()) meant = absl::StrCat("; it takes ", absl::StrJoin(nouns, ", "));
    return absl::StrCat(verb, ": unknown noun \"", unknown, "\"", meant);
  }

  const std::vector<std::string>& words_;
  const std::vector<Command>& commands_;
  const std::vector<Argument>& options_;
  CommandLine line_;
  std::size_t at_ = 0;
  std::size_t positional_ = 0;  // How many were taken.
  bool no_more_flags_ = false;
};

}  // namespace

CommandLine Parse(const std::vector<std::string>& words, const std::vector<Command>& commands,
                  const std::vector<Argument>& options) {
  return Parser(words, commands, options).Run();
}

}  // namespace inventory::cli
