#include "middleware/page_template.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

using config::page_escape;

class page_templates : public testing::Test, protected exchange_rig {
 protected:
  std::string put(std::string_view value, page_escape how) {
    return std::string(escaped(value, how, ex().memory));
  }
};

TEST_F(page_templates, nothing_in_html_gets_out_of_a_text_or_a_quoted_attribute) {
  EXPECT_EQ(put("<script>alert('x')</script>", page_escape::html),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  EXPECT_EQ(put("\" onload=\"x`&amp;", page_escape::html), "&#34; onload=&#34;x&#96;&amp;amp;");
  EXPECT_EQ(put("caf\xC3\xA9", page_escape::html), "caf\xC3\xA9");
}

TEST_F(page_templates, nothing_in_json_gets_out_of_a_string) {
  EXPECT_EQ(put("a\"b\\c\n\t\x01", page_escape::json), "a\\u0022b\\u005cc\\u000a\\u0009\\u0001");
  EXPECT_EQ(put("</script><!--", page_escape::json), "\\u003c/script\\u003e\\u003c!--");
  EXPECT_EQ(put("plain 1.0", page_escape::json), "plain 1.0");
}

TEST_F(page_templates, what_is_not_utf8_is_replaced_byte_by_byte) {
  const std::string mark = "\xEF\xBF\xBD";
  for (const page_escape how : {page_escape::html, page_escape::json, page_escape::none}) {
    EXPECT_EQ(put("a\xFF"
                  "b",
                  how),
              "a" + mark + "b");
    EXPECT_EQ(put("\xC3", how), mark);
    EXPECT_EQ(put("\xC0\xBC", how), mark + mark);             // an overlong '<'
    EXPECT_EQ(put("\xED\xA0\x80", how), mark + mark + mark);  // a surrogate
    EXPECT_EQ(put("\xF4\x90\x80\x80", how), mark + mark + mark + mark);
    EXPECT_EQ(put("\xF0\x9F\x98\x80", how), "\xF0\x9F\x98\x80");
  }
}

TEST_F(page_templates, a_long_value_is_cut_between_characters) {
  std::string value(page_template::value_bytes_max - 1, 'a');
  value += "\xC3\xA9z";
  EXPECT_EQ(put(value, page_escape::none), std::string(page_template::value_bytes_max - 1, 'a'));
}

TEST_F(page_templates, are_filled_from_the_exchange) {
  field("X-A", "<1>");
  const page_template page({{false, "s=", {}},
                            {true, "response.status", {}},
                            {false, " a=", {}},
                            {true, "header.X-A", {}},
                            {false, " n=", {}},
                            {true, "header.X-None", {}}},
                           page_escape::html);
  EXPECT_EQ(page.fill(ex(), 503), "s=503 a=&lt;1&gt; n=");
  EXPECT_EQ(page_template({}, page_escape::html).fill(ex(), 404), "");
  EXPECT_EQ(page_template({{true, "response.status", {}}}, page_escape::json).fill(ex(), 404),
            "404");
}

}  // namespace
}  // namespace ferroway
