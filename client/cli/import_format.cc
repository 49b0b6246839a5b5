#include "client/cli/import_format.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/columns.h"
#include "client/cli/set_value.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"

namespace inventory::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Problems = std::vector<std::string>;

bool IsRejectColumn(const std::string& name) { return name == kRejectLineColumn || name == kRejectReasonColumn; }

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

absl::Status ToStatus(const Problems& problems, const char* separator) {
  return problems.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(problems, separator));
}

// Notes what is wrong with any header, whatever its columns mean.
void CheckHeader(const std::vector<std::string>& header, const std::vector<std::string>& known, Problems& problems) {
  std::set<std::string> seen;
  for (const std::string& name : header) {
    if (!seen.insert(name).second) problems.push_back(absl::StrCat("column \"", name, "\" occurs twice"));
    if (!Contains(known, name)) {
      problems.push_back(absl::StrCat("column \"", name, "\" is unknown; there are ", absl::StrJoin(known, ", ")));
    }
  }
}

// ---- Stock levels ----

// One row changes up to two things of a level, each an update of its own.
class StockFormat final : public ImportFormat {
 public:
  static absl::StatusOr<std::unique_ptr<ImportFormat>> Make(const std::vector<std::string>& header) {
    auto format = std::make_unique<StockFormat>();
    format->columns_ = header;
    Problems problems;
    std::vector<std::string> known = Own();
    known.insert(known.end(), std::begin(kServersColumns), std::end(kServersColumns));
    std::vector<std::string> named = header;
    std::erase_if(named, IsRejectColumn);
    CheckHeader(named, known, problems);
    for (const char* required : {"sku", "warehouse_id"}) {
      if (!Contains(header, required)) problems.push_back(absl::StrCat("column \"", required, "\" is missing"));
    }
    if (!Contains(header, "on_hand") && !Contains(header, "adjust_on_hand") && !Contains(header, "safety_stock")) {
      problems.push_back("one of the columns on_hand, adjust_on_hand and safety_stock is needed");
    }
    for (const std::string& name : named) {
      if (!Contains(Own(), name)) format->passed_over_.push_back(name);
    }
    if (!problems.empty()) return ToStatus(problems, "\n");
    return std::unique_ptr<ImportFormat>(std::move(format));
  }

  void Prepare(v1::ImportStart&) const override {}

  absl::Status AddCells(const std::vector<std::string>& cells, v1::ImportChunk& chunk) const override {
    Values values;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!cells[i].empty()) values[columns_[i]] = cells[i];
    }
    return Add(values, chunk);
  }

  absl::Status AddJson(const std::string& object, v1::ImportChunk& chunk) const override {
    const nlohmann::json parsed = nlohmann::json::parse(object, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object()) return absl::InvalidArgumentError("is not a JSON object");
    Values values;
    Problems problems;
    for (const auto& [name, value] : parsed.items()) {
      if (value.is_structured()) {
        problems.push_back(absl::StrCat(name, ": must be a number or a text"));
      } else if (!Contains(Own(), name) &&
                 std::find(std::begin(kServersColumns), std::end(kServersColumns), name) == std::end(kServersColumns)) {
        problems.push_back(absl::StrCat(name, ": is unknown"));
      } else if (!value.is_null()) {
        values[name] = value.is_string() ? value.get<std::string>() : value.dump();
      }
    }
    return problems.empty() ? Add(values, chunk) : ToStatus(problems, "; ");
  }

  // What goes with the count or the difference was for that; without it an etag would be of the level before.
  void LeaveRefused(std::size_t refused, std::vector<std::string>& cells) const override {
    static const auto& of_units =
        *new std::vector<std::string>{"on_hand", "adjust_on_hand", "etag", "condition", "as_of_time"};
    static const auto& of_safety_stock = *new std::vector<std::string>{"safety_stock"};
    const std::vector<std::string>& done = refused == 0 ? of_safety_stock : of_units;
    if (columns_.empty()) {
      auto object = nlohmann::ordered_json::parse(cells[0], nullptr, /*allow_exceptions=*/false);
      for (const std::string& name : done) object.erase(name);
      cells[0] = object.dump();
      return;
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (Contains(done, columns_[i])) cells[i].clear();
    }
  }

 private:
  using Values = std::map<std::string, std::string>;

  // What only the server sets, as exports have it.
  static constexpr const char* kServersColumns[] = {"reserved", "damaged",     "quality_control", "available",
                                                    "version",  "update_time", "incoming",        "count_time"};

  static const std::vector<std::string>& Own() {
    static const auto& names =
        *new std::vector<std::string>{"sku",    "warehouse_id", "on_hand", "adjust_on_hand", "safety_stock",
                                      "reason", "etag",         "unit",    "condition",      "as_of_time"};
    return names;
  }

  static absl::Status Add(const Values& values, v1::ImportChunk& chunk) {
    Problems problems;
    v1::StockUpdate common;
    const int before = chunk.stock_updates_size();
    const auto set = [&](v1::StockUpdate& update, const char* column, const char* field) {
      const auto value = values.find(column);
      if (value == values.end()) return false;
      absl::Status done = SetValue(update, *v1::StockUpdate::descriptor()->FindFieldByName(field), value->second);
      if (!done.ok()) problems.push_back(absl::StrCat(column, ": ", done.message()));
      return true;
    };
    for (const char* name : {"sku", "warehouse_id", "reason", "unit"}) set(common, name, name);
    const bool counts = values.count("on_hand") > 0;
    const bool adjusts = values.count("adjust_on_hand") > 0;
    if (counts && adjusts) problems.push_back("on_hand and adjust_on_hand exclude each other");
    if (counts || adjusts) {
      v1::StockUpdate& update = *chunk.add_stock_updates();
      update = common;
      set(update, "on_hand", "set_on_hand");
      set(update, "adjust_on_hand", "adjust_on_hand");
      for (const char* name : {"etag", "condition", "as_of_time"}) set(update, name, name);
    }
    if (values.count("safety_stock") > 0) {
      v1::StockUpdate& update = *chunk.add_stock_updates();
      update = common;
      set(update, "safety_stock", "set_safety_stock");
      // The level's etag is another one after the change before.
      if (!counts && !adjusts) set(update, "etag", "etag");
    }
    if (chunk.stock_updates_size() == before) {
      problems.push_back("one of on_hand, adjust_on_hand and safety_stock is needed");
    }
    if (!problems.empty()) chunk.mutable_stock_updates()->DeleteSubrange(before, chunk.stock_updates_size() - before);
    return ToStatus(problems, "; ");
  }

  std::vector<std::string> columns_;
};

