// What somebody may have meant.
#ifndef INVENTORY_CLIENT_CLI_SUGGEST_H_
#define INVENTORY_CLIENT_CLI_SUGGEST_H_

#include <string>
#include <vector>

namespace inventory::cli {

// "; did you mean X?" with the candidate that is nearest to `word`, or nothing if none is near: one that goes on where
// `word` ends, or takes at most two letters to change, and fewer than half of them.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_SUGGEST_H_
