#include "tests/faults/mysql_packets.h"

#include <gtest/gtest.h>

#include <string>

namespace inventory::faults {
namespace {

TEST(MySqlPacketsTest, APacketIsTakenOnceItIsWhole) {
  const std::string query = MySqlPackets::Encode({.command = true, .number = 0, .payload = "\3SELECT 1"});
  MySqlPackets packets;
  packets.Add(query.substr(0, 6));
  EXPECT_FALSE(packets.Take().has_value());
  packets.Add(query.substr(6) + query.substr(0, 2));
  const auto taken = packets.Take();
  ASSERT_TRUE(taken.has_value());
  EXPECT_TRUE(taken->command);
  EXPECT_EQ(taken->payload, "\3SELECT 1");
  EXPECT_FALSE(packets.Take().has_value());
}

TEST(MySqlPacketsTest, LongPacketsAreEncodedAsTheyAreTaken) {
  const std::string text(70'000, 'x');
  MySqlPackets packets;
  packets.Add(MySqlPackets::Encode({.command = false, .number = 3, .payload = text}));
  const auto taken = packets.Take();
  ASSERT_TRUE(taken.has_value());
  EXPECT_FALSE(taken->command);
  EXPECT_EQ(taken->number, 3);
  EXPECT_EQ(taken->payload, text);
}

TEST(MySqlPacketsTest, OnlyQueriesThatWriteAndCommitAreCommits) {
  EXPECT_TRUE(CommitsWrites("\3INSERT INTO movement (sku) VALUES ('a');COMMIT"));
  EXPECT_FALSE(CommitsWrites("\3INSERT INTO movement (sku) VALUES ('COMMIT')"));
  EXPECT_FALSE(CommitsWrites("\3SELECT 1;COMMIT"));
  EXPECT_FALSE(CommitsWrites("\2INSERT INTO movement (sku) VALUES ('a');COMMIT"));
  EXPECT_FALSE(CommitsWrites(""));
}

}  // namespace
}  // namespace inventory::faults
