#include "server/rpc/call.h"

#include <openssl/sha.h>

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/queries/outcome.h"
#include "server/rpc/ids.h"

namespace inventory::rpc {
namespace {

absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Time start, absl::Duration default_deadline) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return start + default_deadline;
  return absl::FromChrono(deadline);
}

// Equal for equal method and payload. Maps are written in key order.
std::string Fingerprint(const std::string& method, const google::protobuf::Message& request) {
  std::string text = method;
  text.push_back('\0');
  {
    google::protobuf::io::StringOutputStream stream(&text);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializePartialToCodedStream(&coded);
  }
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace

Call* Call::Start(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context) {
  return new Call(runtime, facts, context);
}

Call::Call(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context)
    : runtime_(runtime),
      facts_(facts),
      start_(absl::Now()),
      deadline_(DeadlineOf(*context, start_, runtime.default_deadline())),
      reactor_(*this) {}

grpc::ServerUnaryReactor* Call::Finish(const absl::Status& status) {
  facts_.metrics->Record(static_cast<int>(status.code()), absl::Now() - start_);
  grpc::ServerUnaryReactor* reactor = &reactor_;
  reactor->Finish(ToGrpc(status));
  return reactor;
}

void Call::Submit(std::unique_ptr<pipeline::Command> command, const google::protobuf::Message& request,
                  const std::string& request_id) {
  auto job = std::make_unique<pipeline::Job>();
  job->command = std::move(command);
  job->fresh_id = NewId();
  job->identity.request_id = request_id.empty() ? NewId() : request_id;
  job->identity.fingerprint = Fingerprint(facts_.name, request);
  job->deadline = deadline_;
  job->cancelled = cancelled_;
  job->done = [this](pipeline::Job&, const absl::Status& status) { Finish(status); };
  runtime_.committer().Submit(std::move(job));
}

void Call::Read(std::function<absl::Status(queries::Reader&)> read) {
  const bool accepted = runtime_.reads().Run(
      deadline_, [this, cancelled = cancelled_, read = std::move(read)](absl::StatusOr<queries::Reader*> reader) {
        if (!reader.ok()) {
          Finish(reader.status());
        } else if (cancelled->load(std::memory_order_relaxed)) {
          Finish(absl::CancelledError("cancelled before the read was started"));
        } else {
          Finish(queries::Outcome(read(**reader)));
        }
      });
  if (!accepted) Finish(ReadsFull());
}

absl::Status ReadsFull() {
  return WithRetryDelay(
      Refusal(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "too many reads are waiting; call again later"),
      absl::Milliseconds(100));
}

}  // namespace inventory::rpc
