// (a): what a unary call costs when nothing is done.
#ifndef INVENTORY_TESTS_BENCH_ECHO_SERVER_H_
#define INVENTORY_TESTS_BENCH_ECHO_SERVER_H_

#include <string>

namespace inventory::bench {

inline constexpr char kEchoMethod[] = "/inventory.bench.Echo/Echo";

// Serves kEchoMethod on `address` until SIGTERM, with the settings and the kind of handler that inventory-server has.
// It answers each ReserveStockRequest with the same message. Returns the process's exit code. Must be called before the
// process has any other thread.
int RunEchoServer(const std::string& address);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_ECHO_SERVER_H_
