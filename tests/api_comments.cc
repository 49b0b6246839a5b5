#include "tests/api_comments.h"

#include <fstream>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace inventory {
namespace {

using Words = std::set<std::string>;

// The words of the comment before each service and RPC, by the first two words of its declaration: "rpc GetItem".
std::map<std::string, Words> ReadComments() {
  std::map<std::string, Words> comments;
  for (const char* name : {"inventory", "warehouse", "channel"}) {
    std::ifstream file(absl::StrCat(INVENTORY_SOURCE_DIR, "/protos/inventory/v1/", name, "_service.proto"));
    std::string comment;
    for (std::string line; std::getline(file, line);) {
      const absl::string_view text = absl::StripLeadingAsciiWhitespace(line);
      if (absl::StartsWith(text, "//")) {
        absl::StrAppend(&comment, text, " ");
        continue;
      }
      const std::vector<std::string> declared = absl::StrSplit(text, absl::ByAnyChar(" ("));
      if (declared.size() > 1) {
        const Words words = absl::StrSplit(comment, absl::ByAnyChar(" .,;:(){}"), absl::SkipEmpty());
        comments[absl::StrCat(declared[0], " ", declared[1])] = words;
      }
      comment.clear();
    }
  }
  return comments;
}

}  // namespace

bool NamesReason(const google::protobuf::MethodDescriptor& rpc, const std::string& reason) {
  static const auto& comments = *new std::map<std::string, Words>(ReadComments());
  return comments.at("service InventoryService").contains(reason) ||
         comments.at(absl::StrCat("rpc ", rpc.name())).contains(reason);
}

}  // namespace inventory
