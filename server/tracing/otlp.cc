#include "server/tracing/otlp.h"

#include <dlfcn.h>

#include <algorithm>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace inventory::tracing {
namespace {

// Found where the program's RPATH says.
constexpr char kLibrary[] = "libinventory-otlp.so";

absl::Status Unusable(const std::string& why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "traces can't be exported by this server: ", why,
      "; give no otlp-endpoint, or install inventory-server-otlp, or build where opentelemetry-cpp is installed"));
}

absl::Status CantRead(const std::string& path) { return absl::InvalidArgumentError(absl::StrCat("can't read ", path)); }

// The characters of a name in HTTP.
bool IsName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::string_view("!#$%&'*+-.^_`|~").find(c) != absl::string_view::npos;
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<SpanExport>> OpenOtlp(const OtlpOptions& options) {
  // Never closed: threads of the libraries below may outlive the sink.
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Unusable(dlerror());
  auto* const make = reinterpret_cast<MakeOtlpExport*>(dlsym(library, kMakeOtlpExport));
  if (make == nullptr) return Unusable(dlerror());
  std::string why;
  std::unique_ptr<SpanExport> made(make(OtlpAbi(), options, why));
  if (made != nullptr) return made;
  return Unusable(!why.empty() ? why : absl::StrCat(kLibrary, " is of another version than ", INVENTORY_VERSION));
}

absl::StatusOr<HttpHeaders> ReadHeaders(const std::string& path) {
  std::ifstream file(path);
  if (!file.is_open()) return CantRead(path);
  return ParseHeaders(file, path);
}

absl::StatusOr<HttpHeaders> ParseHeaders(std::istream& in, const std::string& path) {
  HttpHeaders headers;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty()) continue;
    const std::size_t colon = text.find(':');
    const absl::string_view name = text.substr(0, colon);
    if (colon == absl::string_view::npos || !IsName(name)) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, " of ", path, " is not \"name: value\""));
    }
    const absl::string_view value = absl::StripAsciiWhitespace(text.substr(colon + 1));
    if (std::any_of(value.begin(), value.end(), [](char c) { return absl::ascii_iscntrl(c) && c != '\t'; })) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, " of ", path, " has control characters"));
    }
    headers.emplace_back(name, value);
  }
  if (in.bad()) return CantRead(path);
  return headers;
}

}  // namespace inventory::tracing
