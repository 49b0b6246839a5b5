// `inventoryctl import` and `export` against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/cli/program.h"
#include "tests/integration/database_fixture.h"
#include "tests/read_file.h"

namespace inventory::cli {
namespace {

using integration::Eventually;
using integration::ProgramRun;
using integration::ScratchFolder;
using integration::ServerProcess;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

void WriteFile(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

class BulkTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new storage::DatabaseOptions(storage::NewDatabase(/*migrated=*/false));
    server_ = new ServerProcess({.database_url = storage::UrlOf(*database_)});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->Stop(), 0);
    delete server_;
    delete database_;
  }

  BulkTest() { Run({"import", "warehouses", File("w.csv", "warehouse_id,name\nw1,One\nw2,Two\n")}); }

  // Ends with this code.
  Finished Run(const Words& words, int exit_code = 0) const {
    Finished finished = RunProgram(CommandLine(words), Environment());
    EXPECT_EQ(finished.exit_code, exit_code) << absl::StrJoin(words, " ") << "\n" << finished.err;
    return finished;
  }
  static Words CommandLine(const Words& words) {
    Words all = {INVENTORYCTL_BINARY};
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }
  ProgramRun::Environment Environment() const {
    return {{"INVENTORY_ADDRESS", server_->address()}, {"XDG_CONFIG_HOME", folder_.path()}};
  }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_.path(), "/", name); }
  std::string File(const std::string& name, const std::string& text) const {
    WriteFile(Path(name), text);
    return Path(name);
  }
  // Additions of a unit each, to 100 levels with this prefix.
  std::string Additions(const std::string& prefix, int rows) const {
    std::string text = "sku,warehouse_id,adjust_on_hand\n";
    for (int i = 0; i < rows; ++i) absl::StrAppend(&text, prefix, i % 100, ",w1,1\n");
    return File(prefix + ".csv", text);
  }
  // Units of all levels with this prefix.
  int64_t UnitsOf(const std::string& prefix) const {
    return Count(absl::StrCat("SELECT COALESCE(SUM(on_hand), 0) FROM stock_level WHERE sku LIKE '", prefix, "%'"));
  }
  static int64_t Count(const std::string& sql) {
    auto connection = storage::Connection::Open(*database_);
    EXPECT_TRUE(connection.ok()) << connection.status();
    storage::Sql statement;
    statement.Raw(sql);
    const auto results = (*connection)->Execute(statement);
    EXPECT_TRUE(results.ok()) << results.status();
    return results->front()[0].Int(0);
  }

  static inline storage::DatabaseOptions* database_ = nullptr;
  static inline ServerProcess* server_ = nullptr;
  const ScratchFolder folder_;
};

TEST_F(BulkTest, WhatWasExportedIsImportedWithoutAnyChange) {
  Run({"import", "items",
       File("i.csv",
            "sku,published,labels,external_reference_code\nRT-1,false,\"{\"\"a\"\":\"\"b\"\"}\",E1\nRT-2,,,\n")});
  Run({"import", "stock-levels", File("s.csv", "sku,warehouse_id,on_hand,safety_stock\nRT-1,w1,5,1\nRT-2,w2,0,\n")});
  const int64_t movements = Count("SELECT COUNT(*) FROM movement");
  for (const char* kind : {"items", "warehouses", "stock-levels"}) {
    for (const auto& [format, name] : {std::pair("csv", "x.csv"), std::pair("json", "x.jsonl")}) {
      Run({"export", kind, Path(name), "-o", format});
      const std::string before = ReadFile(Path(name));
      EXPECT_THAT(before, HasSubstr(std::string(kind) == "warehouses" ? "w2" : "RT-2"));
      Run({"import", kind, Path(name)});
      if (std::string(kind) == "stock-levels") continue;  // The counts' times have moved on.
      Run({"export", kind, Path(name), "-o", format});
      EXPECT_EQ(ReadFile(Path(name)), before);
    }
  }
  EXPECT_EQ(Count("SELECT COUNT(*) FROM movement"), movements);
}

