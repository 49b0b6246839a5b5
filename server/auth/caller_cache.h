// Callers that were judged before.
#ifndef INVENTORY_SERVER_AUTH_CALLER_CACHE_H_
#define INVENTORY_SERVER_AUTH_CALLER_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/auth/grant.h"
#include "storage/mutex.h"

namespace inventory::auth {

// Remembers callers by what they have shown, a token or the name in a certificate, so that a signature is verified and
// grants are looked up once and not with each call. What was shown is not kept, only its SHA-256. Thread-safe.
class CallerCache {
 public:
  using Digest = std::array<unsigned char, 32>;
  // Of the keys and the policy by which a caller was judged; others don't count.
  using Generations = std::pair<uint64_t, uint64_t>;

  // Every caller has its own copy of the warehouses and channels of its grants. Of all of them together it remembers no
  // more than so many ids, about 50 MB, unless one caller alone has more.
  static constexpr std::size_t kMaxIds = 500'000;

  explicit CallerCache(std::size_t capacity) : capacity_(capacity) {}

  static Digest DigestOf(const std::string& shown);

  // The caller; null if it is not known, or what it has shown is not valid now.
  std::shared_ptr<const Caller> Find(const Digest& shown, Generations generations, absl::Time now) const;

  // Remembers it until the time. A full cache forgets everything, which costs one judgement of each caller.
  void Add(const Digest& shown, Generations generations, absl::Time valid_until, std::shared_ptr<const Caller> caller);

  std::size_t size() const;

 private:
  struct Entry {
    Generations generations;
    absl::Time valid_until;
    std::shared_ptr<const Caller> caller;
  };

  const std::size_t capacity_;
  mutable storage::Mutex mutex_;
  absl::flat_hash_map<Digest, Entry> entries_ GUARDED_BY(mutex_);
  std::size_t ids_ GUARDED_BY(mutex_) = 0;  // Of the entries' callers.
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_CALLER_CACHE_H_