// ---- Items and warehouses ----

// What only the server sets of every resource.
constexpr const char* kServersFields[] = {"create_time", "update_time", "delete_time"};

bool IsServersField(const std::string& name) {
  return std::find(std::begin(kServersFields), std::end(kServersFields), name) != std::end(kServersFields);
}

template <typename Resource>
class ResourceFormat final : public ImportFormat {
 public:
  ResourceFormat(Resource* (v1::ImportChunk::*add)(), google::protobuf::FieldMask* (v1::ImportStart::*mask)(),
                 bool replace)
      : add_(add), mask_(mask) {
    if (replace) paths_ = {"*"};
  }

  // Takes the columns of a header.
  absl::Status SetHeader(const std::vector<std::string>& header, const std::string& id) {
    const std::vector<Column> all = AllColumns(*Resource::descriptor());
    std::vector<std::string> known;
    for (const Column& column : all) known.push_back(column.name);
    std::vector<std::string> named = header;
    std::erase_if(named, IsRejectColumn);
    Problems problems;
    CheckHeader(named, known, problems);
    if (!Contains(header, id) && !Contains(header, "external_reference_code")) {
      problems.push_back(absl::StrCat("column \"", id, "\" or \"external_reference_code\" is missing"));
    }
    if (!problems.empty()) return ToStatus(problems, "\n");
    for (const std::string& name : header) {
      const auto found = std::find_if(all.begin(), all.end(), [&name](const Column& c) { return c.name == name; });
      const bool servers = IsServersField(name);
      if (servers) passed_over_.push_back(name);
      columns_.push_back(servers || found == all.end() ? Column() : *found);
    }
    paths_ = PathsOf(all, named, id);
    return absl::OkStatus();
  }

  void Prepare(v1::ImportStart& start) const override {
    for (const std::string& path : paths_) (start.*mask_)()->add_paths(path);
  }

