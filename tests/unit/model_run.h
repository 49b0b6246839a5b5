// The rules and the model side by side.
#ifndef INVENTORY_TESTS_UNIT_MODEL_RUN_H_
#define INVENTORY_TESTS_UNIT_MODEL_RUN_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/unit/model.h"
#include "tests/unit/model_requests.h"
#include "tests/unit/rule_runner.h"

namespace inventory::model {

// Runs random commands through the rules and through the model and compares them after each. The same seed gives the
// same run.
class RandomRun {
 public:
  explicit RandomRun(uint64_t seed);
  // The same with numbers from elsewhere; a step of a fill serves at most so many lines, see Model.
  RandomRun(Requests::Random random, int64_t max_filled_lines);

  // Stops at the first disagreement.
  void Steps(uint64_t count);

  // What differed, and the commands that led to it; empty if nothing did.
  const std::string& disagreement() const { return disagreement_; }

  // "ReserveStock INSUFFICIENT_STOCK" of everything that has happened.
  const std::set<std::string>& seen() const { return seen_; }

 private:
  using Answer = std::shared_ptr<const google::protobuf::Message>;

  void Step();
  // One step; what differs after it.
  std::vector<std::string> Act();
  std::vector<std::string> RunRequest();
  std::vector<std::string> RunTogether(int calls);
  // Requests that one lane may take together, made one after another as if each were carried out at once.
  std::vector<Requests::Request> Concurrent(int calls);
  // Compares an answer with what the model says of the request now.
  std::vector<std::string> WrongStatus(const google::protobuf::Message& request, const Answer& answer,
                                       const absl::Status& status, const std::string& fresh_id);
  std::vector<std::string> WrongAnswer(const google::protobuf::Message& request, const Answer& answer);
  std::vector<std::string> WrongRepetition(const google::protobuf::Message& request,
                                           const google::protobuf::Message& answer,
                                           const google::protobuf::Message& first);
  std::vector<std::string> Sweep(const std::string& reservation);
  std::vector<std::string> Fold(const std::string& sku, absl::Time before);
  std::vector<std::string> Follow();
  std::vector<std::string> Begin(const Requests::Attempt& attempt);
  std::vector<std::string> End(const Requests::Attempt& attempt);
  std::vector<std::string> DamageAndRepair();
  std::vector<std::string> WrongPast();
  std::vector<std::string> WrongRows() const;
  bool OfUntrackedUnits(const std::string& broken) const;
  void NoteEvents(std::size_t movements_before);
  template <typename Record>
  void NoteFresh(const char* what, const pipeline::Table<Record>& table);
  void Remember(const std::string& command);

  RuleRunner runner_;
  Model model_;
  Requests requests_;
  uint64_t step_ = 0;
  std::deque<std::string> history_;
  std::set<std::string> seen_;
  std::map<std::string, Answer> answers_;  // Successes, by request id.
  std::string disagreement_;
};

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_RUN_H_
