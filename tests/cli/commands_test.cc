// What holds for all commands: they are made from the API, and grow with it.
#include "client/cli/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/api.h"
#include "client/cli/columns.h"
#include "client/cli/help.h"
#include "client/cli/options.h"
#include "client/cli/parse.h"
#include "client/cli/request_builder.h"
#include "client/cli/rpc_commands.h"
#include "client/cli/values.h"
#include "google/protobuf/message.h"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using ::testing::ElementsAre;
using ::testing::IsSubsetOf;
using ::testing::MatchesRegex;

bool IsStream(const MethodDescriptor& method) { return method.client_streaming() || method.server_streaming(); }

TEST(CommandsTest, EveryCallOfTheApiHasExactlyOneCommand) {
  ASSERT_GT(AllMethods().size(), 70u);
  std::set<std::string> services;
  for (const MethodDescriptor* method : AllMethods()) {
    services.insert(method->service()->name());
    int commands = 0;
    for (const Command& command : AllCommands()) {
      if (command.method == method->full_name() && command.group == Group::kApi) ++commands;
    }
    EXPECT_EQ(commands, IsStream(*method) ? 0 : 1) << method->full_name();
  }
  EXPECT_THAT(services, ::testing::IsSupersetOf({"InventoryService", "WarehouseService", "ChannelService"}));
}

TEST(CommandsTest, EveryStreamHasACommandWithCodeOfItsOwn) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (!IsStream(*method)) continue;
    EXPECT_TRUE(std::any_of(AllCommands().begin(), AllCommands().end(), [&](const Command& command) {
      return command.method == method->full_name();
    })) << method->full_name();
  }
}

TEST(CommandsTest, NamesComeFromTheCalls) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  const auto words = [&](const std::string& method) {
    return WordsOf(*pool.FindMethodByName(absl::StrCat("inventory.v1.InventoryService.", method)));
  };
  EXPECT_THAT(words("GetItem"), ElementsAre("get", "item"));
  EXPECT_THAT(words("ListStockLevels"), ElementsAre("list", "stock-levels"));
  EXPECT_THAT(words("MarkShipmentReady"), ElementsAre("mark", "shipment-ready"));
}

TEST(CommandsTest, NoTwoCommandsHaveTheSameWords) {
  std::set<std::vector<std::string>> words;
  for (const Command& command : AllCommands()) EXPECT_TRUE(words.insert(command.words).second) << command.name();
}

TEST(CommandsTest, NoTwoArgumentsOfACommandHaveTheSameName) {
  for (const Command& command : AllCommands()) {
    std::set<std::string> names = {"help"};
    std::set<char> letters = {'h'};
    for (const std::vector<Argument>& arguments : {Options(), command.arguments}) {
      for (const Argument& argument : arguments) {
        EXPECT_TRUE(names.insert(argument.name).second) << command.name() << ": " << argument.name;
        EXPECT_TRUE(argument.letter == 0 || letters.insert(argument.letter).second) << argument.letter;
        EXPECT_THAT(argument.name, MatchesRegex("[a-z][a-z0-9-]*")) << command.name();
      }
    }
  }
}

TEST(CommandsTest, OnlyTheLastPositionalArgumentRepeatsAndOptionalOnesComeAfterRequiredOnes) {
  for (const Command& command : AllCommands()) {
    bool ended = false;
    bool optional = false;
    for (const Argument& argument : command.arguments) {
      if (argument.kind != Argument::Kind::kPositional) continue;
      EXPECT_FALSE(ended) << command.name() << ": " << argument.name;
      EXPECT_FALSE(optional && argument.required) << command.name() << ": " << argument.name;
      ended = argument.repeated;
      optional = !argument.required;
    }
  }
}

TEST(CommandsTest, EveryCommandIsExplained) {
  for (const Command& command : AllCommands()) {
    EXPECT_TRUE(absl::EndsWith(command.summary, ".")) << command.name() << ": " << command.summary;
    EXPECT_TRUE(command.run != nullptr) << command.name();
    for (const Argument& argument : command.arguments) {
      EXPECT_TRUE(argument.kind == Argument::Kind::kPositional || !argument.help.empty())
          << command.name() << " --" << argument.name;
    }
  }
}

// Fields that no argument sets, with those that are output only.
const std::set<std::string> kNoArguments = {"request_id", "page_size", "page_token"};

// Notes every value and list of a request that no argument sets, but for those that are output only.
void CollectUnset(const Descriptor& type, std::vector<const FieldDescriptor*> path,
                  const std::vector<RequestField>& fields, std::vector<std::string>& unset) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    path.push_back(field);
    const bool set =
        std::any_of(fields.begin(), fields.end(), [&](const RequestField& each) { return each.path == path; });
    const std::string comment = CommentOf(*field);
    const bool none = (path.size() == 1 && kNoArguments.contains(field->name())) ||
                      absl::StrContains(comment, "Output only") || absl::StrContains(comment, "Immutable");
    if (!set && !none) {
      if (!field->is_repeated() && !IsValue(*field)) {
        CollectUnset(*field->message_type(), path, fields, unset);
      } else {
        unset.push_back(field->full_name());
      }
    }
    path.pop_back();
  }
}

