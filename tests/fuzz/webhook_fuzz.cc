// Goal: a webhook calls only where the operator lets it, and receivers can trust what they get.
// Method: lists of hosts and networks, URLs, addresses and events of any bytes. Hosts and addresses are compared with
// plain readings of the same lists, a body must be JSON that says what the event says, and its signature one that a
// receiver finds right.
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "server/activities/cloud_event.h"
#include "server/activities/destinations.h"
#include "server/activities/signature.h"
#include "server/http/url.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::activities {
namespace {

using fuzz::Check;
using fuzz::Choices;

void CheckHosts(Choices& data) {
  const std::string list = data.Text(100);
  const std::string host = data.Rest();
  const absl::StatusOr<Hosts> hosts = Hosts::Parse(list);
  if (!hosts.ok()) {
    Check(!hosts.status().message().empty(), "a refusal says which part is wrong");
    return;
  }
  const bool contained = hosts->Contain(host);
  Check(contained == hosts->Contain(absl::AsciiStrToUpper(host)), "case does not matter");
  if (!contained || absl::StripAsciiWhitespace(list).empty()) return;
  // Whatever is let in has the letters of one of the patterns at its end.
  std::string name = absl::AsciiStrToLower(host);
  if (absl::EndsWith(name, ".")) name.pop_back();
  bool named = false;
  for (const auto& part : absl::StrSplit(list, ',')) {
    std::string pattern = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
    if (absl::EndsWith(pattern, ".")) pattern.pop_back();
    const bool wild = absl::StartsWith(pattern, "*.");
    named = named || name == pattern ||
            (wild && name.size() > pattern.size() - 1 && absl::EndsWith(name, pattern.substr(1)));
  }
  Check(named, absl::StrCat("the list \"", list, "\" lets \"", host, "\" in"));
}

void CheckUrl(Choices& data) {
  const std::string url = data.Rest();
  if (!http::UrlProblem(url).empty()) return;
  const std::string host = http::HostOf(url);
  Check(!host.empty() && host == absl::AsciiStrToLower(host), "a URL without a problem has a host in lower case");
  Check(absl::StrContains(absl::AsciiStrToLower(url), "http"), "the scheme is http or https");
  Check(Hosts().Contain(host), "no list lets every host in");
}

bool HasPrefix(const Address& address, const Address& network, int bits) {
  for (int bit = 0; bit < bits; ++bit) {
    const int mask = 0x80 >> (bit % 8);
    if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) return false;
  }
  return true;
}

void CheckAddress(Choices& data) {
  sockaddr_in ipv4 = {};
  ipv4.sin_family = AF_INET;
  ipv4.sin_addr.s_addr = data.Number<uint32_t>();
  const Address address = AddressOf(reinterpret_cast<const sockaddr&>(ipv4)).value();
  // The same by way of IPv6: mapped, and through NAT64.
  for (const char* prefix : {"::ffff:", "64:ff9b::"}) {
    sockaddr_in6 ipv6 = {};
    ipv6.sin6_family = AF_INET6;
    auto& bytes = ipv6.sin6_addr.s6_addr;
    if (prefix[0] == ':') {
      bytes[10] = bytes[11] = 0xff;
    } else {
      bytes[1] = 0x64;
      bytes[2] = 0xff;
      bytes[3] = 0x9b;
    }
    std::memcpy(&bytes[12], &ipv4.sin_addr, 4);
    Check(AddressOf(reinterpret_cast<const sockaddr&>(ipv6)) == address, absl::StrCat(prefix, " is the same address"));
  }
  const auto first = static_cast<uint8_t>(ntohl(ipv4.sin_addr.s_addr) >> 24);
  if (first == 0 || first == 10 || first == 127 || first >= 224) Check(!IsPublic(address), "a private address is none");

  const int bits = data.NumberIn(0, 32);
  const uint32_t masked = bits == 0 ? 0 : ntohl(ipv4.sin_addr.s_addr) >> (32 - bits) << (32 - bits);
  const std::string block =
      absl::StrCat(masked >> 24, ".", masked >> 16 & 255, ".", masked >> 8 & 255, ".", masked & 255, "/", bits);
  const absl::StatusOr<Networks> networks = Networks::Parse(block);
  Check(networks.ok(), absl::StrCat(block, " is a network"));
  Check(networks->Contain(address), absl::StrCat(block, " holds the address that it was made of"));
  Address other = address;
  for (std::size_t i = 12; i < other.size(); ++i) other[i] = data.Number<uint8_t>();
  Check(networks->Contain(other) == HasPrefix(other, address, 96 + bits), absl::StrCat(block, " holds what begins so"));

  const absl::StatusOr<Networks> any = Networks::Parse(data.Rest());
  if (any.ok()) any->Contain(address);
}

