#include "tests/bench/flow.h"

namespace inventory::bench {

Client::Client(const std::string& address, int connections) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // Or all channels would share one connection.
  for (int i = 0; i < connections; ++i) {
    channels_.push_back(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
}

void Client::Run() {
  void* flow = nullptr;
  bool ok = false;
  while (queue_.Next(&flow, &ok)) {
    std::coroutine_handle<>::from_address(flow).resume();
    Leave();  // The call that has ended. The next one of its flow has entered already.
  }
}

}  // namespace inventory::bench