TEST(CommandsTest, EveryFieldOfEveryRequestCanBeSet) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (IsStream(*method)) continue;
    std::vector<std::string> unset;
    CollectUnset(*method->input_type(), {}, FieldsOf(*method), unset);
    EXPECT_THAT(unset, ElementsAre()) << method->full_name();
  }
}

TEST(CommandsTest, WhatTheServiceSetsItselfIsNoArgument) {
  for (const Command& command : AllCommands()) {
    for (const Argument& argument : command.arguments) {
      EXPECT_NE(argument.name, "create-time") << command.name();
      EXPECT_NE(argument.name, "attachment") << command.name();
    }
  }
}

TEST(CommandsTest, TheTypesOfAllFieldsCanBeTyped) {
  for (const MethodDescriptor* method : AllMethods()) {
    for (const RequestField& field : FieldsOf(*method)) {
      EXPECT_NE(field.path.back()->cpp_type(), FieldDescriptor::CPPTYPE_FLOAT) << field.path.back()->full_name();
    }
  }
}

// The words of an example, without the quotes of a shell.
std::vector<std::string> WordsOfExample(const std::string& example) {
  std::istringstream in(example);
  std::vector<std::string> words;
  for (std::string word; in >> std::quoted(word);) words.push_back(word);
  return words;
}

TEST(CommandsTest, EveryExampleOfACallMakesARequest) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const Command& command : AllCommands()) {
    const MethodDescriptor* method = pool.FindMethodByName(command.method);
    if (method == nullptr || IsStream(*method)) continue;
    std::vector<std::string> words = WordsOfExample(command.example);
    ASSERT_FALSE(words.empty()) << command.name();
    EXPECT_EQ(words.front(), "inventoryctl");
    words.erase(words.begin());
    const CommandLine line = Parse(words, AllCommands(), Options());
    EXPECT_EQ(line.problem, "") << command.example;
    EXPECT_EQ(line.command, &command) << command.example;
    if (command.group != Group::kApi) continue;  // Their fields have other names.
    std::unique_ptr<google::protobuf::Message> request(
        MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
    std::istringstream none;
    EXPECT_EQ(BuildRequest(*method, FieldsOf(*method), line.arguments, none, *request), absl::OkStatus())
        << command.example;
  }
}

TEST(CommandsTest, ShortFormsPresetFlagsThatExist) {
  for (const ShortForm& form : ShortForms()) {
    const Command command = CommandFor(form);
    for (const auto& [name, value] : form.presets) {
      EXPECT_TRUE(std::any_of(command.arguments.begin(), command.arguments.end(),
                              [&, flag = name](const Argument& argument) { return argument.name == flag; }))
          << form.name << ": " << name;
    }
  }
}

TEST(CommandsTest, ListsChooseColumnsThatExist) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  std::set<std::string> chosen;
  for (const auto& [message, names] : ChosenColumns()) {
    chosen.insert(message);
    const Descriptor* type = pool.FindMessageTypeByName(message);
    ASSERT_NE(type, nullptr) << message;
    std::vector<std::string> all;
    for (const Column& column : AllColumns(*type)) all.push_back(column.name);
    EXPECT_THAT(names, IsSubsetOf(all)) << message;
  }
  for (const MethodDescriptor* method : AllMethods()) {
    const FieldDescriptor* rows = RowsOf(*method->output_type());
    if (rows == nullptr || IsStream(*method)) continue;
    EXPECT_TRUE(chosen.contains(rows->message_type()->full_name())) << rows->message_type()->full_name();
  }
}

TEST(CommandsTest, HelpSaysErrorsAndShowsAnExample) {
  const auto command = std::find_if(AllCommands().begin(), AllCommands().end(),
                                    [](const Command& each) { return each.name() == "set stock"; });
  const std::string help = HelpOf(*command);
  EXPECT_THAT(help, ::testing::StartsWith("Sets on_hand to a counted number.\n\n"
                                          "Usage:\n  inventoryctl set stock SKU WAREHOUSE_ID ON_HAND [FLAGS]\n\n"
                                          "Example:\n  inventoryctl set stock JEANS-M ber-1 12\n"));
  EXPECT_THAT(help, ::testing::HasSubstr("WAREHOUSE_NOT_FOUND"));
  EXPECT_THAT(help, ::testing::HasSubstr("  --as-of-time TIME\n      The moment of the count"));
}

TEST(CommandsTest, TheOverviewNamesAllCommands) {
  const std::string overview = Overview(AllCommands(), Options());
  for (const Command& command : AllCommands()) {
    EXPECT_THAT(overview, ::testing::HasSubstr(absl::StrCat("\n  ", command.words.front(), " "))) << command.name();
    EXPECT_THAT(overview, ::testing::HasSubstr(command.words.back()));
  }
}

TEST(CommandsTest, NoLineOfHelpIsTooLongToRead) {
  for (const Command& command : AllCommands()) {
    for (const absl::string_view line : absl::StrSplit(HelpOf(command), '\n')) {
      const bool breaks = absl::StrContains(absl::StripAsciiWhitespace(line), " ") && !absl::StrContains(line, "|") &&
                          !absl::StrContains(line, "inventoryctl") && !absl::StrContains(line, "=TEXT");
      EXPECT_TRUE(!breaks || line.size() <= 106) << line;
    }
  }
}

}  // namespace
}  // namespace inventory::cli
