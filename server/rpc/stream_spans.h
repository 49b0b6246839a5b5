// What the traces say of a stream. Apart from call_spans.h because nearly everything includes that.
#ifndef INVENTORY_SERVER_RPC_STREAM_SPANS_H_
#define INVENTORY_SERVER_RPC_STREAM_SPANS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/rpc/runtime.h"
#include "server/rpc/steps.h"

namespace inventory::rpc {

// Does what RecordCall does, for a stream that has had so many steps. Defined in call_spans.cc.
void RecordStream(const MethodFacts& facts, const Origin& origin, absl::Time start, const absl::Status& status,
                  int64_t steps);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STREAM_SPANS_H_
