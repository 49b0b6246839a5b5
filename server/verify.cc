// The command verify: the check of VerifyStock over all pages, without a gRPC server.
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/ledger.pb.h"
#include "server/database.h"
#include "server/engine.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/rpc/ids.h"
#include "server/rpc/registry.h"
#include "server/rpc/steps.h"
#include "server/serve.h"
#include "storage/embedded_database.h"
#include "storage/mutex.h"

namespace inventory::server {
namespace {

// Waits for a call's answer.
class Answer {
 public:
  void Set(const absl::Status& status) {
    storage::MutexLock lock(mutex_);
    status_ = status;
    set_ = true;
    changed_.NotifyAll();
  }
  absl::Status Wait() {
    storage::MutexLock lock(mutex_);
    while (!set_) changed_.Wait(mutex_);
    return status_;
  }

 private:
  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool set_ GUARDED_BY(mutex_) = false;
  absl::Status status_ GUARDED_BY(mutex_);
};

absl::StatusOr<v1::VerifyStockResponse> VerifyPage(const v1::VerifyStockRequest& request, Engine& engine) {
  const rpc::Method& method = rpc::MethodFor(v1::VerifyStockRequest::descriptor());
  v1::VerifyStockResponse response;
  auto answer = std::make_shared<Answer>();
  method.start(request, response,
               std::make_shared<rpc::PipelineSteps>(
                   engine.runtime().committer(), engine.runtime().reads(),
                   rpc::Origin{.caller = "verify", .method = "VerifyStock", .request = &request},
                   [answer](const absl::Status& status) { answer->Set(status); }));
  absl::Status status = answer->Wait();
  if (!status.ok()) return status;
  return response;
}

void Print(const v1::Mismatch& mismatch) {
  const std::string reservation =
      mismatch.reservation_id().empty() ? "" : absl::StrCat(" reservation=", mismatch.reservation_id());
  const std::string channel = mismatch.channel_id().empty() ? "" : absl::StrCat(" channel=", mismatch.channel_id());
  std::printf("%s sku=%s warehouse=%s%s%s quantity=%s expected=%" PRId64 " actual=%" PRId64 "%s\n",
              mismatch.check().c_str(), mismatch.sku().c_str(), mismatch.warehouse_id().c_str(), reservation.c_str(),
              channel.c_str(), mismatch.quantity().c_str(), mismatch.expected(), mismatch.actual(),
              mismatch.repaired() ? " repaired" : "");
}

struct Totals {
  int64_t skus = 0;
  int64_t levels = 0;
  int64_t mismatches = 0;
  int64_t repaired = 0;
};

void Add(const v1::VerifyStockResponse& page, Totals& totals) {
  totals.skus += page.skus_checked();
  totals.levels += page.levels_checked();
  for (const v1::Mismatch& mismatch : page.mismatches()) {
    Print(mismatch);
    ++totals.mismatches;
    totals.repaired += mismatch.repaired() ? 1 : 0;
  }
}

}  // namespace

absl::StatusOr<bool> Verify(const ServerOptions& options, const VerifyOptions& verify, Signals& signals) {
  // There would be nothing in a new one to be verified.
  if (options.database_url.empty() && !storage::EmbeddedDatabase::IsIn(options.data_dir)) {
    return absl::FailedPreconditionError(absl::StrCat("there is no private database in ", options.data_dir,
                                                      ", or you may not look there: give the options of the server, "
                                                      "with --config, or name its database with --database-url"));
  }
  absl::StatusOr<Database> database = Database::Open(options, signals, Database::WhenRefused::kGiveUp);
  if (!database.ok()) return database.status();
  absl::Status prepared = database->Prepare(options, /*migrate=*/false);
  if (!prepared.ok()) return prepared;
  Metrics metrics;
  Engine engine(options, database->connection_options(), metrics);
  v1::VerifyStockRequest request;
  request.set_sku_prefix(verify.sku_prefix);
  request.set_repair(verify.repair);
  Totals totals;
  do {
    if (signals.Wait(absl::ZeroDuration())) return absl::CancelledError("asked to stop before all was verified");
    absl::StatusOr<v1::VerifyStockResponse> page = VerifyPage(request, engine);
    if (!page.ok()) return page.status();
    Add(*page, totals);
    request.set_page_token(page->next_page_token());
    Log(LogLevel::kInfo, "verifying", {{"skus", absl::StrCat(totals.skus)}, {"levels", absl::StrCat(totals.levels)}});
  } while (!request.page_token().empty());
  std::printf("%" PRId64 " SKUs, %" PRId64 " levels, %" PRId64 " mismatches, %" PRId64 " repaired\n", totals.skus,
              totals.levels, totals.mismatches, totals.repaired);
  return totals.mismatches == totals.repaired;
}

}  // namespace inventory::server
