#include "inventory/v1/ledger.pb.h"
#include "server/commands/convert.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/movement_repository.h"

namespace inventory::queries {
namespace {

using storage::MovementRecord;

// The first moment that the ledger can hold, not before `timestamp`: it has microseconds.
absl::Time RoundUp(const google::protobuf::Timestamp& timestamp) {
  return absl::UnixEpoch() + absl::Ceil(FromTimestamp(timestamp) - absl::UnixEpoch(), absl::Microseconds(1));
}

struct ListMovements {
  using Request = v1::ListMovementsRequest;
  using Response = v1::ListMovementsResponse;
  using Key = storage::MovementRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    if (filter.sku().empty() && filter.document_id().empty()) {
      violations.Add("filter", "must have a sku or a document_id");
    }
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.warehouse_id(), "filter.warehouse_id", violations);
    rpc::CheckOptionalId(filter.document_id(), "filter.document_id", violations);
    rpc::CheckEnum<v1::MovementType_IsValid>(filter.type(), "filter.type", violations);
    CheckTimes(filter, violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    storage::Sql sql;
    storage::AppendListMovements(sql, FilterOf(request.filter()), page.after(), page.fetch());
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    std::vector<MovementRecord> movements = storage::ParseAll<MovementRecord>((*results)[0]);
    response.set_next_page_token(
        page.Cut(movements, [](const MovementRecord& movement) { return Key(movement.sku, movement.sequence); }));
    for (const MovementRecord& movement : movements) ToProto(movement, *response.add_movements());
    return absl::OkStatus();
  }

 private:
  static void CheckTimes(const Request::Filter& filter, Violations& violations) {
    const bool has_start =
        filter.has_start_time() && rpc::CheckTimestamp(filter.start_time(), "filter.start_time", violations);
    const bool has_end = filter.has_end_time() && rpc::CheckTimestamp(filter.end_time(), "filter.end_time", violations);
    if (has_start && has_end && FromTimestamp(filter.start_time()) > FromTimestamp(filter.end_time())) {
      violations.Add("filter.start_time", "must not be after end_time");
    }
  }

  static storage::MovementFilter FilterOf(const Request::Filter& filter) {
    storage::MovementFilter wanted = {
        .sku = filter.sku(), .warehouse_id = filter.warehouse_id(), .document_id = filter.document_id()};
    if (filter.type() != v1::MOVEMENT_TYPE_UNSPECIFIED) wanted.type = static_cast<storage::MovementType>(filter.type());
    if (filter.has_start_time()) wanted.start = RoundUp(filter.start_time());
    if (filter.has_end_time()) wanted.end = RoundUp(filter.end_time());
    return wanted;
  }
};

const rpc::Registered<ListMovements> kListMovements;

}  // namespace
}  // namespace inventory::queries