  absl::Status AddCells(const std::vector<std::string>& cells, v1::ImportChunk& chunk) const override {
    Resource row;
    Problems problems;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty() || columns_[i].path.empty()) continue;
      absl::Status set = SetCell(row, columns_[i], cells[i]);
      if (!set.ok()) problems.push_back(absl::StrCat(columns_[i].name, ": ", set.message()));
    }
    if (problems.empty()) *(chunk.*add_)() = std::move(row);
    return ToStatus(problems, "; ");
  }

  absl::Status AddJson(const std::string& object, v1::ImportChunk& chunk) const override {
    Resource row;
    const auto parsed = google::protobuf::util::JsonStringToMessage(object, &row);
    if (!parsed.ok()) return absl::InvalidArgumentError(parsed.message().ToString());
    absl::Status clear = CheckSet(nlohmann::json::parse(object, nullptr, /*allow_exceptions=*/false), row);
    if (!clear.ok()) return clear;
    *(chunk.*add_)() = std::move(row);
    return absl::OkStatus();
  }

 private:
  // The fields that the header sets. A message whose parts are all there is one field: it is unset if they are empty.
  static std::vector<std::string> PathsOf(const std::vector<Column>& all, const std::vector<std::string>& named,
                                          const std::string& id) {
    std::map<std::string, bool> whole;
    for (const Column& column : all) {
      bool& complete = whole.try_emplace(column.path.front()->name(), true).first->second;
      complete = complete && Contains(named, column.name);
    }
    std::set<std::string> paths;
    for (const Column& column : all) {
      const std::string& field = column.path.front()->name();
      if (!Contains(named, column.name) || field == id || field == "etag" || IsServersField(field)) continue;
      paths.insert(whole.at(field) ? field : column.name);
    }
    return {paths.begin(), paths.end()};
  }

  // Without a mask the server changes what is set, and takes 0, false and the empty text for unset.
  absl::Status CheckSet(const nlohmann::json& object, const Resource& row) const {
    Problems problems;
    if (!paths_.empty() || !object.is_object()) return absl::OkStatus();
    for (const auto& [name, value] : object.items()) {
      const FieldDescriptor* field = row.GetDescriptor()->FindFieldByName(name);
      if (field == nullptr) field = row.GetDescriptor()->FindFieldByCamelcaseName(name);
      if (field == nullptr || IsServersField(field->name())) continue;
      const bool set = field->is_repeated() ? row.GetReflection()->FieldSize(row, field) > 0
                                            : row.GetReflection()->HasField(row, field);
      if (!set) problems.push_back(absl::StrCat(name, ": ", value.dump(), " takes --replace, or a column of CSV"));
    }
    return ToStatus(problems, "; ");
  }

  // Lists and maps are JSON within their cell, as exports write them.
  static absl::Status SetCell(Message& row, const Column& column, const std::string& cell) {
    Message* holder = &row;
    for (std::size_t i = 0; i + 1 < column.path.size(); ++i) {
      holder = holder->GetReflection()->MutableMessage(holder, column.path[i]);
    }
    const FieldDescriptor& field = *column.path.back();
    if (!field.is_repeated()) return SetValue(*holder, field, cell);
    const nlohmann::json value = nlohmann::json::parse(cell, nullptr, /*allow_exceptions=*/false);
    nlohmann::json object;
    object[field.name()] = value;
    const std::unique_ptr<Message> part(holder->New());
    if (!value.is_structured() || !google::protobuf::util::JsonStringToMessage(object.dump(), part.get()).ok()) {
      return absl::InvalidArgumentError("must be a list or an object in JSON");
    }
    holder->MergeFrom(*part);
    return absl::OkStatus();
  }

  Resource* (v1::ImportChunk::*const add_)();
  google::protobuf::FieldMask* (v1::ImportStart::*const mask_)();
  std::vector<Column> columns_;  // By the header; without a path where the column is passed over.
  std::vector<std::string> paths_;
};

template <typename Resource>
absl::StatusOr<std::unique_ptr<ImportFormat>> Headed(std::unique_ptr<ResourceFormat<Resource>> format,
                                                     const std::vector<std::string>& header, const std::string& id) {
  if (!header.empty()) {
    absl::Status set = format->SetHeader(header, id);
    if (!set.ok()) return set;
  }
  return std::unique_ptr<ImportFormat>(std::move(format));
}

}  // namespace

const std::vector<std::string>& BulkKindNames() {
  static const auto& names = *new std::vector<std::string>{"stock-levels", "items", "warehouses"};
  return names;
}

std::optional<BulkKind> BulkKindNamed(const std::string& name) {
  const auto& names = BulkKindNames();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<BulkKind>(found - names.begin());
}

absl::StatusOr<std::unique_ptr<ImportFormat>> MakeImportFormat(BulkKind kind, const std::vector<std::string>& header,
                                                               bool replace) {
  switch (kind) {
    case BulkKind::kItems:
      return Headed(std::make_unique<ResourceFormat<v1::Item>>(&v1::ImportChunk::add_items,
                                                               &v1::ImportStart::mutable_item_mask, replace),
                    header, "sku");
    case BulkKind::kWarehouses:
      return Headed(std::make_unique<ResourceFormat<v1::Warehouse>>(&v1::ImportChunk::add_warehouses,
                                                                    &v1::ImportStart::mutable_warehouse_mask, replace),
                    header, "warehouse_id");
    case BulkKind::kStockLevels:
      break;
  }
  if (header.empty()) return std::make_unique<StockFormat>();
  return StockFormat::Make(header);
}

}  // namespace inventory::cli
