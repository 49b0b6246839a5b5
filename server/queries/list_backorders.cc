#include <map>
#include <string>
#include <vector>

#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/queries/configuration.h"
#include "server/queries/promises.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/backorder_repository.h"

namespace inventory::queries {
namespace {

using storage::BackorderRecord;
using storage::QueuedBackorder;

struct ListBackorders {
  using Request = v1::ListBackordersRequest;
  using Response = v1::ListBackordersResponse;
  using Key = BackorderRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.channel_id(), "filter.channel_id", violations);
    rpc::CheckOptionalId(filter.reservation_id(), "filter.reservation_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const rpc::Page<Key> page(request);
    const storage::BackorderFilter filter = {.sku = request.filter().sku(),
                                             .channel_id = request.filter().channel_id(),
                                             .reservation_id = request.filter().reservation_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendListBackorders(sql, filter, page.after(), page.fetch());
      if (!filter.sku.empty()) storage::AppendSelectIncoming(sql, {&filter.sku, 1});
    });
    if (!results.ok()) return results.status();
    std::vector<QueuedBackorder> queued = storage::ParseQueuedBackorders((*results)[0], filter);
    response.set_next_page_token(page.Cut(queued, [](const auto& one) { return one.backorder.key(); }));
    for (const QueuedBackorder& one : queued) ToProto(one.backorder, *response.add_backorders());
    if (!filter.sku.empty()) {
      ShowExpected(queued, storage::ParseIncoming((*results)[1]), **configuration, snapshot.now(), response);
    }
    return absl::OkStatus();
  }

 private:
  // All that wait before one are taken to be served first, wherever they may be served from.
  static void ShowExpected(const std::vector<QueuedBackorder>& queued, const std::vector<storage::Incoming>& incoming,
                           const pipeline::Configuration& configuration, absl::Time now, Response& response) {
    std::map<std::vector<std::string>, std::vector<Promise>> promises;  // By warehouses.
    for (std::size_t i = 0; i < queued.size(); ++i) {
      const std::vector<std::string> sources =
          configuration.SourcesOf(queued[i].backorder.channel_id, queued[i].warehouse_ids);
      auto [it, is_new] = promises.try_emplace(sources);
      if (is_new) it->second = PromisesOf(0, 0, incoming, sources, now);
      const auto time = ReachedAt(it->second, queued[i].waiting);
      if (time) *response.mutable_backorders(static_cast<int>(i))->mutable_expected_time() = ToTimestamp(*time);
    }
  }
};

const rpc::Registered<ListBackorders> kListBackorders;

}  // namespace
}  // namespace inventory::queries
