// A Galera cluster of private databases.
#ifndef INVENTORY_TESTS_FAULTS_GALERA_H_
#define INVENTORY_TESTS_FAULTS_GALERA_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/embedded_database.h"

namespace inventory::faults {

// FAILED_PRECONDITION says what is missing here for it.
absl::Status CheckGalera();

// Starts so many nodes, each with its files in a folder of its own in `folder`, and returns when all are in the
// cluster. A node that dies is started again, and joins the others again by itself as long as any of them lives.
// `options` are those of all nodes.
absl::StatusOr<std::vector<std::unique_ptr<storage::EmbeddedDatabase>>> StartGalera(
    const std::string& folder, int nodes, const storage::EmbeddedDatabase::Options& options);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_GALERA_H_
