// An export is a list that goes on by itself: each message is one page of the list, and its resume token the list's
// page token.
#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "inventory/v1/bulk.pb.h"
#include "server/rpc/page.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/stream_rule.h"

namespace inventory::queries {
namespace {

int32_t PageSize(const v1::ExportInventoryRequest& request) {
  return request.page_size() == 0 ? rpc::kMaxPageSize : std::min(request.page_size(), rpc::kMaxPageSize);
}

// Calls `use` with the request of the list that has the rows, and with an empty response of it and that response's rows
// and the export's.
template <typename Use>
absl::Status WithList(const v1::ExportInventoryRequest& request, v1::ExportInventoryResponse& page, Use use) {
  const auto ask = [&request](auto list, const auto& filter) {
    list.set_page_size(PageSize(request));
    list.set_page_token(request.resume_token());
    *list.mutable_filter() = filter;
    return list;
  };
  switch (request.kind_case()) {
    case v1::ExportInventoryRequest::kStockLevels: {
      v1::ListStockLevelsResponse response;
      return use(ask(v1::ListStockLevelsRequest(), request.stock_levels()), response, *response.mutable_stock_levels(),
                 *page.mutable_stock_levels());
    }
    case v1::ExportInventoryRequest::kItems: {
      v1::ListItemsResponse response;
      return use(ask(v1::ListItemsRequest(), request.items()), response, *response.mutable_items(),
                 *page.mutable_items());
    }
    case v1::ExportInventoryRequest::kWarehouses: {
      v1::ListWarehousesResponse response;
      return use(ask(v1::ListWarehousesRequest(), request.warehouses()), response, *response.mutable_warehouses(),
                 *page.mutable_warehouses());
    }
    case v1::ExportInventoryRequest::KIND_NOT_SET:
      break;
  }
  return absl::InternalError("the kind of an export was not checked");
}

struct ExportInventory {
  using Request = v1::ExportInventoryRequest;
  using Response = v1::ExportInventoryResponse;

  static void Validate(const Request& request, const rpc::Bounds& bounds, Violations& violations) {
    if (request.kind_case() == Request::KIND_NOT_SET) {
      violations.Add("kind", "needs one of stock_levels, items and warehouses");
      rpc::CheckPageSize(request.page_size(), violations);
      return;
    }
    Violations found;
    Response unused;
    WithList(request, unused, [&](auto list, auto&, auto&, auto&) {
      list.set_page_size(request.page_size());
      rpc::MethodFor(list.GetDescriptor()).validate(list, bounds, found);
      return absl::OkStatus();
    }).IgnoreError();
    const std::string kind = Request::descriptor()->FindFieldByNumber(request.kind_case())->name();
    violations.AddAll(found, [&kind](const std::string& field) -> std::string {
      if (field == "page_token") return "resume_token";
      return absl::StartsWith(field, "filter.") ? absl::StrCat(kind, field.substr(6)) : field;
    });
  }

  static absl::Status ReadPage(const Request& request, reading::Reader& reader, Response& page) {
    return WithList(request, page, [&](auto list, auto& response, auto& rows, auto& page_rows) {
      const rpc::Method& method = rpc::MethodFor(list.GetDescriptor());
      absl::Status read = rpc::ReadPage(
          list, response, [&](const auto& asked, auto& answer) { return method.read(asked, reader, answer); });
      if (!read.ok()) return read;
      page_rows.Swap(&rows);
      page.set_resume_token(response.next_page_token());
      return absl::OkStatus();
    });
  }

  static bool GoOn(const Response& page, Request& request) {
    request.set_resume_token(page.resume_token());
    return !page.resume_token().empty();
  }
};

const rpc::RegisteredStream<ExportInventory> kExportInventory;

}  // namespace
}  // namespace inventory::queries
