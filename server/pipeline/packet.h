// Statements that travel together, each with what to do with its result.
#ifndef INVENTORY_SERVER_PIPELINE_PACKET_H_
#define INVENTORY_SERVER_PIPELINE_PACKET_H_

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::pipeline {

// The records as the repositories take them; they must outlive the result.
template <typename Record>
std::vector<const Record*> Pointers(const std::vector<Record>& records) {
  std::vector<const Record*> pointers;
  pointers.reserve(records.size());
  for (const Record& record : records) pointers.push_back(&record);
  return pointers;
}

// Statements sent in one round trip. Not thread-safe.
class Packet {
 public:
  using Reader = std::function<void(const storage::Rows&)>;

  // Adds the statement that `append(sql)` appends with storage::BeginStatement; if it appends none (returns false),
  // nothing happens. `read` gets its result once everything has succeeded.
  template <typename Append>
  void Add(Append append, Reader read = nullptr) {
    if (append(sql_)) readers_.push_back(std::move(read));
  }
  // Adds a statement of trusted text: never a value.
  void AddText(std::string_view text, Reader read = nullptr) {
    storage::BeginStatement(sql_).Raw(text);
    readers_.push_back(std::move(read));
  }

  // Number of statements.
  int size() const { return static_cast<int>(readers_.size()); }

  absl::Status Send(storage::Connection& connection) const {
    absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql_);
    if (!results.ok()) return results.status();
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      if (readers_[i]) readers_[i]((*results)[i]);
    }
    return absl::OkStatus();
  }

 private:
  storage::Sql sql_;
  std::vector<Reader> readers_;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_PACKET_H_
