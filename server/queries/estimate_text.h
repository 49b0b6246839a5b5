// What an availability estimate says in a language.
#ifndef INVENTORY_SERVER_QUERIES_ESTIMATE_TEXT_H_
#define INVENTORY_SERVER_QUERIES_ESTIMATE_TEXT_H_

#include <string>
#include <string_view>

#include "storage/records.h"

namespace inventory::queries {

// The title in the language of a BCP 47 tag, in any case: that of the tag, or of the tag without its last subtag, and
// so on (RFC 4647, section 3.4, "lookup"); where there is none of these, or the tag is empty, the default.
const std::string& TitleIn(const storage::AvailabilityEstimateRecord& estimate, std::string_view locale);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_ESTIMATE_TEXT_H_
