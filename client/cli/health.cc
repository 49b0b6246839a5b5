#include "client/cli/health.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/output.h"
#include "client/cli/report.h"
#include "grpc/health/v1/health.pb.h"
#include "inventory/client/connection.h"
#include "inventory/client/method.h"

namespace inventory::cli {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr char kHealth[] = "health";
constexpr char kService[] = "service";
constexpr client::Method kCheck = {
    .service = "grpc.health.v1.Health", .name = "Check", .idempotency = client::Idempotency::kNoSideEffects};

ExitCode AskHealth(const Arguments& arguments, Session& session) {
  const absl::StatusOr<std::shared_ptr<client::Connection>> connection = session.connect();
  if (!connection.ok()) return ReportUsage(connection.status(), kHealth, session.err);
  HealthCheckRequest request;
  request.set_service(arguments.Get(kService).value_or(""));
  HealthCheckResponse response;
  const absl::Status status = (*connection)->Call(kCheck, request, response, {.timeout = session.timeout});
  if (!status.ok()) return ReportError(status, {.command = kHealth}, session.err);
  WriteMessage(session.format, response, session.out);
  return response.status() == HealthCheckResponse::SERVING ? ExitCode::kOk : ExitCode::kUnreachable;
}

}  // namespace

Command HealthCommand() {
  return {.words = {kHealth},
          .group = Group::kEveryday,
          .summary = "Asks whether the server can do its work.",
          .description =
              "By the standard health service of gRPC, which answers everybody. It ends with 0 if calls are answered, "
              "and with 3 if they would fail, because the database does not answer or the server is stopping, or if no "
              "server is reached within --timeout.",
          .example = "inventoryctl health --timeout 3s",
          .arguments = {{.name = kService,
                         .kind = Argument::Kind::kPositional,
                         .value = "SERVICE",
                         .help = "The service that is asked about, inventory.v1.InventoryService for example. "
                                 "Default: the whole server."}},
          .run = AskHealth};
}

}  // namespace inventory::cli
