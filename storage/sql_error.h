// Makes a status of what the database complains about; see FaultOf and its sisters in connection.h for taking it apart.
#ifndef INVENTORY_STORAGE_SQL_ERROR_H_
#define INVENTORY_STORAGE_SQL_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace inventory::storage {

// A statement failed with this error number (0: none), SQLSTATE and text, at this place of its packet.
absl::Status SqlError(int number, std::string_view sql_state, std::string_view text, int statement);

// UNAVAILABLE: no connection could be made.
absl::Status ConnectError(int number, std::string_view text);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_SQL_ERROR_H_
