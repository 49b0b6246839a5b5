#include "server/http/request_line.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace inventory::http {
namespace {

TEST(RequestLineTest, HasTheMethodAndThePath) {
  const std::optional<RequestLine> line = ParseRequestLine("GET /metrics HTTP/1.1\r\nHost: x y\r\n\r\n");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->method, "GET");
  EXPECT_EQ(line->path, "/metrics");
  const std::optional<RequestLine> query = ParseRequestLine("HEAD /a?b=c?d HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->method, "HEAD");
  EXPECT_EQ(query->path, "/a");
  EXPECT_EQ(ParseRequestLine("GET ? HTTP/1.1").value().path, "");
}

TEST(RequestLineTest, NothingElseIsOne) {
  for (const std::string_view head : {"",
                                      "\r\n",
                                      "GET",
                                      "GET /\r\n\r\n",
                                      "GET / \r\n\r\n",
                                      " / HTTP/1.1\r\n",
                                      "GET  HTTP/1.1\r\n",
                                      "GET  / HTTP/1.1\r\n",
                                      "GET /  HTTP/1.1\r\n",
                                      "GET /a b HTTP/1.1\r\n",
                                      "GET / HTTP/1.\r\n",
                                      "GET / HTTP/1.10\r\n",
                                      "GET / HTTP/1.x\r\n",
                                      "GET / HTTP/2.0\r\n",
                                      "GET / http/1.1\r\n",
                                      "GET / HTTP/1.1\nHost:x\r\n",
                                      "GET /\n HTTP/1.1",
                                      "GET /\t HTTP/1.1\r\n",
                                      "GET /\xC3\xA4 HTTP/1.1\r\n",
                                      "\r\nGET / HTTP/1.1\r\n"}) {
    EXPECT_FALSE(ParseRequestLine(head)) << head;
  }
}

}  // namespace
}  // namespace inventory::http
