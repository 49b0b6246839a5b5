// Goal: whatever bytes come as the request of an RPC, it takes no more memory than was measured before, it is refused
// with words or carried out by the rules, and what is stored adds up afterwards.
// Method: the input is a series of requests, each the number of an RPC, a length, two bytes each, and bytes. They are
// parsed and validated as the server does, and those that write are carried out, one after another, in a small world
// like that of the model test. The runner carries each out twice, compares the answers and checks the invariants
// (tests/unit/rule_runner.h).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "server/errors.h"
#include "server/rpc/registry.h"
#include "server/rpc/request_size.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/message_mutator.h"
#include "tests/unit/model.h"
#include "tests/unit/model_requests.h"
#include "tests/unit/rule_runner.h"

extern "C" std::size_t LLVMFuzzerMutate(uint8_t* data, std::size_t size, std::size_t max_size);

namespace inventory::fuzz {
namespace {

using google::protobuf::Message;

constexpr std::size_t kMostRequests = 12;
constexpr std::size_t kHeaderBytes = 4;

// The RPCs that take one request, by name.
const std::vector<const rpc::Method*>& Methods() {
  static const auto& methods = *new std::vector<const rpc::Method*>([] {
    std::vector<const rpc::Method*> all;
    for (const rpc::Method& method : rpc::Methods()) {
      if (method.validate != nullptr) all.push_back(&method);
    }
    std::sort(all.begin(), all.end(), [](const rpc::Method* one, const rpc::Method* other) {
      return one->request()->full_name() < other->request()->full_name();
    });
    return all;
  }());
  return methods;
}

std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// An RPC's number comes from its request's name, so that an input means the same when there are more RPCs (FNV-1a).
uint16_t NumberOf(const rpc::Method& method) {
  uint32_t hash = 2166136261;
  for (const char c : method.request()->name()) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return static_cast<uint16_t>(hash >> 16 ^ hash);
}

// A request on its way in: the RPC's number and its bytes.
struct Frame {
  uint16_t number = 0;
  std::string bytes = {};

