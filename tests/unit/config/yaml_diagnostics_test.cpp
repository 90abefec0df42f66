// What a user is told about YAML itself: where, and what to quote.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

struct mistake {
  std::string yaml;
  std::string said;
};

void expect_one(const std::string& text, const std::string& said) {
  const std::string all = complaints(load(text));
  EXPECT_NE(all.find(said), std::string::npos) << text << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << text << "\n" << all;
}

// The mistake stands in line 1, the rest is valid.
void expect_at_top(const std::vector<mistake>& all) {
  for (const mistake& each : all) {
    expect_one(each.yaml + "\nlisten: 8080\nroutes: [{respond: {}}]\n", each.said);
  }
}

TEST(yaml_diagnostics, say_what_is_wrong_in_words_of_configurations) {
  const std::vector<mistake> all{
      {"routes:\n  - host: {tenant}.a.com\n", "2:19 YAML reads an unquoted `{` as the beginning"},
      {"routes:\n  - host: {tenant}.a.com\n", "quote this value: \"{tenant}.a.com\""},
      {"routes:\n  - host: *.a.com\n", "quote this value: \"*.a.com\""},
      {"routes:\n  - host: *a\n", "no anchor `&a` stands before this alias"},
      {"routes:\n  - host: @a\n", "a value cannot begin with `@` | quote this value: \"@a\""},
      {"routes:\n  - host: `a`\n", "a value cannot begin with"},
      {"routes:\n\t- host: a\n", "indent with spaces"},
      {"routes: [{path: /{id}, to: a}]\n", "quote values that hold `{`"},
      {"routes: [{path: /a\n", "the braces or brackets are not closed here"},
      {"routes: [{path: /x, body: #hello}, {a: b}]\nlisten: 1\n",
       "1:27 a `#` behind a space begins a comment, which takes the end of this line away | quote "
       "this value: \"#hello\""},
      {"routes:\n  - {body: #hello}\n", "2:12 a `#` behind a space"},
      {"routes:\n  - {path: /a, to: b}  # {c}\n  - {path: /{id}, to: b}\n", "3:13 the braces"},
      {"routes:\n  - {path: /a,  # {c}\n     host: {t}.com}\n", "3:15 the braces"},
      {"a: ['b # ]', c\nd: e\n", "2:2 the braces or brackets are not closed here"},
      {"listen: [::]:8080\nroutes: []\n",
       "1:10 YAML reads an unquoted `[` as the beginning of a structure | quote this value: "
       "\"[::]:8080\""},
      {"listen: 80\nroutes:\n  - {path: /x, use: [{ip_filter: {allow: [::1]}}], to: up}\n",
       "quote this value: \"[::1]\""},
      {"routes:\n  - path: /a\n    to:http://127.0.0.1:1\n    name: x\n",
       "3:5 no `: ` behind this key | a space belongs behind the colon"},
      {"a: b: c\n", "a `: ` that cannot stand here"},
      {"a: 'b\n", "a quoted value is never closed"},
      {"a: \"\\q\"\n", "an escape sequence that YAML does not know"},
      {"a: \"b\" c\n", "text after the closing quote"},
      {"a: !!str b\n", "YAML tags (`!`) are not supported"},
      {"a: !b\n", "YAML tags"},
      {"a: 1\n---\nb: 2\n", "2:1 a second document in one file"},
      {"a: \x01\n", "1:4 a control character"},
      {"a: \xff\n", "1:4 this byte is not valid UTF-8"},
  };
  for (const mistake& each : all) expect_one(each.yaml, each.said);
  expect_at_top({{"x-a: &a {b: 1}\nx-b: {<<: *a}", "2:7 merge keys (`<<`) are not supported"},
                 {"io: auto\nio: auto", "2:1 duplicate key `io` | the first is in line 1"},
                 {"? [a]\n: b", "a key must be text"}});
}

}  // namespace
}  // namespace ferroway::config::testing
