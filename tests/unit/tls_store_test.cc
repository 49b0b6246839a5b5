// Certificates that change on disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/tls/store.h"
#include "tests/certificates.h"

namespace inventory::tls {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class TlsStoreTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    fs::create_directories(Folder());
    ASSERT_TRUE(Made().MakeAuthority("root").ok());
    for (const char* name : {"old", "new"}) ASSERT_TRUE(Made().MakeCertificate(name, "127.0.0.1", "root").ok());
  }
  static void TearDownTestSuite() { fs::remove_all(Folder()); }

 protected:
  TlsStoreTest() { Use("old", "old"); }
  ~TlsStoreTest() override { fs::remove_all(Folder() + "/live"); }

  static std::string Folder() { return ::testing::TempDir() + "/tls_store"; }
  static Certificates Made() { return Certificates(Folder()); }
  static std::string Live(const std::string& file) { return absl::StrCat(Folder(), "/live/", file); }

  // As cert-manager's secrets are mounted: files are links into a folder that is itself a link, which is exchanged.
  static void Use(const std::string& certificate, const std::string& key) {
    static int version = 0;
    const std::string folder = absl::StrCat("..", ++version);
    fs::create_directories(Live(folder));
    fs::copy_file(Made().Pem(certificate), Live(folder + "/tls.crt"));
    fs::copy_file(Made().Key(key), Live(folder + "/tls.key"));
    fs::create_directory_symlink(folder, Live("..next"));
    fs::rename(Live("..next"), Live("..data"));
    if (fs::exists(Live("tls.crt"))) return;
    for (const char* file : {"tls.crt", "tls.key"}) fs::create_symlink(absl::StrCat("..data/", file), Live(file));
  }

  std::unique_ptr<Store> Open() {
    absl::StatusOr<std::unique_ptr<Store>> store =
        Store::Open({.files = {.certificate = Live("tls.crt"), .key = Live("tls.key")},
                     .read = [this](std::string_view outcome) { heard_.emplace_back(outcome); }});
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }

  std::vector<std::string> heard_;
};

TEST_F(TlsStoreTest, ANewPairIsTaken) {
  const auto store = Open();
  EXPECT_EQ(store->current()->subject, "CN=old");
  store->Look();
  EXPECT_THAT(heard_, IsEmpty());
  Use("new", "new");
  store->Look();
  EXPECT_EQ(store->current()->subject, "CN=new");
  EXPECT_THAT(heard_, ElementsAre("taken"));
}

TEST_F(TlsStoreTest, ABrokenPairIsRefusedOnceAndTheLastGoodOneStays) {
  const auto store = Open();
  const std::shared_ptr<const Credentials> before = store->current();
  Use("new", "old");
  for (int i = 0; i < 3; ++i) store->Look();
  EXPECT_EQ(store->current(), before);
  EXPECT_TRUE(store->refused());
  EXPECT_THAT(heard_, ElementsAre("refused"));
  Use("new", "new");
  store->Look();
  EXPECT_EQ(store->current()->subject, "CN=new");
  EXPECT_FALSE(store->refused());
  EXPECT_THAT(heard_, ElementsAre("refused", "taken"));
}

TEST_F(TlsStoreTest, WhatComesBackIsNoNewPair) {
  const auto store = Open();
  const std::shared_ptr<const Credentials> before = store->current();
  fs::rename(Live("..data"), Live("..gone"));
  store->Look();
  EXPECT_TRUE(store->refused());
  fs::rename(Live("..gone"), Live("..data"));
  store->Look();
  EXPECT_FALSE(store->refused());
  EXPECT_EQ(store->current(), before);
  EXPECT_THAT(heard_, ElementsAre("refused"));
}

TEST_F(TlsStoreTest, FilesThatAreRewrittenInPlaceAreTaken) {
  const auto store = Open();
  fs::copy_file(Made().Pem("new"), Live("tls.crt"), fs::copy_options::overwrite_existing);
  store->Look();
  EXPECT_EQ(store->current()->subject, "CN=old");
  fs::copy_file(Made().Key("new"), Live("tls.key"), fs::copy_options::overwrite_existing);
  store->Look();
  EXPECT_EQ(store->current()->subject, "CN=new");
}

TEST_F(TlsStoreTest, ABrokenPairAtTheStartIsAnError) {
  Use("new", "old");
  const auto store = Store::Open({.files = {.certificate = Live("tls.crt"), .key = Live("tls.key")}});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace inventory::tls
