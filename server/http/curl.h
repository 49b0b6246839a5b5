// Who owns what curl gives out.
#ifndef INVENTORY_SERVER_HTTP_CURL_H_
#define INVENTORY_SERVER_HTTP_CURL_H_

namespace inventory::http {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* owned) const {
    Free(owned);
  }
};

}  // namespace inventory::http

#endif  // INVENTORY_SERVER_HTTP_CURL_H_
