// Users' files, hashes of passwords, and logins that are remembered.
#include <gtest/gtest.h>

#include "credentials/password_cache.hpp"
#include "credentials/password_hash.hpp"
#include "credentials/user_list.hpp"

namespace ferroway::credentials {
namespace {

// What crypt(3) makes of "correct horse" and of "staple".
const std::string bcrypt = "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";
const std::string bcrypt_b = "$2b$04$bwQaTKeT58QlkHteOw0YWusb7GI1i8DB1ydcBa9WvBtnXjZovjZyW";
const std::string sha512 =
    "$6$rounds=1000$saltsalt$j0Cqes0odd5UMG/R0etFCM4VdOnFuvLpXW77rNAze92sL/"
    "vR1xd./qzS53.uR.gy.szloQHNx2mpO/gtztVOt0";
const std::string sha256 = "$5$rounds=1000$saltsalt$3DAyz.HOC/.mY9SnF2OoTr5BXHfxMmhuUvgg43m9nN7";

TEST(password_hashes, are_checked_by_libcrypt) {
  for (const std::string& each : {bcrypt, bcrypt_b}) {
    EXPECT_EQ(flaw_of_hash(each), nullptr) << each;
    EXPECT_TRUE(verify_password(each, "correct horse")) << each;
    EXPECT_FALSE(verify_password(each, "correct horse ")) << each;
    EXPECT_FALSE(verify_password(each, "")) << each;
  }
  for (const std::string& each : {sha512, sha256}) {
    EXPECT_EQ(flaw_of_hash(each), nullptr) << each;
    EXPECT_TRUE(verify_password(each, "staple")) << each;
    EXPECT_FALSE(verify_password(each, "Staple")) << each;
  }
}

// The specification's own (Drepper, "Unix crypt using SHA-256 and SHA-512"), and Openwall's.
TEST(password_hashes, are_those_of_the_specifications) {
  EXPECT_TRUE(
      verify_password("$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "Hello world!"));
  EXPECT_TRUE(
      verify_password("$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJu"
                      "esI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
                      "Hello world!"));
  EXPECT_TRUE(
      verify_password("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"));
}

TEST(password_hashes, of_another_kind_or_form_are_refused) {
  const auto says = [](const std::string& hash, std::string_view what) {
    const char* flaw = flaw_of_hash(hash);
    ASSERT_NE(flaw, nullptr) << hash;
    EXPECT_NE(std::string_view(flaw).find(what), std::string_view::npos) << hash << ": " << flaw;
  };
  says("", "neither");
  says("secret", "neither");
  says("rqXexS6ZhobKA", "neither");  // DES
  says("$apr1$salt$hXb5iL0C5IgHiR0bjUmj31", "MD5");
  says("$1$salt$qJH7.N4xYta3aEG/dfqo/0", "MD5");
  says("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "SHA-1");
  says("$y$j9T$salt$hash", "neither");
  says(bcrypt.substr(0, 59), "53 characters");
  says(bcrypt + "a", "53 characters");
  says("$2y$5$" + bcrypt.substr(6) + "a", "53 characters");
  says("$2y$03" + bcrypt.substr(6), "53 characters");
  says("$2y$16" + bcrypt.substr(6), "takes seconds");
  says("$2x$05" + bcrypt.substr(6), "neither");
  says("$2y$05$" + std::string(52, 'a') + ":", "53 characters");
  says("$6$rounds=999$salt$" + sha512.substr(24), "from 1000");
  says("$6$rounds=1000001$salt$" + sha512.substr(24), "take seconds");
  says("$6$rounds=x$salt$" + sha512.substr(24), "from 1000");
  says("$6$rounds=$", "from 1000");
  says("$6$rounds=01000$salt$" + sha512.substr(24), "from 1000");
  says("$6$saltsaltsaltsalt1$" + sha512.substr(24), "86 or 43");
  says("$6$salt$" + sha512.substr(25), "86 or 43");
  says("$5$salt$" + sha512.substr(24), "86 or 43");
  says("$6$", "86 or 43");
}

TEST(user_lists, are_what_htpasswd_writes) {
  const auto read = parse_user_list("# staff\nalice:" + bcrypt + "\r\n\nbob@x.org:" + sha512);
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0], (listed_user{"alice", bcrypt}));
  EXPECT_EQ((*read)[1], (listed_user{"bob@x.org", sha512}));
}

TEST(user_lists, say_which_line_is_wrong) {
  const auto wrong = [](const std::string& text) {
    const auto read = parse_user_list(text);
    return read ? "" : std::to_string(read.error().line) + ": " + read.error().what;
  };
  EXPECT_EQ(
      wrong("alice:" + bcrypt + "\nbob:secret"),
      "2: it is neither a bcrypt ($2y$) nor a SHA-crypt ($6$, $5$) hash; make one: htpasswd -B");
  EXPECT_EQ(wrong("alice"), "1: a line is a user's name, `:` and a hash");
  EXPECT_EQ(wrong("\nalice:" + bcrypt + "\nalice:" + sha512),
            "3: a user of this name stands there already");
  EXPECT_EQ(wrong(":" + bcrypt).substr(0, 2), "1:");
  EXPECT_EQ(wrong("a b:" + bcrypt).substr(0, 2), "1:");
  EXPECT_EQ(wrong("alice:" + bcrypt + ":1").substr(0, 2), "1:");
}

class password_caches : public testing::Test {
 protected:
  static digest login(std::string_view user, std::string_view password) {
    digester by;
    return *digest_of_login(by, user, password);
  }
  std::optional<std::uint32_t> user(const digest& of, time_point now) {
    const auto found = cache.find(of, now);
    return found ? std::optional(found->user) : std::nullopt;
  }
  const time_point begin{std::chrono::hours(1)};
  password_cache cache{4};
};

TEST_F(password_caches, remember_a_login_for_a_while) {
  const digest alice = login("alice", "a");
  EXPECT_FALSE(cache.find(alice, begin));
  cache.keep(alice, 7, begin + std::chrono::seconds(10));
  EXPECT_EQ(user(alice, begin + std::chrono::seconds(9)), 7U);
  EXPECT_FALSE(cache.find(login("alice", "b"), begin));
  EXPECT_FALSE(cache.find(login("alicea", ""), begin)) << "names and passwords do not run together";
  EXPECT_FALSE(cache.find(alice, begin + std::chrono::seconds(10)));
  EXPECT_FALSE(cache.find(alice, begin)) << "once forgotten it stays so";
}

TEST_F(password_caches, are_bounded_and_forget_what_was_used_longest_ago) {
  const time_point later = begin + std::chrono::hours(1);
  for (std::uint32_t i = 0; i < 4; ++i) cache.keep(login("u", std::to_string(i)), i, later);
  EXPECT_EQ(user(login("u", "0"), begin), 0U);
  cache.keep(login("u", "4"), 4, later);
  EXPECT_EQ(user(login("u", "0"), begin), 0U);
  EXPECT_FALSE(cache.find(login("u", "1"), begin));
  EXPECT_EQ(user(login("u", "4"), begin), 4U);
  cache.keep(login("u", "4"), 5, later);
  EXPECT_EQ(user(login("u", "4"), begin), 5U) << "in its own place";
  EXPECT_EQ(user(login("u", "2"), begin), 2U);
}

}  // namespace
}  // namespace ferroway::credentials
