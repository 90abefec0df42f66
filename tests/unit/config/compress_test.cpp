// `compress`: what may be said, and what it comes to.
#include <gtest/gtest.h>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

using http::content_coding;

std::string file_with(const std::string& item) {
  return "listen: 8080\nroutes:\n  - respond: {}\n    use:\n      - " + item + "\n";
}

const compress_middleware& read(const loaded& from) {
  return std::get<compress_middleware>(from.value->middlewares.at(0).settings->as);
}

TEST(compress, needs_no_settings) {
  for (const char* item : {"compress", "compress:", "compress: {}",
                           "compress: {encodings: [zstd, br, gzip], level: default, "
                           "min_bytes: 1KiB}"}) {
    const loaded outcome = load(file_with(item));
    ASSERT_TRUE(outcome.value) << complaints(outcome);
    EXPECT_EQ(read(outcome), compress_middleware{}) << item;
  }
}

TEST(compress, takes_what_it_is_told) {
  const loaded outcome = load(
      file_with("compress: {encodings: [gzip, br], level: best, min_bytes: 10B, types: [Text/HTML, "
                "text/event-stream, application/*+JSON]}"));
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  const compress_middleware wanted{{content_coding::gzip, content_coding::br},
                                   compression_level::best,
                                   10,
                                   {"text/html", "text/event-stream", "application/*+json"}};
  EXPECT_EQ(read(outcome), wanted);
}

TEST(compress, says_what_is_wrong_and_where) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"[a]", "5:19 `compress`: expected settings"},
      {"{encoding: [br]}", "Ferroway calls it `encodings`"},
      {"{min_length: 1}", "Ferroway calls it `min_bytes`"},
      {"{type: [a/b]}", "did you mean `types`?"},
      {"{encodings: br}", "`encodings`: expected"},
      {"{encodings: []}", "`encodings`"},
      {"{encodings: [gzip, gzi]}", "5:38 `encodings`: expected zstd, br or gzip, found `gzi`"},
      {"{encodings: [gzi]}", "did you mean `gzip`?"},
      {"{encodings: [gzip, gzip]}", "`gzip` stands here twice"},
      {"{level: 9}", "`level`: expected fast, default or best, found `9`"},
      {"{min_bytes: -1}", "`min_bytes`: expected a size"},
      {"{types: [text/html, '*/*']}", "`types`: expected a media type such as"},
      {"{types: [html]}", "`types`: expected a media type such as"},
      {"{types: ['text/html; charset=utf-8']}", "`types`: expected a media type such as"},
      {"{types: [text/html, TEXT/html]}", "`TEXT/html` stands here twice"},
      {"{types: []}", "`types`"},
  };
  for (const auto& [settings, message] : all) {
    const std::string said = complaints(load(file_with("compress: " + settings)));
    EXPECT_NE(said.find(message), std::string::npos) << settings << "\n" << said;
  }
}

TEST(compress, the_long_form_says_the_same) {
  for (const char* settings :
       {"",
        "{encodings: [gzip], level: fast, min_bytes: 0B, types: ['application/*+json', a/b]}"}) {
    const loaded first = load(file_with("compress: " + std::string(settings)));
    ASSERT_TRUE(first.value) << complaints(first);
    const std::string printed = print_long_form(*first.value);
    const loaded second = load(printed);
    ASSERT_TRUE(second.value) << complaints(second) << printed;
    EXPECT_EQ(*first.value, *second.value) << printed;
  }
}

}  // namespace
}  // namespace ferroway::config::testing
