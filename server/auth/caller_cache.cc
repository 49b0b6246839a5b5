#include "server/auth/caller_cache.h"

#include <openssl/sha.h>

namespace inventory::auth {

CallerCache::Digest CallerCache::DigestOf(const std::string& shown) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(shown.data()), shown.size(), digest.data());
  return digest;
}

std::shared_ptr<const Caller> CallerCache::Find(const Digest& shown, Generations generations, absl::Time now) const {
  storage::MutexLock lock(mutex_);
  const auto found = entries_.find(shown);
  if (found == entries_.end()) return nullptr;
  const Entry& entry = found->second;
  return entry.generations == generations && now < entry.valid_until ? entry.caller : nullptr;
}

void CallerCache::Add(const Digest& shown, Generations generations, absl::Time valid_until,
                      std::shared_ptr<const Caller> caller) {
  storage::MutexLock lock(mutex_);
  if (entries_.size() >= capacity_) entries_.clear();
  if (capacity_ > 0) entries_[shown] = {generations, valid_until, std::move(caller)};
}

std::size_t CallerCache::size() const {
  storage::MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace inventory::auth
