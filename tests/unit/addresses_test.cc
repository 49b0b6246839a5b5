#include "server/net/addresses.h"

#include "gtest/gtest.h"

namespace inventory::net {
namespace {

TEST(HostOfTest, HostsAreToldApartAndTheirPortsAreNot) {
  EXPECT_EQ(HostOf("ipv4:10.0.0.1:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:%5B::1%5D:5000"), "ipv6:::/64");
  EXPECT_EQ(HostOf("ipv6:[2001:db8:1:2:3:4:5:6]:5000"), "ipv6:2001:db8:1:2::/64");
  EXPECT_EQ(HostOf("ipv6:%5Bfe80::1%25eth0%5D:5000"), "ipv6:fe80::/64");
  EXPECT_EQ(HostOf("ipv6:%5B::ffff:10.0.0.1%5D:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:[64:ff9b::10.0.0.1]:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:nonsense"), "ipv6:nonsense");
  EXPECT_EQ(HostOf("ipv4:10.0.0.1"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("unix:"), "unix:");
}

}  // namespace
}  // namespace inventory::net
