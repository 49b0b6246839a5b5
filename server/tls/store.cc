#include "server/tls/store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/logging.h"

namespace inventory::tls {
namespace {

using server::Log;
using server::LogLevel;

// Files that are replaced one after the other don't fit together in between.
constexpr absl::Duration kBetweenFiles = absl::Milliseconds(200);
constexpr absl::Duration kBetweenWarnings = absl::Hours(1);

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(Options options) {
  std::unique_ptr<Store> store(new Store(std::move(options)));
  absl::StatusOr<Credentials> credentials = store->Read();
  if (!credentials.ok()) return credentials.status();
  store->Take(*std::move(credentials));
  store->WarnOfExpiry();
  return store;
}

absl::StatusOr<Credentials> Store::Read() const {
  absl::StatusOr<Texts> texts = ReadFiles(options_.files);
  if (!texts.ok()) return texts.status();
  return Check(options_.files, *std::move(texts), absl::Now());
}

void Store::Look() {
  const absl::StatusOr<Texts> texts = ReadFiles(options_.files);
  if (!texts.ok() || *texts != current()->texts) {
    absl::StatusOr<Credentials> credentials = Read();
    if (!credentials.ok() && !refused()) {
      absl::SleepFor(kBetweenFiles);
      credentials = Read();
    }
    if (credentials.ok()) {
      Take(*std::move(credentials));
    } else {
      Refuse(std::string(credentials.status().message()));
    }
  } else {
    storage::MutexLock lock(mutex_);
    refusal_.clear();
  }
  WarnOfExpiry();
}

void Store::Take(Credentials credentials) {
  auto taken = std::make_shared<const Credentials>(std::move(credentials));
  Log(LogLevel::kInfo, "TLS certificate in use",
      {{"file", options_.files.certificate}, {"subject", taken->subject}, {"expires", Show(taken->not_after)}});
  warned_ = absl::InfinitePast();
  bool first = false;
  {
    storage::MutexLock lock(mutex_);
    first = current_ == nullptr;
    current_ = std::move(taken);
    refusal_.clear();
  }
  if (!first) options_.read("taken");
}

// Once for each fault, not at each look.
void Store::Refuse(const std::string& why) {
  {
    storage::MutexLock lock(mutex_);
    if (std::exchange(refusal_, why) == why) return;
  }
  Log(LogLevel::kError, "new TLS files refused, those before them stay in use", {{"error", why}});
  options_.read("refused");
}

void Store::WarnOfExpiry() {
  const std::shared_ptr<const Credentials> used = current();
  const absl::Time now = absl::Now();
  const absl::Duration life = used->not_after - used->not_before;
  if (used->not_after - now > std::min(options_.expiry_warning, life / 4) || now - warned_ < kBetweenWarnings) return;
  warned_ = now;
  const bool expired = used->not_after <= now;
  Log(expired ? LogLevel::kError : LogLevel::kWarning,
      expired ? "the TLS certificate has expired, clients refuse it" : "the TLS certificate expires soon",
      {{"file", options_.files.certificate}, {"expires", Show(used->not_after)}});
}

std::shared_ptr<const Credentials> Store::current() const {
  storage::MutexLock lock(mutex_);
  return current_;
}

bool Store::refused() const {
  storage::MutexLock lock(mutex_);
  return !refusal_.empty();
}

}  // namespace inventory::tls
