#include "server/rpc/page_bytes.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "server/rpc/page.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kRowsTogether = 250;

// The first field that repeats messages; null if there is none.
const FieldDescriptor* RowsOf(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return field;
  }
  return nullptr;
}

// The fields that all lists have.
class List {
 public:
  List(const Message& request, const Message& response)
      : page_size_(*request.GetDescriptor()->FindFieldByName("page_size")),
        page_token_(*request.GetDescriptor()->FindFieldByName("page_token")),
        next_page_token_(*response.GetDescriptor()->FindFieldByName("next_page_token")),
        rows_(*RowsOf(*response.GetDescriptor())) {}

  // How many rows are asked for at most.
  int PageSize(const Message& request) const {
    const int32_t size = request.GetReflection()->GetInt32(request, &page_size_);
    return size == 0 ? kDefaultPageSize : std::min(size, kMaxPageSize);
  }
  void Ask(Message& request, int page_size) const {
    request.GetReflection()->SetInt32(&request, &page_size_, page_size);
  }
  void GoOn(Message& request, const Message& response) const {
    request.GetReflection()->SetString(&request, &page_token_, Next(response));
  }

  int Rows(const Message& response) const { return response.GetReflection()->FieldSize(response, &rows_); }
  bool RowsHoldRows() const { return RowsOf(*rows_.message_type()) != nullptr; }
  bool HasMore(const Message& response) const { return !Next(response).empty(); }

  // Appends what comes after it.
  void Append(const Message& part, Message& response) const {
    response.MergeFrom(part);
    response.GetReflection()->SetString(&response, &next_page_token_, Next(part));
  }

 private:
  std::string Next(const Message& response) const {
    return response.GetReflection()->GetString(response, &next_page_token_);
  }

  const FieldDescriptor& page_size_;
  const FieldDescriptor& page_token_;
  const FieldDescriptor& next_page_token_;
  const FieldDescriptor& rows_;
};

// How many more rows there is room for beside these, which have so many bytes, if they are like them.
int RowsThatFit(int rows, std::size_t bytes) {
  if (bytes >= kMaxPageBytes) return 0;
  return static_cast<int>((kMaxPageBytes - bytes) * static_cast<std::size_t>(rows) / bytes);
}

}  // namespace

bool AsksForPage(const Descriptor& request) { return request.FindFieldByName("page_token") != nullptr; }

absl::Status ReadPage(const Message& request, Message& response,
                      absl::FunctionRef<absl::Status(const Message& request, Message& response)> read) {
  const List list(request, response);
  const int most = list.PageSize(request);
  const int together = list.RowsHoldRows() ? std::min(most, kRowsTogether) : most;
  const std::unique_ptr<Message> asked(request.New());
  asked->CopyFrom(request);
  int rows = together;
  for (;;) {
    list.Ask(*asked, rows);
    absl::Status done = read(*asked, response);
    if (!done.ok()) return done;
    const int found = list.Rows(response);
    if (found <= 1 || response.ByteSizeLong() <= kMaxPageBytes) break;
    rows = found / 2;
    response.Clear();
  }
  const std::unique_ptr<Message> part(response.New());
  // Not even the first rows fit if they are fewer.
  while (rows == together && list.HasMore(response)) {
    const int found = list.Rows(response);
    const std::size_t bytes = response.ByteSizeLong();
    const int more = std::min({together, most - found, RowsThatFit(found, bytes)});
    if (more <= 0) break;
    list.Ask(*asked, more);
    list.GoOn(*asked, response);
    part->Clear();
    absl::Status done = read(*asked, *part);
    if (!done.ok()) return done;
    if (bytes + part->ByteSizeLong() > kMaxPageBytes) break;
    list.Append(*part, response);
  }
  return absl::OkStatus();
}

}  // namespace inventory::rpc
