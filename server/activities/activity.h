// What the service does when stock runs low: the interface that activities implement, built-in and custom ones alike.
//
// An activity is one class in one file, linked into the server, that registers itself:
//
//   class PageBuyer final : public activities::Activity {
//    public:
//     std::string_view key() const override { return "page_buyer"; }
//     std::string_view label() const override { return "Page the buyer on duty"; }
//     std::vector<ParameterFacts> parameters() const override {
//       return {{.name = "team", .meaning = "The team to page.", .required = true}};
//     }
//     absl::Status Execute(const LowStockEvent& event, Context& context) const override { ... }
//   };
//   const activities::Registered<PageBuyer> kPageBuyer;
//
// Rules can name it at once, and ListLowStockActivities shows it.
#ifndef INVENTORY_SERVER_ACTIVITIES_ACTIVITY_H_
#define INVENTORY_SERVER_ACTIVITIES_ACTIVITY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/activities/options.h"
#include "server/pipeline/command.h"

namespace inventory::activities {

using Parameters = std::map<std::string, std::string, std::less<>>;

// One crossing of a rule's threshold.
struct LowStockEvent {
  enum class Type { kLow, kRecovered };

  std::string event_id;      // "<rule_id>:<number>"; the same in every attempt.
  std::string rule_id;       //
  int64_t number = 0;        // Grows by one from event to event of a rule.
  Type type = Type::kLow;    //
  std::string sku;           //
  std::string warehouse_id;  // Empty unless the rule watches one warehouse.
  std::string channel_id;    // Empty unless the rule watches one channel.
  int64_t available = 0;     // What the rule's scope had available right after the crossing.
  int64_t threshold = 0;     // The rule's, as it was then.
  int64_t margin = 0;        //
  absl::Time time;           // Of the crossing.
  Parameters parameters;     // The rule's, for the activity.
  int attempt = 1;           // 1 for the first.
};

// What an activity may use, for one execution. Used on the thread of that execution alone.
class Context {
 public:
  virtual ~Context() = default;

  // When Execute must have returned. Soon after it another server may take the event to have failed and execute it.
  virtual absl::Time deadline() const = 0;

  // True once the server is being stopped: give up, the event will be executed again.
  virtual bool stopping() const = 0;

  // What the operator lets activities do.
  virtual const Options& options() const = 0;

  // Runs a command as every write runs and returns its answer. An event's command of one `step` is carried out once,
  // however often it is executed; the answer of the first time is repeated. `step` is 1 to 32 of [a-z_].
  virtual absl::Status Run(std::string_view step, std::unique_ptr<pipeline::Command> command) = 0;
};

// What is to be known of a parameter.
struct ParameterFacts {
  std::string name;
  std::string meaning;  // A sentence.
  bool required = false;
};

// What is wrong with a parameter.
struct ParameterProblem {
  std::string name;
  std::string problem;  // "is not a URL"; never the value, which may be a secret given by mistake.
};

// One thing that can be done about an event. Thread-safe; lives as long as the process.
class Activity {
 public:
  virtual ~Activity() = default;

  // Names it in rules: 1 to 64 of [a-z0-9_]. It never changes.
  virtual std::string_view key() const = 0;
  // Names it for people.
  virtual std::string_view label() const = 0;
  // All parameters it takes; none by default.
  virtual std::vector<ParameterFacts> parameters() const { return {}; }

  // What an execution with these parameters may have to wait for, a host for example; empty, the default: nothing in
  // particular. At most half of the activity's threads are on one destination at once, so that one which is stalled
  // does not hold up the others.
  virtual std::string destination(const Parameters& parameters) const { return ""; }

  // What is wrong with the values of the parameters, of which all are known and those that are required are there. A
  // function of the parameters alone, because a rule is checked when it is written, wherever that is.
  virtual std::vector<ParameterProblem> CheckValues(const Parameters& parameters) const { return {}; }

  // Does it. No lock and no transaction is held meanwhile, so it may block until context.deadline(). Every event is
  // executed at least once, and again, after a growing pause, whenever this is not OK, until the attempts are used up
  // and the event waits to be retried by hand; what may not happen twice must recognise event_id. Events of one rule
  // are executed in order and one at a time, those of other rules meanwhile. The message of a status is stored and
  // shown to callers: no secrets. See AfterAtLeast.
  virtual absl::Status Execute(const LowStockEvent& event, Context& context) const = 0;
};

// `status`, which is not OK, with the wish not to be tried again before `delay` has passed; and that wish.
absl::Status AfterAtLeast(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> AfterAtLeastOf(const absl::Status& status);

// Everything that is wrong with parameters for an activity: unknown ones, missing ones, and the values if those are
// all right.
std::vector<ParameterProblem> CheckParameters(const Activity& activity, const Parameters& parameters);

// The activity of this key, or nullptr.
const Activity* Find(std::string_view key);

// All activities, by key.
std::vector<const Activity*> All();

// Makes an activity known; before main. The process ends if there is one of its key.
void Register(std::unique_ptr<Activity> activity);

// A static object of this in an activity's file makes it known.
template <typename T>
class Registered {
 public:
  Registered() { Register(std::make_unique<T>()); }
};

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_ACTIVITY_H_
