// The bridge between an RPC's rules and the server.
//
// A write is a struct in one file of server/commands:
//
//   struct SetStock {
//     using Request = v1::SetStockRequest;
//     using Response = v1::SetStockResponse;
//     static void Validate(const Request&, const Bounds&, Violations&);       // every broken rule of the request
//     static pipeline::Needs NeedsOf(const Request&);                         // the rows it works on
//     static absl::Status Apply(const Request&, pipeline::Work&, Response&);  // the rule: pure, see pipeline::Command
//   };
//   const rpc::Registered<SetStock> kSetStock;
//
// A read has, instead of NeedsOf and Apply, in one file of server/queries:
//
//     static absl::Status Read(const Request&, reading::Reader&, Response&);  // on a reader thread, see ReadExecutor
//
// or, where callers ask the same thing all the time, what answers all calls that wait from one look at the database:
//
//     using Turn = ...;                         // what a read waits for before it collects the calls
//     static Turn AwaitTurn(reading::Reader&);  // kept until they are answered, unless ReadTogether ends it before
//     static absl::Status ReadTogether(std::vector<rpc::Asked<Rule>>&, Turn&, reading::Reader&);
//
// A call that takes several commits or both reads and writes has, in one file of server/commands:
//
//     static void Start(const Request&, Response&, std::shared_ptr<rpc::Steps>);  // never blocks, see steps.h
//
// Streams: see stream_rule.h.
//
// request_id, idempotency, deadlines, queues, metrics and error details are not its business, and neither are units of
// measure: Apply sees every line that has a `sku` and a `unit` in the smallest stocked unit. What a request with
// `validate_only` changes is undone.
#ifndef INVENTORY_SERVER_RPC_RULE_H_
#define INVENTORY_SERVER_RPC_RULE_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/errors.h"
#include "server/pipeline/command.h"
#include "server/pipeline/work.h"
#include "server/reading/reader.h"
#include "server/rpc/bounds.h"
#include "server/rpc/coalescer.h"
#include "server/rpc/registry.h"
#include "server/rpc/runtime.h"
#include "server/rpc/units.h"

namespace inventory::rpc {

// A write as the pipeline runs it. Request and response live until the call is finished; its destructor comes later.
template <typename Rule>
class RuleCommand final : public pipeline::Command {
 public:
  using Request = typename Rule::Request;
  using Response = typename Rule::Response;

  RuleCommand(const Request* request, Response* response) : request_(request), response_(response) {}

  std::string_view name() const override {
    static const std::string kName = MethodOf(Request::descriptor())->name();
    return kName;
  }
  pipeline::Needs needs() const override { return Rule::NeedsOf(*request_); }
  absl::Status Apply(pipeline::Work& work) override {
    response_->Clear();
    if constexpr (requires { request_->validate_only(); }) {
      if (request_->validate_only()) work.TryOnly();
    }
    if (!names_units_) return Rule::Apply(*request_, work, *response_);
    Request converted = *request_;
    absl::Status status = ToSmallestUnits(work, converted);
    return status.ok() ? Rule::Apply(converted, work, *response_) : status;
  }
  std::string SaveReply() const override { return response_->SerializeAsString(); }
  bool LoadReply(std::string_view reply) override {
    return response_->ParseFromArray(reply.data(), static_cast<int>(reply.size()));
  }

 private:
  const Request* const request_;
  Response* const response_;
  const bool names_units_ = NamesUnits(*request_);
};

template <typename Rule>
concept IsWrite = requires(const typename Rule::Request& request, pipeline::Work& work,
                           typename Rule::Response& response) {
  Rule::Apply(request, work, response);
};
template <typename Rule>
concept IsRead = requires(const typename Rule::Request& request, reading::Reader& reader,
                          typename Rule::Response& response) {
  Rule::Read(request, reader, response);
};

template <typename Rule>
concept IsReadTogether = requires(std::vector<Asked<Rule>>& asked, typename Rule::Turn& turn, reading::Reader& reader) {
  turn = Rule::AwaitTurn(reader);
  Rule::ReadTogether(asked, turn, reader);
};
template <typename Rule>
concept IsStepwise = requires(const typename Rule::Request& request, typename Rule::Response& response,
                              std::shared_ptr<Steps> steps) {
  Rule::Start(request, response, steps);
};

// Makes the rule serve its RPC, the one that takes Rule::Request.
template <typename Rule>
class Registered {
 public:
  Registered() {
    static_assert(IsWrite<Rule> + IsStepwise<Rule> + IsReadTogether<Rule> + IsRead<Rule> == 1,
                  "an RPC's rule has one of Apply, Start, ReadTogether and Read");
    Methods().push_back({.request = &Request::descriptor,
                         .make_command = CommandMaker(),
                         .start = Starter(),
                         .make_ask = AskMaker(),
                         .read = ReadOf(),
                         .validate = Validate});
  }

 private:
  using Request = typename Rule::Request;
  using Response = typename Rule::Response;

  static Method::CommandMaker CommandMaker() {
    if constexpr (IsWrite<Rule>) {
      return [](const google::protobuf::Message& request, google::protobuf::Message& response) {
        return std::make_unique<RuleCommand<Rule>>(&dynamic_cast<const Request&>(request),
                                                   &dynamic_cast<Response&>(response));
      };
    } else {
      return nullptr;
    }
  }

  static decltype(Method::start) Starter() {
    if constexpr (IsStepwise<Rule>) {
      return [](const google::protobuf::Message& request, google::protobuf::Message& response,
                std::shared_ptr<Steps> steps) {
        Rule::Start(dynamic_cast<const Request&>(request), dynamic_cast<Response&>(response), std::move(steps));
      };
    } else {
      return nullptr;
    }
  }

  static decltype(Method::make_ask) AskMaker() {
    if constexpr (IsReadTogether<Rule>) {
      return [](Runtime& runtime) -> Method::Ask {
        return [coalescer = std::make_shared<Coalescer<Rule>>(runtime.reads())](
                   Call& call, const google::protobuf::Message& request, google::protobuf::Message& response) {
          coalescer->Ask(&call, &dynamic_cast<const Request&>(request), &dynamic_cast<Response&>(response));
        };
      };
    } else {
      return nullptr;
    }
  }

  static decltype(Method::read) ReadOf() {
    if constexpr (IsRead<Rule>) {
      return
          [](const google::protobuf::Message& request, reading::Reader& reader, google::protobuf::Message& response) {
            return Rule::Read(dynamic_cast<const Request&>(request), reader, dynamic_cast<Response&>(response));
          };
    } else {
      return nullptr;
    }
  }

  static void Validate(const google::protobuf::Message& request, const Bounds& bounds, Violations& violations) {
    ValidateBy<Rule>(request, bounds, violations);
    if constexpr (IsWrite<Rule> || IsStepwise<Rule>) CheckUnits(request, violations);
  }
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_RULE_H_
