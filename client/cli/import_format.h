// What the rows of files to import mean.
#ifndef INVENTORY_CLIENT_CLI_IMPORT_FORMAT_H_
#define INVENTORY_CLIENT_CLI_IMPORT_FORMAT_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/bulk.pb.h"

namespace inventory::cli {

// What can be imported and exported.
enum class BulkKind { kStockLevels, kItems, kWarehouses };

// "stock-levels", "items" or "warehouses".
std::optional<BulkKind> BulkKindNamed(const std::string& name);
const std::vector<std::string>& BulkKindNames();

// Columns that files of rejected rows have besides; they are passed over, so that such a file can be corrected and
// imported as it is.
inline constexpr char kRejectLineColumn[] = "reject_line";
inline constexpr char kRejectReasonColumn[] = "reject_reason";
// Begins the reason of a row whose text could not be parted into cells and stands in the first: it is refused until
// that is corrected.
inline constexpr char kUnpartedMark[] = "UNPARTED: ";

// Makes rows for the server from the rows of one file. Used by one thread.
class ImportFormat {
 public:
  virtual ~ImportFormat() = default;

  // Sets what the whole import has to say, the masks.
  virtual void Prepare(v1::ImportStart& start) const = 0;

  // Adds what the row asks for, one or more rows of the server, to the chunk. INVALID_ARGUMENT, which names every
  // column that is wrong; the chunk is then as before. There are as many cells as columns.
  virtual absl::Status AddCells(const std::vector<std::string>& cells, v1::ImportChunk& chunk) const = 0;

  // The same of a JSON object.
  virtual absl::Status AddJson(const std::string& object, v1::ImportChunk& chunk) const = 0;

  // Empties the cells of what was carried out of a row of the file, that made two of the server of which only
  // `refused`, 0 or 1, was refused. What is left asks for that one. By default rows make one.
  virtual void LeaveRefused(std::size_t /*refused*/, std::vector<std::string>& /*cells*/) const {}

  // Columns that are passed over because only the server sets them.
  const std::vector<std::string>& passed_over() const { return passed_over_; }

 protected:
  std::vector<std::string> passed_over_;
};

// For a file with this header; of JSON lines, which have none, it is empty. INVALID_ARGUMENT names everything that is
// wrong with the header, one line each. `replace`: fields that a JSON object does not have get their defaults; without
// it one that has a field as 0, false or empty, which the API can't tell from unset, is refused.
absl::StatusOr<std::unique_ptr<ImportFormat>> MakeImportFormat(BulkKind kind, const std::vector<std::string>& header,
                                                               bool replace);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_IMPORT_FORMAT_H_
