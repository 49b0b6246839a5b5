#include "client/cli/import_rejects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace inventory::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is kept of a file if these of the server's rows are refused: "cell|cell: reason".
std::vector<std::string> Kept(const std::string& text, ImportFile::Syntax syntax, const std::set<int64_t>& refused) {
  std::istringstream in(text);
  const auto file = ImportFile::Open(in, {.syntax = syntax}).value();
  const auto chunk = file->Next([](const FileRow&, const std::string& reason) { ADD_FAILURE() << reason; }).value();
  v1::ImportChunkResult result;
  for (const int64_t row : refused) {
    auto& reject = *result.add_rejects();
    reject.set_row(row);
    reject.mutable_error()->set_code(static_cast<int>(absl::StatusCode::kAborted));
    reject.mutable_error()->set_message(absl::StrCat("no ", row));
  }
  std::vector<std::string> kept;
  for (const RejectedRow& row : RejectedRows(*chunk, result, file->format())) {
    kept.push_back(absl::StrCat(absl::StrJoin(row.row.cells, "|"), ": ", row.reason));
  }
  return kept;
}

TEST(ImportRejectsTest, OfARowOnlyWhatWasRefusedIsKeptAndOnce) {
  const std::string text =
      "sku,warehouse_id,adjust_on_hand,safety_stock,etag\n"
      "A,w,1,2,e\n"
      "B,w,3,4,e\n"
      "C,w,,5,e\n";
  EXPECT_THAT(Kept(text, ImportFile::Syntax::kCsv, {}), IsEmpty());
  EXPECT_THAT(Kept(text, ImportFile::Syntax::kCsv, {1, 2}), ElementsAre("A|w|1|2|e: ABORTED: no 1; ABORTED: no 2"));
  EXPECT_THAT(Kept(text, ImportFile::Syntax::kCsv, {1, 4, 5}),
              ElementsAre("A|w|1||e: ABORTED: no 1", "B|w||4|: ABORTED: no 4", "C|w||5|e: ABORTED: no 5"));
}

TEST(ImportRejectsTest, TheSameHoldsForJsonLines) {
  const std::string text = R"({"sku":"A","warehouse_id":"w","on_hand":1,"safety_stock":2})";
  EXPECT_THAT(Kept(text, ImportFile::Syntax::kJsonLines, {1}),
              ElementsAre(R"({"sku":"A","warehouse_id":"w","on_hand":1}: ABORTED: no 1)"));
  EXPECT_THAT(Kept(text, ImportFile::Syntax::kJsonLines, {2}),
              ElementsAre(R"({"sku":"A","warehouse_id":"w","safety_stock":2}: ABORTED: no 2)"));
}

}  // namespace
}  // namespace inventory::cli
