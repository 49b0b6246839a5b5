#include "server/auth/key_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/auth/fetch.h"

namespace inventory::auth {
namespace {

bool IsUrl(const std::string& location) { return absl::StrContains(location, "://"); }

}  // namespace

KeySource::KeySource(Options options) : options_(std::move(options)) {
  if (!IsUrl(options_.location)) file_.emplace(options_.location, KeySet::kMaxBytes);
}

KeySource::Keys KeySource::Current(absl::Time now) const {
  storage::MutexLock lock(mutex_);
  if (now - confirmed_ > options_.max_age) return {.set = nullptr, .generation = generation_};
  return {.set = keys_, .generation = generation_};
}

absl::Time KeySource::confirmed() const {
  storage::MutexLock lock(mutex_);
  return confirmed_;
}

bool KeySource::AskFor(absl::Time now) {
  storage::MutexLock lock(mutex_);
  if (looking_) return true;
  if (now - asked_ < options_.min_refresh) return false;
  asked_ = now;
  next_ = absl::InfinitePast();
  looking_ = true;
  return true;
}

bool KeySource::IsTime(absl::Time now) {
  storage::MutexLock lock(mutex_);
  return !from_url() || now >= next_;
}

absl::Status KeySource::Refresh(absl::Time now) {
  if (!IsTime(now)) return absl::OkStatus();
  absl::StatusOr<std::optional<std::string>> read = Read();
  absl::Status taken = read.ok() ? Take(*std::move(read), now) : read.status();
  if (!taken.ok() && file_) file_->Forget();
  storage::MutexLock lock(mutex_);
  next_ = now + (taken.ok() ? options_.refresh : std::min(options_.min_refresh, options_.refresh));
  looking_ = false;
  return taken;
}

absl::StatusOr<std::optional<std::string>> KeySource::Read() {
  if (file_) return file_->ReadIfChanged();
  absl::StatusOr<std::string> got =
      Get({.url = options_.location, .ca_file = options_.ca_file, .max_bytes = KeySet::kMaxBytes}, stopped_);
  if (!got.ok()) return got.status();
  return std::optional(*std::move(got));
}

absl::Status KeySource::Take(std::optional<std::string> text, absl::Time now) {
  std::shared_ptr<const KeySet> made;
  if (text && *text != text_) {
    absl::StatusOr<KeySet> parsed = KeySet::Parse(*text);
    if (!parsed.ok()) return parsed.status();
    made = std::make_shared<const KeySet>(*std::move(parsed));
    text_ = *std::move(text);
  }
  storage::MutexLock lock(mutex_);
  confirmed_ = now;
  if (made == nullptr) return absl::OkStatus();
  keys_ = std::move(made);
  ++generation_;
  return absl::OkStatus();
}

}  // namespace inventory::auth
