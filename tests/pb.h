// Messages from protobuf's text format.
#ifndef INVENTORY_TESTS_PB_H_
#define INVENTORY_TESTS_PB_H_

#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace inventory {

// The message of which this is the text. The test fails if it is not.
template <typename Message>
Message Pb(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

}  // namespace inventory

#endif  // INVENTORY_TESTS_PB_H_
