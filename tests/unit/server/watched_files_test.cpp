#include "server/watched_files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ferroway::server {
namespace {

namespace fs = std::filesystem;

class watching : public testing::Test {
 protected:
  watching() {
    std::string pattern = (fs::temp_directory_path() / "ferroway-watch-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write("a", "one");
  }
  ~watching() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(path(name)) << text;
  }
  // From here on only what happens next counts.
  void follow(std::vector<std::string> paths) {
    files.follow(std::move(paths));
    files.poll();
    files.poll();
  }
  // The polls until a change is seen, none within ten.
  int polls_to_change() {
    for (int i = 1; i <= 10; ++i) {
      if (files.poll()) return i;
    }
    return 0;
  }

  watched_files files;

 private:
  fs::path folder_;
};

TEST_F(watching, what_happened_before_the_first_look_counts_once) {
  files.follow({path("a")});
  EXPECT_EQ(polls_to_change(), 2);
  EXPECT_EQ(polls_to_change(), 0);
}

TEST_F(watching, a_file_that_is_written_in_place_has_changed) {
  follow({path("a")});
  write("a", "more");
  EXPECT_EQ(polls_to_change(), 2);
  EXPECT_EQ(polls_to_change(), 0);
}

TEST_F(watching, a_file_that_is_still_being_written_has_not_changed_yet) {
  follow({path("a")});
  std::string text = "x";
  for (int i = 0; i < 5; ++i) {
    write("a", text += "x");
    EXPECT_FALSE(files.poll());
  }
  EXPECT_TRUE(files.poll());
}

TEST_F(watching, a_file_that_another_was_renamed_over_has_changed) {
  follow({path("a")});
  write("new", "two");  // as long as the other
  fs::last_write_time(path("new"), fs::last_write_time(path("a")));
  fs::rename(path("new"), path("a"));
  EXPECT_EQ(polls_to_change(), 2);
}

// Kubernetes: the file is a link through `..data`, which is swapped.
TEST_F(watching, a_file_behind_a_swapped_link_has_changed) {
  fs::create_directory(path("v1"));
  fs::create_directory(path("v2"));
  write("v1/f", "one");
  write("v2/f", "two");
  fs::last_write_time(path("v2/f"), fs::last_write_time(path("v1/f")));
  fs::create_directory_symlink("v1", path("..data"));
  fs::create_symlink("..data/f", path("f"));
  follow({path("f")});
  fs::create_directory_symlink("v2", path("..tmp"));
  fs::rename(path("..tmp"), path("..data"));
  EXPECT_EQ(polls_to_change(), 2);
}

TEST_F(watching, a_file_that_goes_and_comes_back_has_changed) {
  follow({path("a"), path("b")});
  fs::remove(path("a"));
  EXPECT_EQ(polls_to_change(), 2);
  write("a", "one");
  EXPECT_EQ(polls_to_change(), 2);
  write("b", "was never there");
  EXPECT_EQ(polls_to_change(), 2);
}

TEST_F(watching, a_file_whose_rights_change_has_changed) {
  follow({path("a")});
  fs::permissions(path("a"), fs::perms::owner_read);
  EXPECT_EQ(polls_to_change(), 2);
}

TEST_F(watching, a_file_that_never_rests_delays_the_others_for_a_while_only) {
  write("b", "x");
  follow({path("a"), path("b")});
  write("a", "changed");
  int polls = 0;
  for (std::string text = "x"; polls < 20; ++polls) {
    write("b", text += "x");
    if (files.poll()) break;
  }
  EXPECT_EQ(polls, 5);
}

TEST_F(watching, a_folder_is_the_names_in_it) {
  fs::create_directory(path("c"));
  follow({path("c")});
  for (int i = 0; i < 4; ++i) {
    write("c/.tmp", "x");
    EXPECT_FALSE(files.poll());
    fs::remove(path("c/.tmp"));
    EXPECT_FALSE(files.poll());
  }
  write("c/a", "x");
  EXPECT_EQ(polls_to_change(), 2);
  fs::permissions(path("c"), fs::perms::none);
  const int polls = polls_to_change();
  fs::permissions(path("c"), fs::perms::owner_all);
  if (::geteuid() != 0) EXPECT_EQ(polls, 2);
}

TEST_F(watching, who_forgets_what_was_acted_on_looks_once_more) {
  follow({path("a")});
  files.forget_acted_on();
  EXPECT_EQ(polls_to_change(), 2);
  EXPECT_EQ(polls_to_change(), 0);
}

TEST_F(watching, a_file_that_is_read_from_now_on_is_looked_at_again) {
  follow({path("a")});
  files.follow({path("a"), path("b")});
  EXPECT_EQ(polls_to_change(), 2);
  files.follow({path("b"), path("a")});
  EXPECT_EQ(polls_to_change(), 0) << "they are the same";
}

}  // namespace
}  // namespace ferroway::server
