// What generated clients are made of: the elements of all pages of a list.
#ifndef INVENTORY_CLIENT_INTERNAL_PAGES_H_
#define INVENTORY_CLIENT_INTERNAL_PAGES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "inventory/client/results.h"

namespace inventory::client::internal {

// Reads one page after another. Used by one thread at a time.
template <typename Request, typename Response, typename Element>
class Pages {
 public:
  using Fetch = std::function<absl::StatusOr<Response>(const Request&)>;
  using Elements = google::protobuf::RepeatedPtrField<Element>* (Response::*)();

  Pages(Request request, Fetch fetch, Elements elements)
      : request_(std::move(request)), fetch_(std::move(fetch)), elements_(elements) {}

  std::optional<absl::StatusOr<Element>> Next() {
    // A page may be empty and yet not the last.
    while (next_ == Size()) {
      if (page_.has_value() && page_->next_page_token().empty()) return std::nullopt;
      absl::Status fetched = FetchPage();
      if (!fetched.ok()) return fetched;
    }
    return std::move(*(*page_.*elements_)()->Mutable(next_++));
  }

 private:
  int Size() { return page_.has_value() ? (*page_.*elements_)()->size() : 0; }

  absl::Status FetchPage() {
    if (page_.has_value()) {
      // Otherwise the loop would have no end.
      if (page_->next_page_token() == request_.page_token()) {
        return absl::InternalError("the server names the same page again as the next one");
      }
      request_.set_page_token(page_->next_page_token());
    }
    absl::StatusOr<Response> page = fetch_(request_);
    if (!page.ok()) return page.status();
    page_ = *std::move(page);
    next_ = 0;
    return absl::OkStatus();
  }

  Request request_;
  const Fetch fetch_;
  const Elements elements_;
  std::optional<Response> page_;
  int next_ = 0;
};

// The elements of all pages from that of `request` on. `elements` gets them out of a page.
template <typename Request, typename Response, typename Element>
Results<Element> AllPages(Request request, std::function<absl::StatusOr<Response>(const Request&)> fetch,
                          google::protobuf::RepeatedPtrField<Element>* (Response::*elements)()) {
  auto pages = std::make_shared<Pages<Request, Response, Element>>(std::move(request), std::move(fetch), elements);
  return Results<Element>([pages] { return pages->Next(); });
}

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_PAGES_H_
