// Pages of lists are as long as they may be and no longer, whatever their rows hold.
#include "server/rpc/page_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/stock.pb.h"
#include "server/rpc/registry.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A list of reservations that are as long as a text each; a token is the number of the next one.
class Book {
 public:
  // So many bytes each of them has, about.
  explicit Book(std::vector<std::size_t> bytes) : bytes_(std::move(bytes)) {}

  absl::Status Read(const Message& request, Message& response) {
    const auto& asked = static_cast<const v1::ListReservationsRequest&>(request);
    auto& page = static_cast<v1::ListReservationsResponse&>(response);
    EXPECT_EQ(page.ByteSizeLong(), 0u);
    EXPECT_EQ(asked.filter().channel_id(), "web");
    asked_.push_back(asked.page_size());
    std::size_t at = 0;
    EXPECT_TRUE(asked.page_token().empty() || absl::SimpleAtoi(asked.page_token(), &at));
    const std::size_t end = std::min(bytes_.size(), at + static_cast<std::size_t>(asked.page_size()));
    for (; at < end; ++at) page.add_reservations()->set_order_reference(std::string(bytes_[at], 'x'));
    if (end < bytes_.size()) page.set_next_page_token(absl::StrCat(end));
    return failing_at_ == asked_.size() ? absl::UnavailableError("away") : absl::OkStatus();
  }

  void FailAt(std::size_t read) { failing_at_ = read; }

  v1::ListReservationsResponse Page(int page_size, const std::string& token = "", absl::Status outcome = {}) {
    v1::ListReservationsRequest request;
    request.set_page_size(page_size);
    request.set_page_token(token);
    request.mutable_filter()->set_channel_id("web");
    v1::ListReservationsResponse response;
    asked_.clear();
    const absl::Status status =
        ReadPage(request, response, [this](const Message& asked, Message& page) { return Read(asked, page); });
    EXPECT_EQ(status, outcome);
    return response;
  }

  // For how many rows it was read, one after the other.
  const std::vector<int>& asked() const { return asked_; }

 private:
  const std::vector<std::size_t> bytes_;
  std::vector<int> asked_;
  std::size_t failing_at_ = 0;
};

using Sizes = std::vector<int>;

TEST(ReadPageTest, ReadsSomeAtATime) {
  Book book(std::vector<std::size_t>(1500, 10));
  v1::ListReservationsResponse page = book.Page(0);
  EXPECT_EQ(page.reservations_size(), 100);
  EXPECT_EQ(page.next_page_token(), "100");
  EXPECT_EQ(book.asked(), (Sizes{100}));
  page = book.Page(600, "100");
  EXPECT_EQ(page.reservations_size(), 600);
  EXPECT_EQ(page.next_page_token(), "700");
  EXPECT_EQ(book.asked(), (Sizes{250, 250, 100}));
  page = book.Page(5000, "1000");
  EXPECT_EQ(page.reservations_size(), 500);
  EXPECT_EQ(page.next_page_token(), "");
  EXPECT_EQ(book.Page(7).reservations_size(), 7);
  EXPECT_EQ(book.asked(), (Sizes{7}));
}

TEST(ReadPageTest, GoesOnForAsManyAsFit) {
  Book book(std::vector<std::size_t>(1000, 10'000));
  const v1::ListReservationsResponse page = book.Page(1000);
  EXPECT_EQ(book.asked(), (Sizes{250, 64}));
  EXPECT_EQ(page.reservations_size(), 314);
  EXPECT_EQ(page.next_page_token(), "314");
  EXPECT_LE(page.ByteSizeLong(), kMaxPageBytes);
}

TEST(ReadPageTest, EndsBeforeThePartThatWouldBeTooMuch) {
  std::vector<std::size_t> bytes(250, 10);
  bytes.resize(1000, 100'000);
  Book book(bytes);
  const v1::ListReservationsResponse page = book.Page(1000);
  EXPECT_EQ(book.asked(), (Sizes{250, 250}));
  EXPECT_EQ(page.reservations_size(), 250);
  EXPECT_EQ(page.next_page_token(), "250");
}

TEST(ReadPageTest, TakesHalfAsManyAsLongAsTheyAreTooMuch) {
  Book book(std::vector<std::size_t>(100, 100'000));
  v1::ListReservationsResponse page = book.Page(80);
  EXPECT_EQ(page.reservations_size(), 20);
  EXPECT_EQ(page.next_page_token(), "20");
  EXPECT_EQ(book.asked(), (Sizes{80, 40, 20}));
  page = book.Page(1000, "50");
  EXPECT_EQ(page.reservations_size(), 25);
  EXPECT_EQ(book.asked(), (Sizes{250, 25}));
  page = book.Page(80, "90");
  EXPECT_EQ(page.reservations_size(), 10);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST(ReadPageTest, OneRowMayBeAsLargeAsItIs) {
  Book book({2 * kMaxPageBytes, 10});
  const v1::ListReservationsResponse page = book.Page(2);
  EXPECT_EQ(page.reservations_size(), 1);
  EXPECT_EQ(page.next_page_token(), "1");
}

TEST(ReadPageTest, FailsWhereAReadFails) {
  Book book(std::vector<std::size_t>(1000, 10));
  book.FailAt(1);
  book.Page(1000, "", absl::UnavailableError("away"));
  book.FailAt(3);
  book.Page(1000, "", absl::UnavailableError("away"));
  EXPECT_EQ(book.asked(), (Sizes{250, 250, 250}));
}

TEST(ReadPageTest, ReadsPlainRowsAllAtOnce) {
  std::vector<int> asked;
  v1::ListStockLevelsRequest request;
  request.set_page_size(900);
  v1::ListStockLevelsResponse response;
  EXPECT_TRUE(ReadPage(request, response, [&asked](const Message& request, Message& page) {
                auto& levels = static_cast<v1::ListStockLevelsResponse&>(page);
                asked.push_back(static_cast<const v1::ListStockLevelsRequest&>(request).page_size());
                for (int i = 0; i < asked.back(); ++i) levels.add_stock_levels()->set_sku("a");
                levels.set_next_page_token("more");
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(asked, (Sizes{900}));
  EXPECT_EQ(response.stock_levels_size(), 900);
}

// What the reading of pages relies on is so for every list.
TEST(ReadPageTest, AllListsHaveTheirRowsInOneField) {
  int lists = 0;
  for (const Method& method : Methods()) {
    const Descriptor& request = *method.request();
    if (!method.read || !AsksForPage(request)) continue;
    ++lists;
    SCOPED_TRACE(request.full_name());
    ASSERT_NE(request.FindFieldByName("page_size"), nullptr);
    EXPECT_EQ(request.FindFieldByName("page_size")->cpp_type(), FieldDescriptor::CPPTYPE_INT32);
    const Descriptor& response = *MethodOf(&request)->output_type();
    ASSERT_NE(response.FindFieldByName("next_page_token"), nullptr);
    EXPECT_EQ(response.field_count(), 2);
    EXPECT_TRUE(response.field(0)->is_repeated() && response.field(0)->message_type() != nullptr);
  }
  EXPECT_GT(lists, 10);
}

}  // namespace
}  // namespace inventory::rpc
