#include "http/fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/text.hpp"

namespace ferroway::http {
namespace {

struct known {
  field_id id;
  const char* name;
};
const std::vector<known> all_known = {
    {field_id::accept, "Accept"},
    {field_id::access_control_request_method, "Access-Control-Request-Method"},
    {field_id::authorization, "Authorization"},
    {field_id::connection, "Connection"},
    {field_id::content_encoding, "Content-Encoding"},
    {field_id::content_length, "Content-Length"},
    {field_id::content_type, "Content-Type"},
    {field_id::cookie, "Cookie"},
    {field_id::date, "Date"},
    {field_id::expect, "Expect"},
    {field_id::forwarded, "Forwarded"},
    {field_id::host, "Host"},
    {field_id::http2_settings, "HTTP2-Settings"},
    {field_id::keep_alive, "Keep-Alive"},
    {field_id::location, "Location"},
    {field_id::origin, "Origin"},
    {field_id::proxy_authenticate, "Proxy-Authenticate"},
    {field_id::proxy_authorization, "Proxy-Authorization"},
    {field_id::proxy_connection, "Proxy-Connection"},
    {field_id::referer, "Referer"},
    {field_id::server, "Server"},
    {field_id::te, "TE"},
    {field_id::traceparent, "traceparent"},
    {field_id::trailer, "Trailer"},
    {field_id::transfer_encoding, "Transfer-Encoding"},
    {field_id::upgrade, "Upgrade"},
    {field_id::user_agent, "User-Agent"},
    {field_id::vary, "Vary"},
    {field_id::via, "Via"},
    {field_id::x_forwarded_for, "X-Forwarded-For"},
    {field_id::x_forwarded_host, "X-Forwarded-Host"},
    {field_id::x_forwarded_proto, "X-Forwarded-Proto"},
    {field_id::x_request_id, "X-Request-Id"},
};

TEST(identify, knows_every_name_in_any_case) {
  ASSERT_EQ(all_known.size() + 1, static_cast<std::size_t>(field_id::count_));
  for (const auto& [id, name] : all_known) {
    std::string upper = name;
    for (char& c : upper) c = is_alpha(c) ? static_cast<char>(c & ~0x20) : c;
    EXPECT_EQ(identify(name), id) << name;
    EXPECT_EQ(identify(upper), id) << upper;
    EXPECT_EQ(identify(lower_case(name)), id) << name;
  }
}

TEST(identify, takes_no_other_byte_for_a_letter_or_a_hyphen) {
  for (const auto& [id, name] : all_known) {
    for (std::size_t at = 0; at < std::string_view(name).size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = name;
        changed[at] = static_cast<char>(byte);
        const bool same = equals_ignoring_case(changed, name);
        EXPECT_EQ(identify(changed) == id, same) << name << " at " << at << " byte " << byte;
      }
    }
    EXPECT_EQ(identify(std::string(name) + "x"), field_id::other) << name;
    EXPECT_EQ(identify(std::string(name).substr(1)), field_id::other) << name;
  }
  EXPECT_EQ(identify(""), field_id::other);
}

std::string text_of(const field_list& fields) {
  std::string text;
  for (const field& item : fields) {
    text.append(item.name()).append("=").append(item.value()).append(";");
  }
  return text;
}

TEST(field_list, set_replaces_the_first_and_drops_the_others) {
  arena memory;
  field_list fields;
  fields.add(memory, "Via", "a");
  fields.add(memory, "X-Mine", "1");
  fields.add(memory, "via", "b");
  fields.add(memory, "x-mine", "2");
  fields.set(memory, "Via", "c");
  fields.set(memory, "X-MINE", "3");
  fields.set(memory, "New", "n");
  EXPECT_EQ(text_of(fields), "Via=c;X-MINE=3;New=n;");
  EXPECT_EQ(fields.count(field_id::via), 1u);
}

TEST(field_list, removing_the_first_finds_the_next) {
  arena memory;
  field_list fields;
  fields.add(memory, "Cookie", "1");
  fields.add(memory, "Host", "h");
  fields.add(memory, "Cookie", "2");
  fields.remove(*fields.find(field_id::cookie));
  ASSERT_NE(fields.find(field_id::cookie), nullptr);
  EXPECT_EQ(fields.value(field_id::cookie), "2");
  fields.remove(*fields.find("cookie"));
  EXPECT_EQ(fields.find(field_id::cookie), nullptr);
  fields.add(memory, "Cookie", "3");
  EXPECT_EQ(fields.value(field_id::cookie), "3");
  EXPECT_EQ(text_of(fields), "Host=h;Cookie=3;");
}

TEST(field_list, is_empty_when_all_was_removed) {
  arena memory;
  field_list fields;
  EXPECT_TRUE(fields.empty());
  fields.add(memory, "A", "");
  fields.add(memory, "Host", "h");
  EXPECT_EQ(fields.remove("a"), 1u);
  EXPECT_EQ(fields.remove(field_id::host), 1u);
  EXPECT_TRUE(fields.empty());
}

// Against a plain list: the index is right after any sequence of edits, over every growth of the
// storage.
TEST(field_list, agrees_with_a_plain_list_after_random_edits) {
  random_source random(7);
  const std::vector<std::string> names = {"Host", "Cookie", "Via", "X-A", "x-a", "X-B", "cookie"};
  for (int round = 0; round < 200; ++round) {
    arena memory;
    field_list fields;
    std::vector<std::pair<std::string, std::string>> model;
    const auto is = [](std::string_view name) {
      return [name](const auto& pair) { return equals_ignoring_case(pair.first, name); };
    };
    for (int step = 0; step < 80; ++step) {
      const std::string& name = names[random.below(names.size())];
      const std::string_view value = memory.copy(std::to_string(step));
      switch (random.below(5)) {
        case 0:
          EXPECT_EQ(fields.remove(name), std::erase_if(model, is(name)));
          break;
        case 1: {
          fields.set(memory, name, value);
          const auto first = std::ranges::find_if(model, is(name));
          if (first == model.end()) {
            model.emplace_back(name, value);
          } else {
            *first = {name, std::string(value)};
            model.erase(std::remove_if(first + 1, model.end(), is(name)), model.end());
          }
          break;
        }
        default:
          fields.add(memory, name, value);
          model.emplace_back(name, value);
      }
      const auto first = std::ranges::find_if(model, is(name));
      const field* found = fields.find(name);
      ASSERT_EQ(found != nullptr, first != model.end());
      if (found != nullptr) ASSERT_EQ(found->value(), first->second);
    }
    std::string expected;
    std::size_t line_bytes = 0;
    for (const auto& [name, value] : model) {
      expected += name + "=" + value + ";";
      line_bytes += (name + ": " + value + "\r\n").size();
    }
    ASSERT_EQ(text_of(fields), expected);
    ASSERT_EQ(fields.line_bytes(), line_bytes);
  }
}

// Every byte of the whole is one of theirs, or a separator.
TEST(field_list, puts_together_empty_ones_too) {
  arena memory;
  field_list fields;
  fields.add(memory, "X-A", "");
  fields.add(memory, "x-a", "1");
  fields.add(memory, "X-A", "");
  fields.add(memory, "Cookie", "");
  fields.add(memory, "Cookie", "b=2");
  EXPECT_EQ(combined_value(fields, field_id::other, "X-A", memory), ", 1, ");
  EXPECT_EQ(combined_value(fields, field_id::cookie, "Cookie", memory), "; b=2");
  EXPECT_EQ(combined_value(fields, field_id::other, "X-B", memory), std::nullopt);
}

}  // namespace
}  // namespace ferroway::http
