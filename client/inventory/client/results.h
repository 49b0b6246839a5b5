// The elements of a list, one after another over all its pages.
//
// Pages are fetched when the loop comes to them. An error is the last result. A range is for one loop by one thread,
// and the client must outlive it.
//
//   for (absl::StatusOr<v1::Item>& item : client->ListItems(request)) {
//     if (!item.ok()) return item.status();
//     Show(*item);
//   }
#ifndef INVENTORY_CLIENT_RESULTS_H_
#define INVENTORY_CLIENT_RESULTS_H_

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"

namespace inventory::client {

template <typename T>
class Results {
 public:
  // Gives the next result, or nothing at the end. Not called again after the end or an error.
  using Source = std::function<std::optional<absl::StatusOr<T>>()>;

  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = absl::StatusOr<T>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;

    explicit Iterator(Results* results) : results_(results) {}
    reference operator*() const { return *results_->current_; }
    pointer operator->() const { return &*results_->current_; }
    Iterator& operator++() {
      results_->Advance();
      return *this;
    }
    void operator++(int) { results_->Advance(); }
    bool operator==(std::default_sentinel_t) const { return !results_->current_.has_value(); }

   private:
    Results* results_;
  };

  explicit Results(Source source) : source_(std::move(source)) {}

  // To be called once.
  Iterator begin() {
    Advance();
    return Iterator(this);
  }
  std::default_sentinel_t end() const { return std::default_sentinel; }

 private:
  void Advance() {
    const bool failed = current_.has_value() && !current_->ok();
    if (failed) {
      current_.reset();
    } else {
      current_ = source_();
    }
  }

  Source source_;
  std::optional<absl::StatusOr<T>> current_;
};

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_RESULTS_H_
