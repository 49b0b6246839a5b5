// Goal: any words typed after inventoryctl make a request that says what was typed, or are refused with words; any
// value that a field takes is shown in a form that it takes again.
// Method: words of commands as they stand in a shell, texts for each field that can be typed, and profiles.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/api.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/parse.h"
#include "client/cli/profile.h"
#include "client/cli/request_builder.h"
#include "client/cli/request_fields.h"
#include "client/cli/set_value.h"
#include "client/cli/values.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::cli {
namespace {

using fuzz::Check;
using fuzz::Choices;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::unique_ptr<Message> New(const Descriptor& type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

const google::protobuf::MethodDescriptor* MethodOf(const Command& command) {
  for (const google::protobuf::MethodDescriptor* method : AllMethods()) {
    if (method->full_name() == command.method) return method;
  }
  return nullptr;
}

void CheckWords(Choices& data) {
  std::vector<std::string> words;
  for (const auto& word : absl::StrSplit(data.Text(300), '\n', absl::SkipEmpty())) {
    words.emplace_back(word);
  }
  const CommandLine line = Parse(words, AllCommands(), Options());
  if (line.command == nullptr) Check(line.help || !line.problem.empty(), "words that are no command are explained");
  if (line.command == nullptr || line.help || !line.problem.empty()) return;
  const google::protobuf::MethodDescriptor* method = MethodOf(*line.command);
  if (method == nullptr || line.command->group != Group::kApi) return;
  const std::optional<std::string> file = line.arguments.Get(kJsonFlag);
  if (file && *file != "-") return;  // No file of this machine.
  std::istringstream in(data.Rest());
  const std::unique_ptr<Message> request = New(*method->input_type());
  const absl::Status built = BuildRequest(*method, FieldsOf(*method), line.arguments, in, *request);
  Check(built.ok() || (absl::IsInvalidArgument(built) && !built.message().empty()), "a refusal says what is wrong");
  if (!built.ok()) return;
  const std::unique_ptr<Message> parsed = New(*method->input_type());
  Check(parsed->ParseFromString(request->SerializeAsString()), "a request can be sent");
}

// A field of any request that can be typed, counted from the first.
const FieldDescriptor* FieldNumber(std::size_t number) {
  static const auto& fields = *new std::vector<const FieldDescriptor*>([] {
    std::vector<const FieldDescriptor*> all;
    for (const google::protobuf::MethodDescriptor* method : AllMethods()) {
      for (const RequestField& field : FieldsOf(*method)) {
        const FieldDescriptor* last = field.path.back();
        if (IsValue(*last) && !last->is_map()) all.push_back(last);
      }
    }
    return all;
  }());
  return fields[number % fields.size()];
}

void CheckValue(Choices& data) {
  const FieldDescriptor& field = *FieldNumber(data.Number<uint16_t>());
  const std::string text = data.Rest();
  const std::unique_ptr<Message> message = New(*field.containing_type());
  const absl::Status set = SetValue(*message, field, text);
  if (!set.ok()) {
    Check(absl::IsInvalidArgument(set) && !set.message().empty(), "a refusal says what is expected");
    return;
  }
  const std::string shown = ShowValue(*message, field, field.is_repeated() ? 0 : -1);
  const std::unique_ptr<Message> again = New(*field.containing_type());
  const absl::Status reset = SetValue(*again, field, shown);
  Check(reset.ok(), absl::StrCat(field.full_name(), " takes what is shown of it: ", shown));
  Check(google::protobuf::util::MessageDifferencer::Equals(*message, *again),
        absl::StrCat(field.full_name(), " is shown as it is: ", shown));
}

void CheckRecord(Choices& data) {
  const FieldDescriptor& field = *FieldNumber(data.Number<uint16_t>());
  const std::unique_ptr<Message> record = New(*field.containing_type());
  const absl::Status set = SetRecord(*record, data.Rest());
  Check(set.ok() || (absl::IsInvalidArgument(set) && !set.message().empty()), "a refusal says what is wrong");
}

void CheckProfile(Choices& data) {
  static const int descriptor = memfd_create("profile", 0);
  const std::string text = data.Rest();
  Check(ftruncate(descriptor, 0) == 0 &&
            pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
            fchmod(descriptor, 0600) == 0,
        "the file is written");
  const std::string path = absl::StrCat("/proc/self/fd/", descriptor);
  for (const std::optional<std::string>& name : {std::optional<std::string>(), std::optional<std::string>("shop")}) {
    const absl::StatusOr<Profile> profile = ReadProfile(path, name);
    Check(profile.ok() || !profile.status().message().empty(), "a refusal says what is wrong");
  }
}

}  // namespace
}  // namespace inventory::cli

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace cli = inventory::cli;
  inventory::fuzz::Choices data(bytes, size);
  switch (data.NumberIn(0, 3)) {
    case 0:
      cli::CheckWords(data);
      break;
    case 1:
      cli::CheckValue(data);
      break;
    case 2:
      cli::CheckRecord(data);
      break;
    default:
      cli::CheckProfile(data);
  }
  return 0;
}
