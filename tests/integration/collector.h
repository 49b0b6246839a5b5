// A collector of traces.
#ifndef INVENTORY_TESTS_INTEGRATION_COLLECTOR_H_
#define INVENTORY_TESTS_INTEGRATION_COLLECTOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/http_receiver.h"

namespace inventory::integration {

// A span as it was posted. Ids are in hex.
struct Collected {
  std::string trace_id;
  std::string span_id;
  std::string parent_id;
  std::string state;
  std::string name;
  std::string kind;   // "SERVER".
  int64_t start = 0;  // Nanoseconds since 1970.
  int64_t end = 0;
  bool failed = false;
  std::map<std::string, std::string> attributes;
  std::map<std::string, std::string> resource;
};

// Takes what servers post, if IsThere.
class Collector {
 public:
  // Whether this build exports traces; without it nobody posts any.
  static bool IsThere();
  // Skips the test where it does not, or fails it where no test may be skipped. For SetUp.
  static void Require();

  Collector() : receiver_(HttpReceiver::Status(200)) {}
  Collector(const std::string& certificate, const std::string& key)
      : receiver_(HttpReceiver::Status(200), certificate, key) {}

  std::string option() const { return "--otlp-endpoint=" + receiver_.url(""); }
  HttpReceiver& receiver() { return receiver_; }

  // All spans of a trace so far, by when they have ended. An empty id: of all traces.
  std::vector<Collected> SpansOf(const std::string& trace_id) const;
  // The same, once there are so many; after 10 seconds however many there are.
  std::vector<Collected> Await(const std::string& trace_id, std::size_t count) const;

 private:
  HttpReceiver receiver_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_COLLECTOR_H_
