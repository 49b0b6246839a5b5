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

struct ListBackorders {
  using Request = v1::ListBackordersRequest;
  using Response = v1::ListBackordersResponse;
  using Key = BackorderRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.channel_id(), "filter.channel_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const rpc::Page<Key> page(request);
    const std::string& sku = request.filter().sku();
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendListBackorders(sql, {.sku = sku, .channel_id = request.filter().channel_id()}, page.after(),
                                    page.fetch());
      if (!sku.empty()) storage::AppendSelectIncoming(sql, {&sku, 1});
    });
    if (!results.ok()) return results.status();
    std::vector<BackorderRecord> backorders = storage::ParseAll<BackorderRecord>((*results)[0]);
    response.set_next_page_token(page.Cut(backorders));
    for (const BackorderRecord& backorder : backorders) ToProto(backorder, *response.add_backorders());
    if (!sku.empty()) {
      ShowExpected((*results)[0], storage::ParseIncoming((*results)[1]), **configuration, snapshot.now(), response);
    }
    return absl::OkStatus();
  }

 private:
  // All that wait before one are taken to be served first, wherever they may be served from.
  static void ShowExpected(const storage::Rows& rows, const std::vector<storage::Incoming>& incoming,
                           const pipeline::Configuration& configuration, absl::Time now, Response& response) {
    constexpr int kWaiting = storage::kColumnCount<BackorderRecord>;
    std::map<std::string, std::vector<Promise>> promises;  // By channel.
    for (int i = 0; i < response.backorders_size(); ++i) {
      v1::Backorder& shown = *response.mutable_backorders(i);
      auto [it, is_new] = promises.try_emplace(shown.channel_id());
      if (is_new) it->second = PromisesOf(0, 0, incoming, configuration.SourcesOf(shown.channel_id()), now);
      const auto time = ReachedAt(it->second, rows[static_cast<std::size_t>(i)].Int(kWaiting));
      if (time) *shown.mutable_expected_time() = ToTimestamp(*time);
    }
  }
};

const rpc::Registered<ListBackorders> kRegistered;

}  // namespace
}  // namespace inventory::queries
