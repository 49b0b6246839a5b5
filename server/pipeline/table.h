// Rows of one kind that a batch has in memory, with undo.
#ifndef INVENTORY_SERVER_PIPELINE_TABLE_H_
#define INVENTORY_SERVER_PIPELINE_TABLE_H_

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inventory::pipeline {

template <typename Record>
concept Grouped = requires(const Record& record) {
  { record.group() } -> std::same_as<const std::string&>;
};

// The rows of one table that a batch has loaded, changed or added. Changes since the last mark can be undone, so that a
// failing command leaves no trace, and after the batch the table says which rows must be written. Not thread-safe.
//
// Record has `Key`, `Key key() const` and `operator==`. Where it has `const std::string& group() const` besides, which
// never changes, the rows of a group are found without looking at the others. Pointers stay valid until the row is
// undone or the table dies.
template <typename Record>
class Table {
 public:
  using Key = typename Record::Key;

  // Adds a row as the database has it. A row that is already here stays as it is.
  void Load(Record record) {
    Key key = record.key();
    auto [it, added] = rows_.try_emplace(std::move(key));
    if (added) {
      NoteGroup(record);
      it->second.current = std::move(record);
    }
  }

  // The row, or nullptr if it is neither loaded nor added, or removed.
  const Record* Find(const Key& key) const {
    auto it = rows_.find(key);
    return it == rows_.end() || !it->second.current ? nullptr : &*it->second.current;
  }

  // The row as the database has it, or nullptr.
  const Record* Stored(const Key& key) const {
    auto it = rows_.find(key);
    if (it == rows_.end()) return nullptr;
    const std::optional<Record>& stored = it->second.dirty ? it->second.stored : it->second.current;
    return stored ? &*stored : nullptr;
  }

  // The row for changing; it must exist.
  Record& Edit(const Key& key) { return *Touch(key).current; }

  // Adds a row that must not exist yet, for changing.
  Record& Add(Record record) {
    Entry& entry = Touch(record.key());
    NoteGroup(record);
    entry.current = std::move(record);
    return *entry.current;
  }

  // Removes a row that exists.
  void Remove(const Key& key) { Touch(key).current.reset(); }

  // All rows in key order from the first whose key is not less than `from`, while `belongs(record)` holds.
  template <typename Predicate>
  std::vector<const Record*> Range(const Key& from, Predicate belongs) const {
    std::vector<const Record*> found;
    for (auto it = rows_.lower_bound(from); it != rows_.end(); ++it) {
      if (!it->second.current) continue;
      if (!belongs(*it->second.current)) break;
      found.push_back(&*it->second.current);
    }
    return found;
  }

  // The rows of the group, in key order.
  std::vector<const Record*> Group(const std::string& group) const requires Grouped<Record> {
    std::vector<const Record*> found;
    const auto keys = groups_.find(group);
    if (keys == groups_.end()) return found;
    for (const Key& key : keys->second) {
      if (const Record* record = Find(key)) found.push_back(record);
    }
    return found;
  }

  // Every row, in key order.
  std::vector<const Record*> All() const {
    return Range(rows_.empty() ? Key{} : rows_.begin()->first, [](const Record&) { return true; });
  }

  // Makes all changes so far permanent within the batch.
  void Mark() { undo_.clear(); }

  // Takes every change since the last mark back.
  void Undo() { UndoTo(0); }

  // Number of changes since the last mark, for UndoTo.
  std::size_t changes() const { return undo_.size(); }

  // Takes changes back, the last one first, until only `changes` of those since the last mark are left.
  void UndoTo(std::size_t changes) {
    while (undo_.size() > changes) {
      undo_.back().first->second.current = std::move(undo_.back().second);
      undo_.pop_back();
    }
  }

  // Calls visit(before, after) once for every row touched since the last mark: nullptr where there was or is none.
  template <typename Visitor>
  void ForEachChange(Visitor visit) const {
    std::set<const Entry*> seen;
    for (const auto& [row, before] : undo_) {
      const Entry& entry = row->second;
      if (!seen.insert(&entry).second) continue;
      visit(before ? &*before : nullptr, entry.current ? &*entry.current : nullptr);
    }
  }

  // Rows to insert, to update and to delete so that the database has what is here.
  std::vector<const Record*> Added() const {
    return Changed([](const Entry& e) { return e.current && !e.stored; });
  }
  // Each as the database has it, and as it is here.
  std::vector<std::pair<const Record*, const Record*>> Updated() const {
    std::vector<std::pair<const Record*, const Record*>> found;
    for (const auto& [key, entry] : rows_) {
      if (entry.dirty && entry.current && entry.stored && *entry.current != *entry.stored) {
        found.emplace_back(&*entry.stored, &*entry.current);
      }
    }
    return found;
  }
  std::vector<const Record*> Written() const {
    return Changed([](const Entry& e) { return e.current && e.current != e.stored; });
  }
  std::vector<const Record*> Removed() const {
    std::vector<const Record*> found;
    for (const auto& [key, entry] : rows_) {
      if (entry.dirty && !entry.current && entry.stored) found.push_back(&*entry.stored);
    }
    return found;
  }

 private:
  struct Entry {
    std::optional<Record> current;  // Unset: the row does not exist.
    std::optional<Record> stored;   // What the database has; meaningful once dirty.
    bool dirty = false;
  };
  using Rows = std::map<Key, Entry>;

  void NoteGroup(const Record& record) {
    if constexpr (Grouped<Record>) groups_[record.group()].insert(record.key());
  }

  Entry& Touch(const Key& key) {
    auto it = rows_.try_emplace(key).first;
    Entry& entry = it->second;
    if (!entry.dirty) {
      entry.dirty = true;
      entry.stored = entry.current;
    }
    undo_.emplace_back(it, entry.current);
    return entry;
  }

  template <typename Predicate>
  std::vector<const Record*> Changed(Predicate wanted) const {
    std::vector<const Record*> found;
    for (const auto& [key, entry] : rows_) {
      if (entry.dirty && wanted(entry)) found.push_back(&*entry.current);
    }
    return found;
  }

  Rows rows_;
  std::map<std::string, std::set<Key>> groups_;  // Keys of rows that are here or were.
  std::vector<std::pair<typename Rows::iterator, std::optional<Record>>> undo_;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_TABLE_H_
