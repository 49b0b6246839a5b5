#include "tests/integration/collector.h"

#include <dlfcn.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "tests/integration/server_process.h"

namespace inventory::integration {
namespace {

using nlohmann::json;

// Neither headers nor protos of it are installed, but its library knows its own messages.
std::unique_ptr<google::protobuf::Message> NewRequest() {
  static void* const library = dlopen("libopentelemetry_proto.so", RTLD_NOW);
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest");
  EXPECT_TRUE(library != nullptr && type != nullptr) << "OpenTelemetry's protobuf library is not there";
  if (type == nullptr) return nullptr;
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string Text(const json& object, const char* key) { return object.value(key, ""); }

std::string HexOf(const json& object, const char* key) {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(Text(object, key), &bytes));
  return absl::BytesToHexString(bytes);
}

std::map<std::string, std::string> AttributesOf(const json& object) {
  std::map<std::string, std::string> attributes;
  for (const json& attribute : object.value("attributes", json::array())) {
    const json& value = attribute["value"];
    attributes[Text(attribute, "key")] = value.value("stringValue", value.value("intValue", ""));
  }
  return attributes;
}

Collected Read(const json& span, const std::map<std::string, std::string>& resource) {
  return {.trace_id = HexOf(span, "traceId"),
          .span_id = HexOf(span, "spanId"),
          .parent_id = HexOf(span, "parentSpanId"),
          .state = Text(span, "traceState"),
          .name = Text(span, "name"),
          .kind = std::string(absl::StripPrefix(Text(span, "kind"), "SPAN_KIND_")),
          .start = std::stoll(Text(span, "startTimeUnixNano")),
          .end = std::stoll(Text(span, "endTimeUnixNano")),
          .failed = span.contains("status") && Text(span["status"], "code") == "STATUS_CODE_ERROR",
          .attributes = AttributesOf(span),
          .resource = resource};
}

json Parse(const HttpReceiver::Request& request) {
  EXPECT_EQ(request.target, "/v1/traces");
  EXPECT_EQ(request.headers.at("content-type"), "application/x-protobuf");
  const std::unique_ptr<google::protobuf::Message> message = NewRequest();
  std::string text = "{}";
  if (message == nullptr) return json::parse(text);
  EXPECT_TRUE(message->ParseFromString(request.body));
  text.clear();
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(*message, &text).ok());
  return json::parse(text);
}

}  // namespace

bool Collector::IsThere() {
#ifdef INVENTORY_EXPORTS_TRACES
  return true;
#else
  return false;
#endif
}

void Collector::Require() {
  if (IsThere()) return;
  ASSERT_EQ(std::getenv("INVENTORY_NO_SKIPS"), nullptr) << "the export of traces was not built";
  GTEST_SKIP() << "the export of traces was not built: opentelemetry-cpp was not found";
}

std::vector<Collected> Collector::SpansOf(const std::string& trace_id) const {
  std::vector<Collected> spans;
  for (const HttpReceiver::Request& request : receiver_.requests()) {
    for (const json& resource : Parse(request).value("resourceSpans", json::array())) {
      for (const json& scope : resource["scopeSpans"]) {
        for (const json& span : scope["spans"]) {
          Collected read = Read(span, AttributesOf(resource["resource"]));
          if (trace_id.empty() || read.trace_id == trace_id) spans.push_back(std::move(read));
        }
      }
    }
  }
  std::stable_sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.end < b.end; });
  return spans;
}

std::vector<Collected> Collector::Await(const std::string& trace_id, std::size_t count) const {
  Eventually([&] { return SpansOf(trace_id).size() >= count; }, absl::Seconds(10));
  return SpansOf(trace_id);
}

}  // namespace inventory::integration
