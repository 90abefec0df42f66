// What a user may write of error_pages, and is told where it is wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string file_with(const std::string& settings) {
  return "listen: 8080\nroutes:\n  - {path: '/{id}', respond: {}, use: [{error_pages: " + settings +
         "}]}\n";
}

made_up_environment with_pages() {
  made_up_environment outside;
  outside.files["dir/pages/404.html"] = "<h1>${response.status}</h1> $${x} ${request.id}\n";
  outside.files["dir/pages/5xx.html"] = "<h1>Sorry</h1>";
  outside.files["dir/pages/5xx.json"] = R"({"id": "${request.id}"})";
  outside.files["/etc/busy"] = "busy";
  return outside;
}

error_pages_middleware read(const std::string& settings) {
  const loaded outcome = load(file_with(settings), with_pages());
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<error_pages_middleware>(outcome.value->middlewares[0].settings->as);
}

void expect_wrong(const std::string& settings, const std::string& said,
                  const environment& outside = with_pages()) {
  const std::string all = complaints(load(file_with(settings), outside));
  EXPECT_NE(all.find(said), std::string::npos) << settings << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << settings << "\n" << all;
}

TEST(error_pages_settings, are_statuses_ranges_and_classes) {
  const auto made = read(
      "{from: all, pages: {404: pages/404.html, 500-503: [pages/5xx.html, pages/5xx.json], "
      "5xx: {file: /etc/busy, type: text/html}}}");
  EXPECT_TRUE(made.of_all);
  ASSERT_EQ(made.pages.size(), 3U);
  EXPECT_EQ(made.pages[0].first, 404);
  EXPECT_EQ(made.pages[0].last, 404);
  EXPECT_EQ(made.pages[1].first, 500);
  EXPECT_EQ(made.pages[1].last, 503);
  ASSERT_EQ(made.pages[1].pages.size(), 2U);
  EXPECT_EQ(made.pages[1].pages[1].type, "application/json");
  EXPECT_EQ(made.pages[1].pages[1].escape, page_escape::json);
  EXPECT_EQ(made.pages[2].last, 599);
  EXPECT_EQ(made.pages[2].pages[0].type, "text/html");
  EXPECT_EQ(made.pages[2].pages[0].escape, page_escape::html);
}

TEST(error_pages_settings, hold_what_is_in_the_files) {
  const auto made = read("{pages: {404: pages/404.html}}");
  const template_text& text = made.pages[0].pages[0].text;
  ASSERT_EQ(text.size(), 5U);
  EXPECT_EQ(text[0].text, "<h1>");
  EXPECT_TRUE(text[1].is_variable);
  EXPECT_EQ(text[1].text, "response.status");
  EXPECT_EQ(text[2].text, "</h1> ${x} ");
  EXPECT_EQ(text[3].text, "request.id");
  EXPECT_EQ(text[4].text, "\n");
}

TEST(error_pages_settings, change_with_their_files_which_a_reload_watches) {
  made_up_environment outside = with_pages();
  const std::string text = file_with("{pages: {404: pages/404.html}}");
  const loaded before = load(text, outside);
  ASSERT_TRUE(before.value);
  EXPECT_EQ(before.files_read, std::vector<std::string>{"dir/pages/404.html"});
  outside.files["dir/pages/404.html"] = "another";
  const loaded after = load(text, outside);
  ASSERT_TRUE(after.value);
  EXPECT_FALSE(before.value->middlewares[0] == after.value->middlewares[0]);
}

TEST(error_pages_settings, say_what_is_wrong_with_a_status) {
  for (const char* status : {"200", "399", "600", "404-403", "4x4", "6xx", "abc", "4040", "-404"}) {
    expect_wrong("{pages: {'" + std::string(status) + "': pages/404.html}}",
                 "expected an error status such as 404, 500-599 or 5xx");
  }
  expect_wrong("{pages: {5xx: pages/5xx.html, 500-599: pages/404.html}}", "stand here twice");
}

TEST(error_pages_settings, say_what_is_wrong_with_a_page) {
  expect_wrong("{pages: {404: pages/none.html}}",
               "the page `dir/pages/none.html` cannot be read: No such file");
  expect_wrong("{pages: {404: /etc/busy}}", "what type `/etc/busy` has is not known by its name");
  expect_wrong("{pages: {404: {file: pages/404.html, type: html}}}", "a media type such as");
  expect_wrong("{pages: {404: {file: pages/404.html, type: image/png}}}",
               "a page of type `image/png` cannot hold variables");
  expect_wrong("{pages: {404: {type: text/html}}}", "this page has no `file`");
  expect_wrong("{pages: {}}", "`pages`");
  expect_wrong("{from: gateway}", "`error_pages` has no `pages`");
  expect_wrong("{from: upstream, pages: {404: pages/404.html}}", "gateway or all");
}

TEST(error_pages_settings, say_which_line_of_a_page_is_wrong) {
  made_up_environment outside;
  const auto wrong = [&](const std::string& text, const std::string& said) {
    outside.files["dir/p.html"] = text;
    expect_wrong("{pages: {404: p.html}}", said, outside);
  };
  wrong("a\nb\n${header.}\n", "`p.html`, line 3: the variable `header.` names nothing");
  wrong("${status}",
        "`p.html`, line 1: unknown variable `status` | did you mean `response.status`?");
  wrong("\n${ENVIRONMENT}", "line 2: unknown variable `ENVIRONMENT` | write `$${`");
  wrong("${file:/etc/passwd}", "line 1: unknown variable");
  wrong("${response.bytes}", "line 1: the variable `response.bytes` is known only to access logs");
  wrong("${request.id", "line 1");
  wrong("\xFF", "is not UTF-8 text");
  std::string many;
  for (int i = 0; i < 101; ++i) many += "${request.id}";
  wrong(many, "more than 100 variables");
  wrong(std::string((1 << 20) + 1, 'a'), "cannot be read: it is too large");
}

TEST(error_pages_settings, use_captures_only_where_there_are_some) {
  made_up_environment outside;
  outside.files["dir/p.html"] = "${path.id}";
  EXPECT_TRUE(load(file_with("{pages: {404: p.html}}"), outside).value);
  outside.files["dir/p.html"] = "${path.other}";
  expect_wrong("{pages: {404: p.html}}", "is not a capture of the route", outside);
}

TEST(error_pages_settings, have_a_long_form_that_loads_to_the_same) {
  const loaded first =
      load(file_with("{pages: {404: pages/404.html, 5xx: [pages/5xx.html, pages/5xx.json]}}"),
           with_pages());
  ASSERT_TRUE(first.value) << complaints(first);
  const std::string printed = print_long_form(*first.value);
  EXPECT_NE(printed.find("500-599:"), std::string::npos) << printed;
  const loaded second = load(printed, with_pages());
  ASSERT_TRUE(second.value) << complaints(second) << printed;
  EXPECT_EQ(written_out(*first.value), written_out(*second.value));
}

}  // namespace
}  // namespace ferroway::config::testing
