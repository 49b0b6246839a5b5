// What the log says of traces.
#include <fstream>

#include "tests/integration/tracing_fixture.h"
#include "tests/token_issuer.h"

namespace inventory::integration {
namespace {

using TracingLogTest = TracingTest;

TEST_F(TracingLogTest, TheLogNamesTheTraceOfWhatFailsWithoutExportToo) {
  const auto second = Start({});
  const Client calls(second->address());
  SetStock(Sku(), "w1", 5);
  Sql(absl::StrCat("UPDATE stock_level SET reserved = -1 WHERE sku = '", Sku(), "'"));
  v1::AdjustStockRequest adjust;
  adjust.set_sku(Sku());
  adjust.set_warehouse_id("w1");
  adjust.set_delta(1);
  EXPECT_EQ(Outcome(CallIn(Trace(1), calls, adjust, &Stub::AdjustStock)), "INTERNAL STOCK_MISMATCH");
  EXPECT_TRUE(Logs(*second, "command failed", "trace_id=" + Trace(1)));
  VerifyAll(client(), /*repair=*/true);

  Sql("RENAME TABLE replenishment TO gone");
  EXPECT_EQ(Outcome(CallIn(Trace(2), calls, v1::ListReplenishmentsRequest(), &Stub::ListReplenishments)), "INTERNAL");
  Sql("RENAME TABLE gone TO replenishment");
  EXPECT_TRUE(Logs(*second, "read failed", "trace_id=" + Trace(2)));

  Sql("RENAME TABLE stock_level TO gone");
  v1::GetAvailabilityRequest availability;
  availability.set_channel_id("web");
  availability.add_skus(Sku());
  EXPECT_EQ(Outcome(CallIn(Trace(3), calls, availability, &Stub::GetAvailability)), "INTERNAL");
  Sql("RENAME TABLE gone TO stock_level");
  EXPECT_TRUE(Logs(*second, "read failed", "trace_id=" + Trace(3)));
}

TEST_F(TracingLogTest, TheLogNamesTheTraceOfWhoIsDenied) {
  const ScratchFolder folder;
  const TokenIssuer issuer(TokenIssuer::Kind::kEd25519, "local");
  std::ofstream(folder.path() + "/keys") << Jwks({issuer.jwk()});
  std::ofstream(folder.path() + "/policy") << R"({"bindings": []})";
  const auto second = Start({"--auth-policy-file=" + folder.path() + "/policy", "--jwt-keys=" + folder.path() + "/keys",
                             "--jwt-issuer=me", "--jwt-audience=us"});
  const Client calls(second->address());
  EXPECT_EQ(Outcome(GetLevel(Trace(), Sku(), calls)), "UNAUTHENTICATED CREDENTIALS_MISSING");
  EXPECT_TRUE(Logs(*second, "denied", "trace_id=" + Trace()));
  EXPECT_FALSE(GetLevel("", Sku(), calls).ok());
  const std::string log = second->run().output();
  EXPECT_EQ(log.find("trace_id"), log.rfind("trace_id")) << log;
}

}  // namespace
}  // namespace inventory::integration