  // Any RPC for a number that none has.
  const rpc::Method& rpc() const {
    static const auto& by_number = *new std::map<uint16_t, const rpc::Method*>([] {
      std::map<uint16_t, const rpc::Method*> all;
      for (const rpc::Method* method : Methods()) {
        Check(all.emplace(NumberOf(*method), method).second, "each RPC has a number of its own");
      }
      return all;
    }());
    const auto found = by_number.find(number);
    return found == by_number.end() ? *Methods()[number % Methods().size()] : *found->second;
  }
};

std::vector<Frame> Framed(const uint8_t* data, std::size_t size) {
  std::vector<Frame> frames;
  while (size >= kHeaderBytes && frames.size() < kMostRequests) {
    const std::size_t length = std::min<std::size_t>(data[2] << 8 | data[3], size - kHeaderBytes);
    frames.push_back({static_cast<uint16_t>(data[0] << 8 | data[1]),
                      std::string(reinterpret_cast<const char*>(data) + kHeaderBytes, length)});
    data += kHeaderBytes + length;
    size -= kHeaderBytes + length;
  }
  return frames;
}

std::string Joined(const std::vector<Frame>& frames) {
  std::string joined;
  for (const Frame& frame : frames) {
    joined.push_back(static_cast<char>(frame.number >> 8));
    joined.push_back(static_cast<char>(frame.number));
    joined.push_back(static_cast<char>(frame.bytes.size() >> 8));
    joined.push_back(static_cast<char>(frame.bytes.size()));
    joined.append(frame.bytes);
  }
  return joined;
}

// Warehouses, channels and items with stock: what the model's requests begin with, and some of the orders that follow.
void BuildWorld(RuleRunner& runner) {
  constexpr int kRequests = 60;
  model::Model model(runner.now, model::Model::kUncut);
  model::Requests requests(std::mt19937_64(7), model);
  for (int i = 0; i < kRequests; ++i) {
    const model::Requests::Request request = requests.Next();
    const std::unique_ptr<Message> answer = New(rpc::MethodOf(request->GetDescriptor())->output_type());
    runner.Run(*request, *answer).IgnoreError();
    model.Run(*request, runner.fresh_id());
  }
}

void CheckRefusal(const absl::Status& status, const std::string& rpc) {
  Check(!status.message().empty() && !ReasonOf(status).empty(), rpc + " says why it refuses");
  Check(!absl::IsInternal(status) && !absl::IsUnknown(status), absl::StrCat(rpc, " fails: ", status.ToString()));
}

// What the server says of a request before it parses it, in pieces as they have come, against what that takes.
void CheckMeasured(const google::protobuf::Descriptor& type, const std::string& bytes, const std::string& rpc) {
  const std::optional<std::size_t> measured =
      rpc::RequestSize::Of(type).Measure(bytes, std::numeric_limits<std::size_t>::max());
  google::protobuf::Arena arena;
  Message* const request = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New(&arena);
  google::protobuf::io::ArrayInputStream pieces(bytes.data(), static_cast<int>(bytes.size()), 50);
  const bool parsed = request->ParseFromZeroCopyStream(&pieces);
  Check(measured.has_value() || !parsed, rpc + "'s request is taken for malformed");
  Check(!measured || arena.SpaceUsed() <= *measured, rpc + "'s request takes more than was measured");
}

void CarryOut(const Frame& frame, RuleRunner& runner) {
  const rpc::Method& method = frame.rpc();
  const std::string name = rpc::MethodOf(method.request())->full_name();
  CheckMeasured(*method.request(), frame.bytes, name);
  const std::unique_ptr<Message> request = New(method.request());
  if (!request->ParseFromString(frame.bytes)) return;  // MALFORMED_REQUEST.
  Violations violations;
  method.validate(*request, runner.bounds, violations);
  if (!violations.empty()) CheckRefusal(violations.ToStatus(), name);
  if (method.make_command == nullptr && method.start == nullptr) return;
  const std::unique_ptr<Message> answer = New(rpc::MethodOf(method.request())->output_type());
  const absl::Status status = runner.Run(*request, *answer);
  if (absl::IsUnimplemented(status)) return;  // It reads, for which there is no database here.
  if (!status.ok()) return CheckRefusal(status, name);
  const std::unique_ptr<Message> sent = New(answer->GetDescriptor());
  Check(sent->ParseFromString(answer->SerializeAsString()), name + "'s answer can be sent");
}

// Changes one of the requests as a message, or leaves the bytes to the fuzzer.
std::size_t Mutate(uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<Frame> frames = Framed(data, size);
  const auto below = [&random](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  if (frames.empty() || (frames.size() < kMostRequests && below(8) == 0)) {
    frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(below(frames.size() + 1)),
                  {NumberOf(*Methods()[below(Methods().size())])});
  }
  if (frames.size() > 1 && below(16) == 0)
    frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(below(frames.size())));
  if (below(8) == 0) return LLVMFuzzerMutate(data, size, max_size);
  Frame& frame = frames[below(frames.size())];
  const std::unique_ptr<Message> request = New(frame.rpc().request());
  if (!request->ParsePartialFromString(frame.bytes)) return LLVMFuzzerMutate(data, size, max_size);
  for (std::size_t changes = 1 + below(4); changes > 0; --changes) ChangeOneField(*request, random);
  frame.bytes = request->SerializePartialAsString();
  const std::string changed = Joined(frames);
  if (frame.bytes.size() > 0xffff || changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}

}  // namespace
}  // namespace inventory::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  ::testing::GTEST_FLAG(break_on_failure) = true;  // What the runner expects must hold here too.
  google::protobuf::SetLogHandler(nullptr);        // It says of every second input that a text is not UTF-8.
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  return inventory::fuzz::Mutate(data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const auto& world = *[] {
    auto* built = new inventory::RuleRunner;
    inventory::fuzz::BuildWorld(*built);
    return built;
  }();
  inventory::RuleRunner runner = world;
  for (const inventory::fuzz::Frame& frame : inventory::fuzz::Framed(data, size)) {
    inventory::fuzz::CarryOut(frame, runner);
  }
  return 0;
}
