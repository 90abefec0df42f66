#include "credentials/key_list.hpp"

#include <gtest/gtest.h>

#include "credentials/key_table.hpp"

namespace ferroway::credentials {
namespace {

// Of "acme-key-0123456789abcdef0123" and "small-key-0123456789abcdef0123".
const std::string acme = "a59b5d168bc2216d5762ca8203471e81b712c36ee0ec8c1d51ce92d6e7a12b6d";
const std::string small = "7c5c1c6a34430bc1ad7a3e1ffb50f1ef2289a530ecac6725e76fe8468886513a";

digest of(std::string_view text) { return *digester().of(text); }

// The problem of a text, with its line.
std::string wrong(const std::string& text) {
  const auto read = parse_key_list(text);
  if (read) return "";
  return std::to_string(read.error().line) + ": " + read.error().what;
}

TEST(digests, are_those_that_sha256sum_prints) {
  EXPECT_EQ(to_text(of("acme-key-0123456789abcdef0123")), "sha256:" + acme);
  EXPECT_EQ(parse_digest("sha256:" + acme), of("acme-key-0123456789abcdef0123"));
  std::string upper = acme;
  for (char& c : upper) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  EXPECT_EQ(parse_digest(upper), parse_digest(acme));
  digester by;
  EXPECT_EQ(by.of({"acme-key-", "", "0123456789abcdef0123"}), parse_digest(acme));
  EXPECT_EQ(by.of("acme-key-0123456789abcdef0123"), parse_digest(acme)) << "each from its start";
}

TEST(digests, of_another_form_are_none) {
  for (const std::string& text :
       {std::string(), acme.substr(1), acme + "0", "g" + acme.substr(1), "sha512:" + acme,
        "SHA256:" + acme, " " + acme, "sha256: " + acme}) {
    EXPECT_FALSE(parse_digest(text)) << text;
  }
}

TEST(key_lists, are_names_and_digests) {
  const auto read = parse_key_list("# made in June\n\nacme " + acme +
                                   "\r\n  a.b@c+d-e_1\tsha256:" + small + "  \nacme " + small);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0], (listed_key{"acme", *parse_digest(acme)}));
  EXPECT_EQ((*read)[1], (listed_key{"a.b@c+d-e_1", *parse_digest(small)}));
  EXPECT_EQ((*read)[2].consumer, "acme");
  EXPECT_TRUE(parse_key_list("")->empty());
}

TEST(key_lists, say_which_line_is_wrong_and_never_what_stands_there) {
  EXPECT_EQ(wrong("a " + acme + "\n\n#\nacme a-plain-key-that-somebody-wrote-down"),
            "4: behind the name stands no SHA-256: 64 hexadecimal digits");
  EXPECT_EQ(wrong("acme"), "1: behind the name stands no SHA-256: 64 hexadecimal digits");
  EXPECT_EQ(wrong("acme:" + acme), "1: a line is a consumer's name and the SHA-256 of its key");
  EXPECT_EQ(wrong("a,b " + acme), "1: a line is a consumer's name and the SHA-256 of its key");
  EXPECT_EQ(wrong(acme + "  -").substr(0, 3), "1: ") << "what sha256sum prints";
  EXPECT_EQ(wrong("acme " + acme + " gold").substr(0, 3), "1: ");
  EXPECT_EQ(wrong("acme " + to_text(of(""))),
            "1: it is the SHA-256 of an empty text, not of a key");
  EXPECT_EQ(wrong("acme " + to_text(of("\n"))),
            "1: it is the SHA-256 of an empty text, not of a key");
}

TEST(key_tables, know_whose_a_key_is) {
  std::vector<key_table::entry> entries;
  for (std::uint32_t i = 0; i < 1000; ++i) entries.push_back({of("key " + std::to_string(i)), i});
  const key_table table(entries);
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(table.find(entries[i].sha256), i);
  EXPECT_EQ(table.find(of("key 1000")), std::nullopt);
  digest near = entries[7].sha256;  // the same place in the table, another key
  near.back() ^= 1;
  EXPECT_EQ(table.find(near), std::nullopt);
  EXPECT_EQ(key_table({}).find(near), std::nullopt);
}

}  // namespace
}  // namespace ferroway::credentials