TEST_F(BulkTest, RejectedRowsAreKeptAndCanBeCorrected) {
  const std::string file =
      File("s.csv", "sku,warehouse_id,on_hand\nRJ-1,w1,1\nRJ-2,nowhere,2\n\"RJ\n3\",w1,x\nRJ-4,w1,4\n");
  const Finished first = Run({"import", "stock-levels", file, "--rejects", Path("r.csv")}, 1);
  EXPECT_THAT(first.err, HasSubstr("4 rows, 2 rejected"));
  std::string rejects = ReadFile(Path("r.csv"));
  EXPECT_THAT(rejects, StartsWith("sku,warehouse_id,on_hand,reject_line,reject_reason\r\n"));
  EXPECT_THAT(rejects,
              HasSubstr("\r\nRJ-2,nowhere,2,3,NOT_FOUND WAREHOUSE_NOT_FOUND: there is no warehouse nowhere\r\n"));
  EXPECT_THAT(rejects, HasSubstr("\"RJ\n3\",w1,x,4,"));
  rejects.replace(rejects.find("nowhere"), 7, "w1");
  const std::size_t broken = rejects.find("\"RJ");
  rejects.erase(broken, rejects.find("\r\n", broken) + 2 - broken);
  Run({"import", "stock-levels", File("r2.csv", rejects)});
  EXPECT_EQ(UnitsOf("RJ-"), 7);
  EXPECT_THAT(Run({"import", "stock-levels", file}, 1).err, HasSubstr("line 3: NOT_FOUND WAREHOUSE_NOT_FOUND"));
  EXPECT_THAT(Run({"import", "stock-levels", file, "--dry-run"}, 1).err,
              HasSubstr("3 rows could be sent, 1 are broken"));
}

// Of a row that asks for two things and gets one, only the other is left to do.
TEST_F(BulkTest, RowsThatAreRefusedInPartAreNotDoneTwice) {
  const std::string header = "sku,warehouse_id,adjust_on_hand,safety_stock\n";
  Run({"import", "stock-levels", File("s.csv", header + "PA-1,w1,5,1\nPA-2,w1,-5,2\nPA-3,nowhere,5,3\n"), "--rejects",
       Path("r.csv")},
      1);
  std::string rejects = ReadFile(Path("r.csv"));
  EXPECT_THAT(rejects, HasSubstr("\r\nPA-2,w1,-5,,3,FAILED_PRECONDITION "));
  EXPECT_THAT(rejects, HasSubstr("\r\nPA-3,nowhere,5,3,4,NOT_FOUND "));
  EXPECT_EQ(std::count(rejects.begin(), rejects.end(), '\n'), 3);
  rejects.replace(rejects.find("nowhere"), 7, "w1").replace(rejects.find("-5"), 2, "7");
  Run({"import", "stock-levels", File("r2.csv", rejects)});
  EXPECT_EQ(UnitsOf("PA-"), 17);
}

TEST_F(BulkTest, ARowThatCouldNotBePartedIsRefusedUntilItIsCorrected) {
  const std::string file = File("s.csv", "sku,warehouse_id,on_hand\nUP-1,w1\nUP-2,w\"1,2,x\n\xFF,w1,3\n");
  for (const std::string& name : {file, Path("r0.csv")}) {
    Run({"import", "stock-levels", name, "--rejects", Path("r.csv")}, 1);
    const std::string rejects = ReadFile(Path("r.csv"));
    EXPECT_THAT(rejects, HasSubstr("\n\"UP-1,w1\",,,2,UNPARTED: "));
    EXPECT_THAT(rejects, HasSubstr("\n\"UP-2,w\"\"1,2,x\",,,3,UNPARTED: "));
    EXPECT_THAT(rejects, HasSubstr("\n\xFF,w1,3,4,is not UTF-8"));
    WriteFile(Path("r0.csv"), rejects);
  }
  EXPECT_EQ(UnitsOf("UP-"), 0);
}

