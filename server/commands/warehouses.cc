#include "server/commands/warehouses.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/commands/configuration.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

constexpr std::size_t kMaxDescriptionBytes = 2000;
constexpr std::size_t kMaxTextBytes = 255;
constexpr std::size_t kMaxTypeBytes = 64;
constexpr int kMaxStreetLines = 3;

void CheckAddress(const v1::PostalAddress& address, const std::string& field, Violations& violations) {
  const std::string lines = field + ".street_lines";
  rpc::CheckCount(address.street_lines_size(), 0, kMaxStreetLines, lines, violations);
  for (int i = 0; i < std::min(address.street_lines_size(), kMaxStreetLines); ++i) {
    const std::string line = absl::StrCat(lines, "[", i, "]");
    if (address.street_lines(i).empty()) violations.Add(line, "must not be empty");
    rpc::CheckText(address.street_lines(i), kMaxTextBytes, line, violations);
  }
  rpc::CheckText(address.city(), kMaxTextBytes, field + ".city", violations);
  rpc::CheckText(address.postal_code(), kMaxTextBytes, field + ".postal_code", violations);
  rpc::CheckText(address.region_code(), kMaxTextBytes, field + ".region_code", violations);
  const std::string& country = address.country_code();
  const bool two_letters = country.size() == 2 && std::all_of(country.begin(), country.end(), absl::ascii_isupper);
  if (!country.empty() && !two_letters) {
    violations.Add(field + ".country_code", "must be two upper-case letters or empty");
  }
}

}  // namespace

// The comparisons are such that NaN breaks them.
void CheckLocation(const v1::GeoPoint& location, const std::string& field, Violations& violations) {
  if (!(location.latitude() >= -90 && location.latitude() <= 90)) {
    violations.Add(field + ".latitude", "must be from -90 to 90");
  }
  if (!(location.longitude() >= -180 && location.longitude() <= 180)) {
    violations.Add(field + ".longitude", "must be from -180 to 180");
  }
  if (location.latitude() == 0 && location.longitude() == 0) {
    violations.Add(field, "must not be the placeholder 0, 0");
  }
}

void CheckWarehouse(const v1::Warehouse& warehouse, const std::string& field, Violations& violations) {
  rpc::CheckOptionalId(warehouse.warehouse_id(), field + ".warehouse_id", violations);
  if (warehouse.name().empty()) violations.Add(field + ".name", "is required");
  rpc::CheckText(warehouse.name(), kMaxTextBytes, field + ".name", violations);
  rpc::CheckText(warehouse.description(), kMaxDescriptionBytes, field + ".description", violations,
                 /*multiline=*/true);
  if (warehouse.has_location()) CheckLocation(warehouse.location(), field + ".location", violations);
  CheckAddress(warehouse.address(), field + ".address", violations);
  rpc::CheckText(warehouse.type(), kMaxTypeBytes, field + ".type", violations);
  CheckCode(warehouse.external_reference_code(), field + ".external_reference_code", violations);
}

void CheckNewWarehouse(const v1::Warehouse& warehouse, const std::string& field, Violations& violations) {
  CheckWarehouse(warehouse, field, violations);
  if (warehouse.active() && !warehouse.has_location()) {
    violations.Add(field + ".location", "is required of an active warehouse");
  }
}

storage::WarehouseRecord Configured(storage::WarehouseRecord record, const v1::Warehouse& warehouse) {
  record.name = warehouse.name();
  record.external_reference_code = warehouse.external_reference_code();
  record.description = warehouse.description();
  record.active = warehouse.active();
  record.latitude.reset();
  record.longitude.reset();
  if (warehouse.has_location()) {
    record.latitude = warehouse.location().latitude();
    record.longitude = warehouse.location().longitude();
  }
  const v1::PostalAddress& address = warehouse.address();
  record.street_lines.assign(address.street_lines().begin(), address.street_lines().end());
  record.city = address.city();
  record.postal_code = address.postal_code();
  record.region_code = address.region_code();
  record.country_code = address.country_code();
  record.type = warehouse.type();
  return record;
}

absl::Status MakeWarehouse(pipeline::Work& work, const v1::Warehouse& warehouse, v1::Warehouse& out) {
  storage::WarehouseRecord record;
  record.warehouse_id = warehouse.warehouse_id();
  auto made = Create(work, Configured(std::move(record), warehouse));
  if (!made.ok()) return made.status();
  ToProto(**made, out);
  return absl::OkStatus();
}

}  // namespace inventory::commands
