// Streams for tests that mock a client. For a stream with given messages:
//
//   auto stream = std::make_unique<MockReadStream<v1::ExportInventoryResponse>>();
//   EXPECT_CALL(*stream, Read).WillOnce(Return(page)).WillOnce(Return(std::nullopt));
//   EXPECT_CALL(client, ExportInventory).WillOnce(Return(ByMove(std::move(stream))));
#ifndef INVENTORY_CLIENT_MOCK_STREAM_H_
#define INVENTORY_CLIENT_MOCK_STREAM_H_

#include <gmock/gmock.h>

#include <optional>

#include "inventory/client/stream.h"

namespace inventory::client {

template <typename Response>
class MockReadStream : public ReadStream<Response> {
 public:
  MOCK_METHOD((absl::StatusOr<std::optional<Response>>), Read, (), (override));
  MOCK_METHOD(void, Cancel, (), (override));
};

template <typename Request, typename Response>
class MockWriteStream : public WriteStream<Request, Response> {
 public:
  MOCK_METHOD(absl::Status, Write, (const Request& request), (override));
  MOCK_METHOD(absl::StatusOr<Response>, Finish, (), (override));
  MOCK_METHOD(void, Cancel, (), (override));
};

template <typename Request, typename Response>
class MockReadWriteStream : public ReadWriteStream<Request, Response> {
 public:
  MOCK_METHOD((absl::StatusOr<std::optional<Response>>), Read, (), (override));
  MOCK_METHOD(void, Cancel, (), (override));
  MOCK_METHOD(absl::Status, Write, (const Request& request), (override));
  MOCK_METHOD(absl::Status, WritesDone, (), (override));
};

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_MOCK_STREAM_H_
