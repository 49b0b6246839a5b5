#include "inventory/client/internal/attentive_channel.h"

#include <openssl/crypto.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpc/grpc.h"
#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"

namespace inventory::client::internal {
namespace {

constexpr auto kNever = std::chrono::system_clock::time_point::max();

// Threads that destroy a channel while the program ends, and then gRPC's own; so that the program's statics, and what
// libraries keep, are not gone before them.
class Farewells {
 public:
  static Farewells& All() {
    static auto* const all = [] {
      // What is registered last is called first, and OpenSSL would be registered by the first handshake. It does
      // nothing if it is asked for nothing.
      OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr);
      grpc_init();
      std::atexit([] {
        // By itself gRPC lets its threads end at their leisure: one may be at work on a connection that failed.
        if (All().WaitForAll()) grpc_shutdown_blocking();
      });
      return new Farewells;
    }();
    return *all;
  }

  void Begin() {
    const absl::MutexLock lock(&mutex_);
    ++count_;
  }
  void End() {
    const absl::MutexLock lock(&mutex_);
    --count_;
  }

 private:
  // A callback that blocks for ever must not keep the program from ending.
  static constexpr absl::Duration kPatience = absl::Seconds(5);

  // Whether none is left.
  bool WaitForAll() {
    const absl::MutexLock lock(&mutex_);
    const auto none_left = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return count_ == 0; };
    return mutex_.AwaitWithTimeout(absl::Condition(&none_left), kPatience);
  }

  absl::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

// What the thread works on.
class AttentiveChannel::Attendant {
 public:
  explicit Attendant(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {
    end_.Set(&events_, kNever, &end_);
  }

  grpc::Channel* channel() const { return channel_.get(); }

  // Called once: lets Attend return, after which the thread has to say farewell.
  void End() {
    Farewells::All().Begin();
    end_.Cancel();
  }

  void Attend() {
    void* event = nullptr;
    bool ok = false;
    do {
      const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
      channel_->NotifyOnStateChange(state, kNever, &events_, channel_.get());
    } while (events_.Next(&event, &ok) && event != &end_);
    // Its end is the last change of its connectivity: nothing is left to wait for.
    channel_.reset();
    events_.Shutdown();
    while (events_.Next(&event, &ok)) {
    }
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  grpc::CompletionQueue events_;
  grpc::Alarm end_;
};

AttentiveChannel::AttentiveChannel(std::shared_ptr<grpc::Channel> channel)
    : attendant_(std::make_shared<Attendant>(std::move(channel))) {
  Farewells::All();
  std::thread([attendant = attendant_]() mutable {
    attendant->Attend();
    attendant.reset();
    Farewells::All().End();
  }).detach();
}

AttentiveChannel::~AttentiveChannel() { attendant_->End(); }

grpc::Channel* AttentiveChannel::get() const { return attendant_->channel(); }

}  // namespace inventory::client::internal
