// Rows that belong to other rows.
#ifndef INVENTORY_SERVER_QUERIES_PARTS_H_
#define INVENTORY_SERVER_QUERIES_PARTS_H_

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "storage/connection.h"
#include "storage/table.h"

namespace inventory::queries {

// The lines of reservations, their allocations, the lines of shipments: sorted by whom they belong to.
template <typename Record>
class Parts {
 public:
  // `owner` is the member that names whom a record belongs to. `rows` hold whole records in any order.
  Parts(const storage::Rows& rows, std::string Record::*owner) : records_(storage::ParseAll<Record>(rows)) {
    std::sort(records_.begin(), records_.end(), [](const Record& a, const Record& b) { return a.key() < b.key(); });
    for (const Record& record : records_) by_owner_[record.*owner].push_back(&record);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // The records of one owner, in key order. Valid as long as this.
  const std::vector<const Record*>& Of(const std::string& owner) const {
    static const std::vector<const Record*> kNone;
    const auto it = by_owner_.find(owner);
    return it == by_owner_.end() ? kNone : it->second;
  }

 private:
  std::vector<Record> records_;
  std::map<std::string, std::vector<const Record*>> by_owner_;
};

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_PARTS_H_
