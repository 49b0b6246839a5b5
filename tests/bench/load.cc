#include "tests/bench/load.h"

namespace inventory::bench {

absl::StatusOr<Sample> DriveFlows(const std::string& address, int flows, const Timing& timing, const BeginFlow& begin) {
  const int threads = flows == 1 ? 1 : 2;
  return Measure(threads, timing, [&](int thread, const Window& window, Recorder& recorder) {
    Client client(address);
    Load load(client, window, recorder);
    for (int i = 0; i < flows / threads; ++i) begin(load);
    client.NoMoreFlows();
    client.Run();
    return load.error();
  });
}

}  // namespace inventory::bench