TEST_F(BulkTest, RejectsNeverTakeTheFilesPlace) {
  const std::string text = "sku,warehouse_id,on_hand\nRS-1,nowhere,1\n";
  const std::string file = File("s.csv", text);
  ASSERT_EQ(symlink(file.c_str(), Path("link.csv").c_str()), 0);
  EXPECT_THAT(Run({"import", "stock-levels", file, "--rejects", Path("link.csv")}, 2).err, HasSubstr("name another"));
  EXPECT_EQ(ReadFile(file), text);
  Run({"import", "stock-levels", file, "--rejects", File("r.csv", "old"), "--tls-ca", Path("none.pem")}, 2);
  EXPECT_EQ(ReadFile(Path("r.csv")), "old");
}

TEST_F(BulkTest, AnotherFileUnderTheSameIdIsRefusedWithAdvice) {
  Run({"import", "stock-levels", File("s.csv", "sku,warehouse_id,on_hand\nID-1,w1,1\n"), "--import-id", "same"});
  const Finished reused =
      Run({"import", "stock-levels", File("s.csv", "sku,warehouse_id,on_hand\nID-1,w1,2\n"), "--import-id", "same"}, 1);
  EXPECT_THAT(reused.err, HasSubstr("options differ from what this import began with: restore them"));
  EXPECT_THAT(reused.err, Not(HasSubstr("repeat the command")));
  EXPECT_THAT(Run({"import", "stock-levels", Path("s.csv"), "--import-id", "import-20200101T000000-0"}).err,
              HasSubstr("warning: this import was begun more than 7 days ago"));
}

