#include "telemetry/log_outputs.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace ferroway::telemetry {
namespace {

using kind = log_destination::kind;

class logs : public testing::Test {
 protected:
  logs() {
    std::string name = std::filesystem::temp_directory_path() / "ferroway-logs-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~logs() override { std::filesystem::remove_all(folder_); }
  log_destination file(const std::string& name) const { return {kind::file, folder_ / name}; }

  log_outputs all;

 private:
  std::filesystem::path folder_;
};

TEST_F(logs, OfOneDestinationShareItsSink) {
  const auto first = all.find(file("a"));
  ASSERT_TRUE(first) << first.error();
  EXPECT_EQ(*all.find(file("a")), *first);
  EXPECT_NE(*all.find(file("b")), *first);
}

TEST_F(logs, AreCountedByDestination) {
  const auto sink = all.find(file("a"));
  ASSERT_TRUE(sink) << sink.error();
  (*sink)->write("a line");
  ASSERT_TRUE((*sink)->flush(std::chrono::seconds(10)));
  const auto shown = all.figures();
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].destination, "file:" + file("a").at);
  EXPECT_EQ(shown[0].written, 1U);
  EXPECT_EQ(shown[0].dropped, 0U);
}

TEST_F(logs, ThatNobodyHoldsAreForgottenAndOthersStay) {
  auto kept = all.find(file("kept"));
  ASSERT_TRUE(kept) << kept.error();
  ASSERT_TRUE(all.find(file("gone")));
  all.forget_unused();
  ASSERT_EQ(all.figures().size(), 1U);
  EXPECT_EQ(*all.find(file("kept")), *kept);
}

TEST_F(logs, HaveABound) {
  std::vector<std::shared_ptr<log_sink>> held;
  for (std::size_t i = 0; i < log_outputs::destinations_max; ++i) {
    auto sink = all.find(file(std::to_string(i)));
    ASSERT_TRUE(sink) << sink.error();
    held.push_back(std::move(*sink));
  }
  EXPECT_EQ(all.find(file("more")).error(), "access logs go to more than 64 places");
}

TEST_F(logs, CloseWritesWhatWaits) {
  const auto sink = all.find(file("a"));
  ASSERT_TRUE(sink) << sink.error();
  for (int i = 0; i < 1000; ++i) (*sink)->write("line");
  all.close(std::chrono::seconds(10));
  EXPECT_EQ(std::filesystem::file_size(file("a").at), 5000U);
}

}  // namespace
}  // namespace ferroway::telemetry
