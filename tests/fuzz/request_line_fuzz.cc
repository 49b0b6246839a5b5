// Goal: what asks for metrics says just what it was taken to say, as HTTP has it, or is refused. Method: any text as a
// request's head, and lines of any three words, of which it is known whether they are right.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/http/request_line.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::http {
namespace {

using fuzz::Check;
using fuzz::Choices;

bool SaysTheSame(const std::string& head, const std::optional<RequestLine>& line) {
  const std::optional<RequestLine> other = ParseRequestLine(head);
  if (!line || !other) return line.has_value() == other.has_value();
  return other->method == line->method && other->path == line->path;
}

bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

void CheckHead(const std::string& head) {
  const std::optional<RequestLine> line = ParseRequestLine(head);
  const std::string first = head.substr(0, head.find("\r\n"));
  Check(SaysTheSame(first, line) && SaysTheSame(first + "\r\nHost: a b\r\n\r\nmore", line),
        "the first line counts alone");
  if (!line) return;
  Check(IsWord(line->method), "a method is a word");
  Check(line->path.empty() || IsWord(line->path), "a path is a word");
  Check(line->path.find('?') == std::string_view::npos, "a query is not the path's");
  const std::string begin = absl::StrCat(std::string(line->method), " ", std::string(line->path));
  Check(first.substr(0, begin.size()) == begin && (first[begin.size()] == ' ' || first[begin.size()] == '?'),
        "the line begins with what was read");
  Check(SaysTheSame(begin + "? HTTP/1.0\r\n\r\n", line), "what was read is written and read again");
}

void CheckWords(Choices& data) {
  const std::string method = data.Text(20);
  const std::string path = data.Text(100);
  const std::string version = data.Text(20);
  const std::string head = absl::StrCat(method, " ", path, " ", version, "\r\n\r\n");
  const bool right = IsWord(method) && IsWord(path) && version.size() == 8 && version.substr(0, 7) == "HTTP/1." &&
                     absl::ascii_isdigit(static_cast<unsigned char>(version[7]));
  // Words with blanks or line breaks may be other words together.
  const std::string all = method + path + version;
  if (right || all.find_first_of(" \r\n") == std::string::npos) {
    Check(ParseRequestLine(head).has_value() == right, "it is accepted just if each word is right");
  }
  CheckHead(head);
}

}  // namespace
}  // namespace inventory::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace http = inventory::http;
  inventory::fuzz::Choices data(bytes, size);
  if (data.Bool()) {
    http::CheckHead(data.Rest());
  } else {
    http::CheckWords(data);
  }
  return 0;
}
