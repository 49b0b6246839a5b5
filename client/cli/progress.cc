#include "client/cli/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace inventory::cli {

Progress::Progress(std::ostream& err, bool terminal, int64_t total, client::Clock& clock)
    : err_(err), terminal_(terminal), total_(total), clock_(clock), start_(clock.Now()), shown_(start_) {}

Progress::~Progress() { Clear(); }

void Progress::Show(int64_t rows, int64_t rejected, int64_t done) {
  const absl::Time now = clock_.Now();
  if (now - shown_ < (terminal_ ? absl::Milliseconds(500) : absl::Seconds(10))) return;
  shown_ = now;
  const std::string line = Line(rows, rejected, done, now - start_);
  if (terminal_) {
    // Clears what a longer line has left.
    err_ << '\r' << line << "\x1b[K" << std::flush;
    on_line_ = true;
  } else {
    err_ << line << '\n';
  }
}

void Progress::Clear() {
  if (on_line_) err_ << "\r\x1b[K" << std::flush;
  on_line_ = false;
}

std::string Progress::Line(int64_t rows, int64_t rejected, int64_t done, absl::Duration elapsed) const {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-3);
  std::string line =
      absl::StrCat(Grouped(rows), " rows, ", Grouped(static_cast<int64_t>(static_cast<double>(rows) / seconds)), "/s");
  if (total_ > 0 && done > 0) {
    const double left = seconds * static_cast<double>(total_ - done) / static_cast<double>(done);
    absl::StrAppend(&line, ", ", std::min<int64_t>(100, 100 * done / total_), " %, ",
                    absl::FormatDuration(absl::Trunc(absl::Seconds(std::max(left, 0.0)), absl::Seconds(1))), " left");
  }
  if (rejected > 0) absl::StrAppend(&line, ", ", Grouped(rejected), " rejected");
  return line;
}

std::string Grouped(int64_t number) {
  std::string text = absl::StrCat(number);
  for (int at = static_cast<int>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

}  // namespace inventory::cli
