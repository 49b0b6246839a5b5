#include "server/activities/destinations.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

#include "server/background/backoff.h"

namespace inventory::activities {
namespace {

Address Of(const std::string& text) {
  sockaddr_in ipv4 = {};
  ipv4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    return AddressOf(reinterpret_cast<const sockaddr&>(ipv4)).value();
  }
  sockaddr_in6 ipv6 = {};
  ipv6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr), 1) << text;
  return AddressOf(reinterpret_cast<const sockaddr&>(ipv6)).value();
}

TEST(DestinationsTest, AddressesOfTheInternetArePublic) {
  for (const char* text :
       {"1.1.1.1",         "8.8.8.8",     "9.255.255.255",  "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.1",   "169.253.1.1",    "172.15.255.255",  "172.32.0.0",      "192.0.1.1",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",      "223.255.255.255", "2606:4700::1111",
        "2a00:1450::1",    "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(IsPublic(Of(text))) << text;
  }
}

TEST(DestinationsTest, SpecialAddressesAreNot) {
  for (const char* text :
       {"0.0.0.0",     "0.1.2.3",     "10.0.0.1",        "10.255.255.255", "100.64.0.0",     "100.127.255.255",
        "127.0.0.1",   "127.9.9.9",   "169.254.169.254", "172.16.0.0",     "172.31.255.255", "192.0.0.8",
        "192.0.2.1",   "192.88.99.1", "192.168.0.1",     "198.18.0.1",     "198.19.255.255", "198.51.100.1",
        "203.0.113.1", "224.0.0.1",   "239.255.255.255", "240.0.0.1",      "255.255.255.255"}) {
    EXPECT_FALSE(IsPublic(Of(text))) << text;
    EXPECT_FALSE(IsPublic(Of(std::string("::ffff:") + text))) << "mapped " << text;
    EXPECT_FALSE(IsPublic(Of(std::string("64:ff9b::") + text))) << "NAT64 " << text;
    EXPECT_FALSE(IsPublic(Of(std::string("::") + text))) << "compatible " << text;
  }
  for (const char* text :
       {"::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1",
        "2002:0a00:0001::1", "2002:808:808::", "3fff::1", "64:ff9b:1::1", "100::1", "4000::1"}) {
    EXPECT_FALSE(IsPublic(Of(text))) << text;
  }
}

TEST(DestinationsTest, OtherSocketsHaveNoAddress) {
  sockaddr_un local = {};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(AddressOf(reinterpret_cast<const sockaddr&>(local)).has_value());
}

TEST(DestinationsTest, NetworksContainTheirAddresses) {
  const Networks networks = Networks::Parse("10.0.0.0/8, 192.168.1.128/25,fd00::/8").value();
  for (const char* text : {"10.1.2.3", "192.168.1.128", "192.168.1.255", "fd00::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(networks.Contain(Of(text))) << text;
  }
  for (const char* text : {"11.0.0.0", "192.168.1.127", "192.168.2.128", "fc00::1", "::a00:1"}) {
    EXPECT_FALSE(networks.Contain(Of(text))) << text;
  }
  EXPECT_FALSE(Networks().Contain(Of("10.1.2.3")));
  EXPECT_TRUE(Networks::Parse("0.0.0.0/0")->Contain(Of("127.0.0.1")));
  EXPECT_FALSE(Networks::Parse("0.0.0.0/0")->Contain(Of("::1")));
}

TEST(DestinationsTest, WhatIsNoNetworkIsNamed) {
  for (const char* text :
       {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "fd00::/129", "10.0.0/8", "local/8", "10.0.0.0/x"}) {
    const auto parsed = Networks::Parse(std::string("127.0.0.0/8,") + text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.status().message().find(text), std::string::npos) << parsed.status();
  }
}

TEST(DestinationsTest, HostsMatchByNameOrSuffix) {
  const Hosts hosts = Hosts::Parse("hooks.example.com, *.Partner.example,10.0.0.7,[fd00::7]").value();
  for (const char* host : {"hooks.example.com", "HOOKS.example.COM", "hooks.example.com.", "a.partner.example",
                           "a.b.partner.example", "10.0.0.7", "[fd00::7]"}) {
    EXPECT_TRUE(hosts.Contain(host)) << host;
  }
  for (const char* host : {"example.com", "x.hooks.example.com", "partner.example", "evilpartner.example",
                           ".partner.example", "partner.example.evil.org", "10.0.0.70", ""}) {
    EXPECT_FALSE(hosts.Contain(host)) << host;
  }
  EXPECT_TRUE(Hosts().Contain("any.org"));
  for (const char* bad : {"a b", "http://a.org", "a/b", "*", "*.", "a*b"}) EXPECT_FALSE(Hosts::Parse(bad).ok()) << bad;
}

TEST(DestinationsTest, OnlyAnEmptyListIsForEveryHost) {
  for (const char* empty : {"", " "}) EXPECT_TRUE(Hosts::Parse(empty).value().Contain("any.org"));
  for (const char* commas : {",", " , ", ",,"}) EXPECT_FALSE(Hosts::Parse(commas).ok()) << commas;
  EXPECT_FALSE(Hosts::Parse("a.org,").value().Contain("any.org"));
}

TEST(BackoffTest, DoublesUpToItsMost) {
  const background::Backoff backoff{.first = absl::Seconds(1), .most = absl::Seconds(60)};
  EXPECT_EQ(backoff.Pause(1, 0.5), absl::Milliseconds(500));
  EXPECT_EQ(backoff.Pause(2, 0.5), absl::Seconds(1));
  EXPECT_EQ(backoff.Pause(4, 0.25), absl::Seconds(2));
  EXPECT_EQ(backoff.Pause(7, 0.5), absl::Seconds(30));
  EXPECT_EQ(backoff.Pause(1'000'000, 0.5), absl::Seconds(30));
  EXPECT_EQ(backoff.Pause(3, 0), absl::ZeroDuration());
}

}  // namespace
}  // namespace inventory::activities
