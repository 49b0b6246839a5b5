// A small shop for tests: a server and what is sold there.
#ifndef INVENTORY_TESTS_CLI_SHOP_H_
#define INVENTORY_TESTS_CLI_SHOP_H_

#include <string>
#include <vector>

#include "storage/connection.h"
#include "tests/cli/program.h"
#include "tests/integration/server_process.h"

namespace inventory::cli {

using Words = std::vector<std::string>;

// Runs inventoryctl with these words and variables, without any profile that the user of the tests may have.
Finished RunTool(const Words& words, const integration::ProgramRun::Environment& environment = {});

// A server on a database of its own, with the warehouses ber-1 and rtm-1, from which channel web-eu sells JEANS-M, 10
// there and 100 here. All is made by inventoryctl.
class Shop {
 public:
  Shop();
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  std::string address() const { return server_.address(); }
  integration::ServerProcess& server() { return server_; }

  // Changes the database behind the server's back.
  void Damage(const std::string& statement) const;

  // Runs inventoryctl against the server; the test fails if it does not end with `exit_code`.
  Finished Run(const Words& words, int exit_code = 0) const;

 private:
  const storage::DatabaseOptions database_;
  integration::ServerProcess server_;
};

}  // namespace inventory::cli

#endif  // INVENTORY_TESTS_CLI_SHOP_H_
