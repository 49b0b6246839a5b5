// URLs that the server calls.
#ifndef INVENTORY_SERVER_HTTP_URL_H_
#define INVENTORY_SERVER_HTTP_URL_H_

#include <string>

namespace inventory::http {

// What is wrong with a URL to call, for people; empty if nothing: absolute, http or https, with a host, without user,
// password and fragment, at most 2,048 bytes.
std::string UrlProblem(const std::string& url);

// The host of a URL that has no problem, in lower case.
std::string HostOf(const std::string& url);

}  // namespace inventory::http

#endif  // INVENTORY_SERVER_HTTP_URL_H_
