// The credentials in use, and how new ones come into use.
#ifndef INVENTORY_SERVER_TLS_STORE_H_
#define INVENTORY_SERVER_TLS_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/tls/credentials.h"
#include "storage/mutex.h"

namespace inventory::tls {

// Follows files on disk: new contents that pass every check are in use from then on, and others are refused with a line
// in the log while those before them stay in use. Files may be written in place, renamed, or reached over links that
// are exchanged, as Kubernetes does. Thread-safe.
class Store {
 public:
  struct Options {
    Files files;
    absl::Duration expiry_warning = absl::Hours(168);  // So long before the end warnings begin. Default 168h.
    // Hears what became of new contents: "taken" or "refused".
    std::function<void(std::string_view outcome)> read = [](std::string_view) {};
  };

  // Reads the files for the first time; an error says what is wrong with them.
  static absl::StatusOr<std::unique_ptr<Store>> Open(Options options);

  // Looks at the files again. One call at a time.
  void Look();

  // Never null. Other credentials are another object.
  std::shared_ptr<const Credentials> current() const;

  // Whether the files on disk are other than those in use, because they were refused.
  bool refused() const;

 private:
  explicit Store(Options options) : options_(std::move(options)) {}

  absl::StatusOr<Credentials> Read() const;
  void Take(Credentials credentials);
  void Refuse(const std::string& why);
  void WarnOfExpiry();

  const Options options_;
  absl::Time warned_ = absl::InfinitePast();  // Used by Look alone.
  mutable storage::Mutex mutex_;
  std::shared_ptr<const Credentials> current_ GUARDED_BY(mutex_);
  std::string refusal_ GUARDED_BY(mutex_);  // Why the files on disk were refused; empty: they are in use.
};

}  // namespace inventory::tls

#endif  // INVENTORY_SERVER_TLS_STORE_H_
