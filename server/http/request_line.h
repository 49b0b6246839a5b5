// The first line of requests that come by HTTP.
#ifndef INVENTORY_SERVER_HTTP_REQUEST_LINE_H_
#define INVENTORY_SERVER_HTTP_REQUEST_LINE_H_

#include <optional>
#include <string_view>

namespace inventory::http {

// Parts of the text that it was read from.
struct RequestLine {
  std::string_view method;  // Not empty.
  std::string_view path;    // Without a query. Empty if there is nothing else.
};

// That of a request's head, which may go on after it; nothing if it is none of HTTP/1 (RFC 9112).
std::optional<RequestLine> ParseRequestLine(std::string_view head);

}  // namespace inventory::http

#endif  // INVENTORY_SERVER_HTTP_REQUEST_LINE_H_
