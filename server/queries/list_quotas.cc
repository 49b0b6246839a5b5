#include <vector>

#include "inventory/v1/quota.pb.h"
#include "server/commands/quotas.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/quota_repository.h"

namespace inventory::queries {
namespace {

using storage::QuotaRecord;

struct ListQuotas {
  using Request = v1::ListQuotasRequest;
  using Response = v1::ListQuotasResponse;
  using Key = QuotaRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    rpc::CheckOptionalId(filter.channel_id(), "filter.channel_id", violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    storage::Sql sql;
    storage::AppendListLiveQuotas(sql, {.sku = request.filter().sku(), .channel_id = request.filter().channel_id()},
                                  page.after(), page.fetch());
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    std::vector<QuotaRecord> quotas = storage::ParseAll<QuotaRecord>((*results)[0]);
    response.set_next_page_token(page.Cut(quotas));
    for (const QuotaRecord& quota : quotas) ToProto(quota, *response.add_quotas());
    return absl::OkStatus();
  }
};

const rpc::Registered<ListQuotas> kListQuotas;

}  // namespace
}  // namespace inventory::queries