// A port whose connections nobody takes: it can be connected to, and never answers.
class SilentPort {
 public:
  SilentPort() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(listen(socket_, 10), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
  ~SilentPort() { close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;

  const std::string& address() const { return address_; }

 private:
  const int socket_;
  std::string address_;
};

TEST_F(BulkTest, GivesUpAfterItsTimeout) {
  const SilentPort silent;
  const std::string file = File("s.csv", "sku,warehouse_id,on_hand\nTO-1,w1,1\n");
  for (const std::string& address : {silent.address(), absl::StrCat("127.0.0.1:", integration::FreePort())}) {
    const Words where = {"--address", address, "--timeout", "1s"};
    const auto run = [&](Words words) {
      words.insert(words.end(), where.begin(), where.end());
      return Run(words, 3).err;
    };
    EXPECT_THAT(run({"export", "items"}), HasSubstr("error: "));
    EXPECT_THAT(run({"import", "stock-levels", file, "--import-id", "t"}), HasSubstr("with --import-id t to go on"));
    EXPECT_THAT(run({"import", "stock-levels", file, "--import-id", "t", "--atomic"}),
                HasSubstr("it may have been imported; repeat the command with --import-id t to find out"));
  }
}

TEST_F(BulkTest, NothingMovesTheCursor) {
  const std::string err =
      Run({"import", "stock-levels", File("s.csv", "sku,warehouse_id,on_hand\nA,w1,\x1b[2J\n")}, 1).err;
  EXPECT_EQ(err.find('\x1b'), std::string::npos) << err;
}

TEST_F(BulkTest, AtomicIsAllOrNothing) {
  const std::string bad = File("bad.csv", "sku,warehouse_id,on_hand\nAT-1,w1,1\nAT-2,nowhere,2\n");
  const Finished refused = Run({"import", "stock-levels", bad, "--atomic", "--rejects", Path("r.csv")}, 1);
  EXPECT_THAT(ReadFile(Path("r.csv")), HasSubstr("\r\nAT-2,nowhere,2,3,NOT_FOUND WAREHOUSE_NOT_FOUND: there is no"));
  EXPECT_THAT(refused.err, HasSubstr("error: NOT_FOUND WAREHOUSE_NOT_FOUND: line 3: there is no warehouse nowhere"));
  EXPECT_THAT(refused.err, HasSubstr("nothing was imported"));
  Run({"import", "stock-levels", File("broken.csv", "sku,warehouse_id,on_hand\nAT-1,w1,1\nAT-2,w1,x\n"), "--atomic"},
      1);
  const Finished too_many = Run({"import", "stock-levels", Additions("AT-", 1001), "--atomic"}, 1);
  EXPECT_THAT(too_many.err, HasSubstr("nothing was imported"));
  EXPECT_EQ(UnitsOf("AT-"), 0);
  Run({"import", "stock-levels", File("good.csv", "sku,warehouse_id,on_hand\nAT-1,w1,1\nAT-2,w1,2\n"), "--atomic"});
  EXPECT_EQ(UnitsOf("AT-"), 3);
}

TEST_F(BulkTest, SaysWhatIsWrongWithFilesBeforeAnythingIsSent) {
  EXPECT_THAT(Run({"import", "items", Path("none.csv")}, 2).err, HasSubstr("can't read"));
  EXPECT_THAT(Run({"import", "items", folder_.path()}, 2).err, HasSubstr("can't read"));
  EXPECT_THAT(Run({"import", "items", File("x.csv", "sku,colour\n")}, 2).err,
              HasSubstr("column \"colour\" is unknown"));
  EXPECT_THAT(Run({"import", "items", File("x.csv", std::string("s\0k\0u\0", 6))}, 2).err, HasSubstr("iconv"));
  EXPECT_THAT(Run({"import", "items", "x.csv", "--format", "xml", "--delimiter", "ab"}, 2).err,
              HasSubstr("--format: expected csv or jsonl\n"));
  for (const char* delimiter : {"ab", "\n", "\"", "\xA7", ""}) {
    EXPECT_THAT(Run({"import", "items", File("x.csv", "sku\n"), "--delimiter", delimiter}, 2).err,
                HasSubstr("--delimiter: expected tab, or one character"));
  }
  EXPECT_THAT(Run({"export", "items", "-o", "table"}, 2).err, HasSubstr("csv or json, not a table"));
}

TEST_F(BulkTest, ReadsStandardInput) {
  const Finished finished = RunProgram({"/bin/sh", "-c",
                                        absl::StrCat("printf 'sku,warehouse_id,on_hand\\nIN-1,w1,3\\n' | ",
                                                     INVENTORYCTL_BINARY, " import stock-levels -")},
                                       Environment());
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(UnitsOf("IN-"), 3);
}

TEST_F(BulkTest, ADiskThatIsFullIsAnError) {
  EXPECT_THAT(Run({"export", "warehouses", "/dev/full"}, 5).err, HasSubstr("not all of "));
  const std::string bad = File("s.csv", "sku,warehouse_id,on_hand\nFULL-1,nowhere,1\n");
  EXPECT_THAT(Run({"import", "stock-levels", bad, "--rejects", "/dev/full"}, 5).err, HasSubstr("not all of /dev/full"));
  EXPECT_EQ(Run({"export", "warehouses", Path("nowhere/x.csv")}, 2).out, "");
}

// The server is killed twice while the file is sent, and the command goes on by itself.
TEST_F(BulkTest, OutlivesTheServer) {
  constexpr int kRows = 100'000;
  ProgramRun run(CommandLine({"import", "stock-levels", Additions("KS-", kRows)}), Environment());
  for (const int part : {10, 3}) {
    ASSERT_TRUE(Eventually([&] { return UnitsOf("KS-") > kRows / part || run.Ended(); }));
    ASSERT_FALSE(run.Ended()) << run.output();
    server_->Kill();
    server_->Restart();
  }
  EXPECT_EQ(run.Wait(absl::Minutes(2)), 0) << run.output();
  EXPECT_THAT(run.output(), HasSubstr("100,000 rows, 0 rejected"));
  EXPECT_EQ(UnitsOf("KS-"), kRows);
}

// The command is killed, and its import is finished under its id.
TEST_F(BulkTest, AnImportIsFinishedUnderItsId) {
  constexpr int kRows = 30'000;
  const Words words = {"import", "stock-levels", Additions("KC-", kRows), "--import-id", "feed-7"};
  {
    ProgramRun run(CommandLine(words), Environment());
    ASSERT_TRUE(Eventually([&] { return UnitsOf("KC-") > kRows / 10 || run.Ended(); }));
    run.Signal(SIGKILL);
    ASSERT_EQ(run.Wait(), -SIGKILL) << run.output();
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Run(words).err, HasSubstr("30,000 rows, 0 rejected"));
    EXPECT_EQ(UnitsOf("KC-"), kRows);
  }
}

}  // namespace
}  // namespace inventory::cli
