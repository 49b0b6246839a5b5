// Values of fields, as typed and as shown.
#include "client/cli/values.h"

#include <gtest/gtest.h>

#include "client/cli/set_value.h"
#include "inventory/v1/warehouse.pb.h"

namespace inventory::cli {
namespace {

const google::protobuf::FieldDescriptor& Longitude() {
  return *v1::GeoPoint::descriptor()->FindFieldByName("longitude");
}

TEST(ValuesTest, ShowsFractionsWithAllTheirDigits) {
  for (const char* text : {"13.404954", "-179.99999999999997", "5.555555e+06", "0.1", "-0", "100000",
                           "2.2250738585072014e-308", "-1.7976931348623157e+308"}) {
    v1::GeoPoint point;
    ASSERT_TRUE(SetValue(point, Longitude(), text).ok()) << text;
    EXPECT_EQ(ShowValue(point, Longitude()), text);
  }
}

TEST(ValuesTest, TakesNoNumberThatIsNone) {
  for (const char* text : {"nan", "inf", "-inf", "1e999", "", "north"}) {
    v1::GeoPoint point;
    EXPECT_TRUE(absl::IsInvalidArgument(SetValue(point, Longitude(), text))) << text;
  }
}

}  // namespace
}  // namespace inventory::cli
