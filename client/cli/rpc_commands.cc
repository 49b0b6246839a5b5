#include "client/cli/rpc_commands.h"

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/api.h"
#include "client/cli/call.h"
#include "client/cli/request_builder.h"
#include "client/cli/request_fields.h"

namespace inventory::cli {
namespace {

using google::protobuf::MethodDescriptor;
using Kind = Argument::Kind;
using Fields = std::vector<RequestField>;

// What examples name. Those of README.md.
std::string Sample(const Argument& argument) {
  static const auto& samples = *new std::map<std::string, std::string>{
      {"sku", "JEANS-M"},
      {"skus", "JEANS-M"},
      {"sku-prefix", "JEANS"},
      {"warehouse-id", "ber-1"},
      {"from-warehouse-id", "ber-1"},
      {"to-warehouse-id", "rtm-1"},
      {"channel-id", "web-eu"},
      {"order-reference", "1001"},
      {"reservation-id", "R-1001"},
      {"shipment-id", "S-1001"},
      {"return-id", "RT-1001"},
      {"replenishment-id", "PO-1001"},
      {"transfer-id", "T-1001"},
      {"rule-id", "jeans-low"},
      {"event-id", "jeans-low:1"},
      {"availability-estimate-id", "days-3-5"},
      {"name", "Berlin"},
      {"title", "\"3-5 days\""},
      {"min-order-quantity", "2"},
      {"on-hand", "12"},
      {"quantity", "12"},
      {"safety-stock", "12"},
      {"delta", "12"},
  };
  const auto sample = samples.find(argument.name);
  if (sample != samples.end()) return sample->second;
  if (argument.value == "SKU=QUANTITY") return "JEANS-M=2";
  if (!argument.choices.empty()) return argument.choices.front();
  if (argument.value == "NUMBER") return "12";
  if (argument.value == "TIME") return "2026-12-01T08:00:00Z";
  if (argument.value == "DURATION") return "15m";
  if (argument.value == "KEY=VALUE") return "season=winter";
  if (absl::StartsWith(argument.value, "sku=")) return "sku=JEANS-M,warehouse-id=ber-1,set-on-hand=12";
  return "text";
}

// The flag without which the example would say little: of lists what to look for, of resources and batches what they
// are.
const Argument* TellingFlag(const MethodDescriptor& method, const std::vector<Argument>& arguments) {
  const bool has_positional = std::any_of(arguments.begin(), arguments.end(), [](const Argument& argument) {
    return argument.kind == Kind::kPositional && argument.required;
  });
  if (has_positional) return nullptr;
  const bool updates = MaskOf(*method.input_type()) != nullptr;
  for (const Argument& argument : arguments) {
    if (updates && absl::StrContains(argument.help, "Immutable")) continue;
    const bool says_how = argument.name == kLimitFlag || argument.name == kJsonFlag || argument.name == "update-mask";
    if (argument.kind == Kind::kFlag && !says_how) return &argument;
  }
  return nullptr;
}

std::string ExampleOf(const MethodDescriptor& method, const std::vector<std::string>& words,
                      const std::vector<Argument>& arguments) {
  std::string example = absl::StrCat("inventoryctl ", absl::StrJoin(words, " "));
  for (const Argument& argument : arguments) {
    if (argument.kind == Kind::kPositional) absl::StrAppend(&example, " ", Sample(argument));
  }
  const Argument* flag = TellingFlag(method, arguments);
  if (flag != nullptr) absl::StrAppend(&example, " --", flag->name, " ", Sample(*flag));
  return example;
}

// Arguments that are no fields of the request.
void AddCommon(const MethodDescriptor& method, std::vector<Argument>& arguments) {
  if (TakesLimit(method)) {
    arguments.push_back({.name = kLimitFlag,
                         .value = "NUMBER",
                         .help = absl::StrCat("Show so many rows at most; 0 shows all. Default ", kDefaultLimit, ".")});
  }
  arguments.push_back(
      {.name = kJsonFlag,
       .value = "FILE",
       .help = absl::StrCat("A whole ", method.input_type()->name(),
                            " in JSON; \"-\" reads standard input. Other arguments come on top of it.")});
}

// A comment's rest after its first sentence.
std::string RestOf(const std::string& comment) {
  const std::string rest = comment.substr(std::min(FirstSentence(comment).size(), comment.size()));
  return std::string(absl::StripAsciiWhitespace(rest));
}

Command Make(const MethodDescriptor& method, std::vector<std::string> words, Fields fields) {
  Command command;
  command.words = std::move(words);
  command.group = Group::kApi;
  command.summary = FirstSentence(CommentOf(method));
  command.description = RestOf(CommentOf(method));
  command.method = method.full_name();
  for (const RequestField& field : fields) command.arguments.push_back(field.argument);
  AddCommon(method, command.arguments);
  command.example = ExampleOf(method, command.words, command.arguments);
  command.run = [&method, name = command.name(), fields = std::move(fields)](const Arguments& arguments,
                                                                             Session& session) {
    return Call(method, name, fields, arguments, session);
  };
  return command;
}

const MethodDescriptor& MethodNamed(const std::string& name) {
  const auto& all = AllMethods();
  return **std::find_if(all.begin(), all.end(), [&](const MethodDescriptor* method) { return method->name() == name; });
}

RequestField* Find(Fields& fields, const std::string& name) {
  const auto field =
      std::find_if(fields.begin(), fields.end(), [&](const RequestField& each) { return each.argument.name == name; });
  return field == fields.end() ? nullptr : &*field;
}

// Puts the form's positional arguments first, in its order; what was positional and repeats stays behind them.
Fields Reordered(const ShortForm& form, Fields fields) {
  Fields first;
  for (std::string name : form.positional) {
    const bool optional = name.front() == '[';
    if (optional) name = name.substr(1, name.size() - 2);
    const RequestField* found = Find(fields, name);
    RequestField field = *found;
    field.argument.kind = Kind::kPositional;
    field.argument.value = field.path.back()->name();
    absl::AsciiStrToUpper(&field.argument.value);
    field.argument.required = !optional;
    first.push_back(std::move(field));
    fields.erase(fields.begin() + (found - fields.data()));
  }
  first.insert(first.end(), fields.begin(), fields.end());
  return first;
}

}  // namespace

std::vector<std::string> WordsOf(const MethodDescriptor& method) {
  const std::string name = KebabCase(method.name());
  const std::size_t end = name.find('-');
  if (end == std::string::npos) return {name};
  return {name.substr(0, end), name.substr(end + 1)};
}

Command CommandFor(const MethodDescriptor& method) { return Make(method, WordsOf(method), FieldsOf(method)); }

Command CommandFor(const ShortForm& form) {
  const MethodDescriptor& method = MethodNamed(form.method);
  Fields fields = Reordered(form, FieldsOf(method));
  for (const auto& [from, to] : form.renamed) Find(fields, from)->argument.name = to;
  Command command = Make(method, {form.name}, std::move(fields));
  command.group = Group::kEveryday;
  std::string presets;
  for (const auto& [name, value] : form.presets) absl::StrAppend(&presets, " --", name, "=", value);
  command.description = absl::StrCat("Short for `inventoryctl ", absl::StrJoin(WordsOf(method), " "), presets, "`.\n\n",
                                     CommentOf(method));
  command.summary = form.summary;
  command.example = form.example;
  command.run = [run = command.run, presets = form.presets](Arguments arguments, Session& session) {
    for (const auto& [name, value] : presets) {
      if (!arguments.Has(name)) arguments.Set(name, value);
    }
    return run(arguments, session);
  };
  return command;
}

std::vector<Command> RpcCommands() {
  std::vector<Command> commands;
  for (const MethodDescriptor* method : AllMethods()) {
    if (!method->client_streaming() && !method->server_streaming()) commands.push_back(CommandFor(*method));
  }
  for (const ShortForm& form : ShortForms()) commands.push_back(CommandFor(form));
  return commands;
}

}  // namespace inventory::cli