// A receiver, as signature.h tells it how to check.
bool Accepts(const std::string& header, const std::string& body, const std::string& secret) {
  std::string time;
  bool right = false;
  for (const auto& part : absl::StrSplit(header, ',')) {
    const std::pair<std::string, std::string> element = absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (element.first == "t") time = element.second;
    if (element.first != "v1") continue;
    const std::string text = absl::StrCat(time, ".", body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    const absl::string_view hmac(reinterpret_cast<const char*>(digest.data()), size);
    right = right || element.second == absl::BytesToHexString(hmac);
  }
  return right;
}

void CheckSignature(Choices& data) {
  const absl::Time time = absl::FromUnixSeconds(data.Number<int32_t>());
  const std::vector<std::string> secrets = {data.Text(40), data.Text(40)};
  const std::string body = data.Rest();
  const std::string header = Sign(body, time, secrets);
  for (const std::string& secret : secrets) {
    Check(Accepts(header, body, secret), "each secret's receiver accepts it");
    Check(!Accepts(header, body + " ", secret), "nobody accepts another body");
  }
  Check(header.find_first_not_of("tv=,-0123456789abcdef") == std::string::npos, "the header is in ASCII");
  IsSecretName(body);
}

// Ids and SKUs come from requests, which hold UTF-8 alone.
void CheckEvent(Choices& data) {
  const auto text = [&data] {
    std::string any = data.Text(40);
    for (char& c : any) c = static_cast<char>(c & 0x7f);
    return any;
  };
  LowStockEvent event;
  event.rule_id = text();
  event.event_id = event.rule_id + ":7";
  event.number = data.Number<int64_t>();
  event.type = data.Bool() ? LowStockEvent::Type::kLow : LowStockEvent::Type::kRecovered;
  event.sku = text();
  event.warehouse_id = text();
  event.channel_id = text();
  event.available = data.Number<int64_t>();
  event.threshold = data.Number<int64_t>();
  event.time = absl::FromUnixMicros(data.NumberIn<int64_t>(0, int64_t{4'000'000'000} * 1'000'000));
  const nlohmann::json json = nlohmann::json::parse(CloudEventJson(event), nullptr, /*allow_exceptions=*/false);
  Check(json.is_object(), "a body is a JSON object");
  const nlohmann::json& told = json["data"];
  Check(json["subject"] == event.sku && told["sku"] == event.sku && told["rule_id"] == event.rule_id &&
            told["number"] == event.number && told["available"] == event.available &&
            told["threshold"] == event.threshold,
        "it says what the event says");
  Check(told.contains("warehouse_id") == !event.warehouse_id.empty() &&
            told.contains("channel_id") == !event.channel_id.empty(),
        "it names what the rule watches");
}

}  // namespace
}  // namespace inventory::activities

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace activities = inventory::activities;
  inventory::fuzz::Choices data(bytes, size);
  switch (data.NumberIn(0, 4)) {
    case 0:
      activities::CheckHosts(data);
      break;
    case 1:
      activities::CheckUrl(data);
      break;
    case 2:
      activities::CheckAddress(data);
      break;
    case 3:
      activities::CheckSignature(data);
      break;
    default:
      activities::CheckEvent(data);
  }
  return 0;
}
