// The private database server.
#include "storage/embedded_database.h"

#include "tests/integration/client.h"
#include "tests/integration/database_fixture.h"

namespace inventory::integration {
namespace {

std::string Variable(const std::string& name) {
  auto connection = Must(storage::Connection::Open(storage::TestServer::Get().connection_options()));
  storage::Sql sql;
  sql.Raw("SELECT @@" + name);
  return std::string(Must(connection->Execute(sql))[0][0].Text(0));
}

// A server that starts removes the temporary tables it finds, so two of them must not share a directory.
TEST(EmbeddedDatabaseTest, KeepsTemporaryTablesInADirectoryOfItsOwn) {
  const std::string datadir = Variable("datadir");
  EXPECT_EQ(datadir.find(Variable("tmpdir")), 0u) << datadir;
  EXPECT_NE(Variable("tmpdir"), "/tmp");
}

}  // namespace
}  // namespace inventory::integration
