#include "client/cli/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/output_csv.h"

namespace inventory::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Every record as "line: cell|cell", with "!error" where it is broken; the status at the end if that is not OK.
std::vector<std::string> Read(const std::string& text, char delimiter = ',') {
  std::istringstream in(text);
  TextSource source(in);
  EXPECT_TRUE(source.Open().ok());
  CsvReader reader(source, delimiter);
  std::vector<std::string> records;
  for (;;) {
    const auto record = reader.Next();
    if (!record.ok()) records.push_back(std::string(record.status().message()));
    if (!record.ok() || !record->has_value()) return records;
    const std::string error = (*record)->error.empty() ? "" : absl::StrCat(" !", (*record)->error);
    records.push_back(absl::StrCat((*record)->line, ": ", absl::StrJoin((*record)->cells, "|"), error));
  }
}

TEST(CsvReaderTest, ReadsRecordsWithAnyLineEnds) {
  EXPECT_THAT(Read("a,b\r\nc,d\n\r\n\ne,\n,\nlast"), ElementsAre("1: a|b", "2: c|d", "5: e|", "6: |", "7: last"));
  EXPECT_THAT(Read(""), IsEmpty());
  EXPECT_THAT(Read("\n\n"), IsEmpty());
  EXPECT_THAT(Read("a\rb\r\rc,d\re"), ElementsAre("1: a", "2: b", "4: c|d", "5: e"));
  EXPECT_THAT(Read("a;b,c\n", ';'), ElementsAre("1: a|b,c"));
  EXPECT_THAT(Read("\xEF\xBB\xBFsku\nä\n"), ElementsAre("1: sku", "2: ä"));
}

TEST(CsvReaderTest, ReadsCellsInQuotes) {
  EXPECT_THAT(Read("\"a,b\",\"say \"\"x\"\"\",\"\"\n\"two\r\nlines\",c\nd\n"),
              ElementsAre("1: a,b|say \"x\"|", "2: two\r\nlines|c", "4: d"));
}

TEST(CsvReaderTest, GoesOnAfterABrokenRecord) {
  EXPECT_THAT(Read("a\"b,c\nd,e\n"), ElementsAre("1: a !a quote stands within a cell that is not in quotes", "2: d|e"));
  EXPECT_THAT(Read("\"a\"b,c\nd\n"), ElementsAre("1: a !text follows a closing quote", "2: d"));
  EXPECT_THAT(Read("\xFF,\"b,\n\",c\nd\n"), ElementsAre("1: \xFF|b,\n|c !is not UTF-8", "3: d"));
}

TEST(CsvReaderTest, EndsWhereAQuoteIsNeverClosed) {
  EXPECT_THAT(Read("a\nb,\"c\nd\n"), ElementsAre("1: a", "line 2: a quote is opened in this record and never closed"));
  const std::string endless = absl::StrCat("a\n\"", std::string(CsvReader::kMaxRecordBytes + 1, 'x'));
  EXPECT_THAT(Read(endless), ElementsAre("1: a", HasSubstr("line 2: the record is longer than 1048576 bytes")));
}

TEST(CsvReaderTest, ReadsWhatIsWrittenWhateverTheText) {
  std::mt19937 random(1);
  const std::string letters = "ab,\"\r\n; \t";
  for (int run = 0; run < 300; ++run) {
    std::vector<std::string> cells(1 + random() % 4);
    for (std::string& cell : cells) {
      for (std::size_t i = random() % 6; i > 0; --i) cell.push_back(letters[random() % letters.size()]);
    }
    cells.push_back("end");
    const std::string text = absl::StrJoin(
        cells, ",", [](std::string* out, const std::string& cell) { absl::StrAppend(out, CsvCell(cell)); });
    EXPECT_THAT(Read(text + "\r\n"), ElementsAre(absl::StrCat("1: ", absl::StrJoin(cells, "|")))) << text;
  }
}

TEST(TextSourceTest, RefusesWhatIsNotUtf8WithAdvice) {
  for (const std::string& text :
       {std::string("\xFF\xFEs\0k\0", 6), std::string("\xFE\xFF\0s", 4), std::string("s\0k\0", 4)}) {
    std::istringstream in(text);
    EXPECT_THAT(std::string(TextSource(in).Open().message()), HasSubstr("iconv -f UTF-16 -t UTF-8"));
  }
}

}  // namespace
}  // namespace inventory::cli
