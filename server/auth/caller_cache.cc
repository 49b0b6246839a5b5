#include "server/auth/caller_cache.h"

#include <openssl/sha.h>

namespace inventory::auth {
namespace {

std::size_t IdsOf(const Caller& caller) {
  std::size_t ids = 0;
  for (const Grant& grant : caller.grants) {
    if (grant.warehouses) ids += grant.warehouses->size();
    if (grant.channels) ids += grant.channels->size();
  }
  return ids;
}

}  // namespace

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
  if (capacity_ == 0) return;
  const std::size_t ids = IdsOf(*caller);
  storage::MutexLock lock(mutex_);
  if (const auto known = entries_.find(shown); known != entries_.end()) {
    ids_ -= IdsOf(*known->second.caller);
    entries_.erase(known);
  }
  if (entries_.size() >= capacity_ || ids_ + ids > kMaxIds) {
    entries_.clear();
    ids_ = 0;
  }
  entries_[shown] = {generations, valid_until, std::move(caller)};
  ids_ += ids;
}

std::size_t CallerCache::size() const {
  storage::MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace inventory::auth
