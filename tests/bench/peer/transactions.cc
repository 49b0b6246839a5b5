#include "tests/bench/peer/transactions.h"

#include <openssl/sha.h>

#include <cstdint>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "google/rpc/status.pb.h"
#include "server/errors.h"
#include "storage/request_repository.h"

namespace inventory::bench::peer {
namespace {

using google::protobuf::Message;
using storage::SqlFault;

constexpr int kAttempts = 5;
constexpr absl::Duration kFirstPause = absl::Milliseconds(5);

std::string Fingerprint(const Message& request) {
  const std::string text = request.GetTypeName() + request.SerializeAsString();
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

// Whether a repeated call must get this answer too.
bool Recordable(const absl::Status& answer) {
  if (storage::FaultOf(answer) != SqlFault::kNone) return false;
  return answer.ok() || absl::IsFailedPrecondition(answer) || absl::IsNotFound(answer) || absl::IsAborted(answer) ||
         absl::IsAlreadyExists(answer);
}

absl::Status InsertRecord(Session& session, const std::string& request_id, const std::string& fingerprint,
                          const absl::Status& answer, const Message& response) {
  static const std::string kText =
      "INSERT INTO request_record (caller, request_id, fingerprint, code, reply, create_time) "
      "VALUES ('', ?, ?, ?, ?, NOW(6))";
  const std::string reply = answer.ok() ? response.SerializeAsString() : ToProto(answer).SerializeAsString();
  return session.Run(kText, {request_id, fingerprint, static_cast<int64_t>(answer.code()), reply});
}

// The answer that was given first under the id.
absl::Status FirstAnswer(Session& session, const std::string& request_id, const std::string& fingerprint,
                         Message& response) {
  static const std::string kText = "SELECT " + storage::Columns<storage::RequestRecord>() +
                                   " FROM request_record WHERE caller = '' AND request_id = ?";
  absl::StatusOr<storage::Rows> rows = session.Query(kText, {request_id});
  session.Rollback();
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Unavailable("CONTENTION", "the first call under this request_id has just failed");
  const auto record = storage::Parse<storage::RequestRecord>((*rows)[0]);
  if (record.fingerprint != fingerprint) {
    return Refusal(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED", "the request_id was used before");
  }
  google::rpc::Status refusal;
  const bool read = record.code == 0 ? response.ParseFromString(record.reply) : refusal.ParseFromString(record.reply);
  if (!read) return absl::InternalError("a stored answer can't be read");
  return record.code == 0 ? absl::OkStatus() : FromProto(refusal);
}

absl::Status RunOnce(Session& session, const std::string& request_id, const std::string& fingerprint, Message& response,
                     const Transactions::Rule& rule) {
  response.Clear();
  absl::Status answer = rule(session);
  if (!Recordable(answer)) {
    session.Rollback();
    return answer;
  }
  // Frees the locks and what was written before the refusal: only its record remains.
  if (!answer.ok()) session.Rollback();
  absl::Status done = InsertRecord(session, request_id, fingerprint, answer, response);
  if (storage::FaultOf(done) == SqlFault::kDuplicateKey) {
    session.Rollback();
    return FirstAnswer(session, request_id, fingerprint, response);
  }
  if (done.ok()) done = session.Commit();
  if (done.ok()) return answer;
  session.Rollback();
  return done;
}

bool RunAgain(const absl::Status& status) {
  const SqlFault fault = storage::FaultOf(status);
  // A duplicate key that is not the request's: two made the same row at once, and the later one will see it.
  return fault == SqlFault::kDeadlock || fault == SqlFault::kLockTimeout || fault == SqlFault::kDuplicateKey;
}

// Half of a pause that doubles with every attempt, and up to as much again.
void Pause(int attempt) {
  thread_local absl::BitGen random;
  absl::SleepFor(kFirstPause * (1 << attempt) * absl::Uniform(random, 0.5, 1.0));
}

// Errors of the database as callers see them.
absl::Status Answer(const absl::Status& status) {
  switch (storage::FaultOf(status)) {
    case SqlFault::kNone:
      return status;
    case SqlFault::kDeadlock:
    case SqlFault::kLockTimeout:
    case SqlFault::kDuplicateKey:
      return Unavailable("CONTENTION", "others kept changing the same stock; call again with the same request_id");
    case SqlFault::kConnectionLost:
    case SqlFault::kReadOnly:
      return Unavailable("DATABASE_UNAVAILABLE", "the database can't be reached; call again with the same request_id");
    case SqlFault::kTooSlow:
    case SqlFault::kOther:
      break;
  }
  return absl::InternalError("the database refused a statement: " + storage::DetailOf(status));
}

}  // namespace

absl::Status Transactions::Run(const Message& request, const std::string& request_id, absl::Time deadline,
                               Message& response, const Rule& rule) {
  const std::string fingerprint = Fingerprint(request);
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    {
      absl::StatusOr<Pool::Lease> session = pool_.Acquire(deadline);
      if (!session.ok()) return session.status();
      status = RunOnce(**session, request_id, fingerprint, response, rule);
    }
    if (!RunAgain(status)) break;
    Pause(attempt);
  }
  return Answer(status);
}

}  // namespace inventory::bench::peer
