#include "middleware/compress/compressed_head.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace ferroway {
namespace {

using http::field_id;
using std::string_view;

// RFC 9530, RFC 3230, RFC 2616. All are of the bytes with their coding.
constexpr std::array<string_view, 4> digests{"Content-Digest", "Repr-Digest", "Digest",
                                             "Content-MD5"};

bool is_digest(string_view name) {
  return std::ranges::any_of(digests,
                             [&](string_view each) { return equals_ignoring_case(name, each); });
}

}  // namespace

void mark_compressed(http::field_list& answer, string_view coding, arena& memory) {
  answer.set(memory, "Content-Encoding", coding, field_id::content_encoding);
  answer.remove(field_id::content_length);
  answer.remove("Accept-Ranges");
  for (const string_view each : digests) answer.remove(each);
  weaken_etag(answer, memory);
}

void weaken_etag(http::field_list& answer, arena& memory) {
  const http::field* tag = answer.find("ETag");
  if (tag == nullptr || tag->value().starts_with("W/\"")) return;
  if (!tag->value().starts_with('"')) {
    answer.remove("ETag");
    return;
  }
  answer.set(memory, "ETag", memory.join("W/", tag->value()));
}

bool has_directive(const http::field_list& message, string_view name, string_view directive) {
  for (const http::field& item : message) {
    if (!equals_ignoring_case(item.name(), name)) continue;
    string_view list = item.value();
    while (!list.empty()) {
      if (equals_ignoring_case(trim(split_off(list, ',')), directive)) return true;
    }
  }
  return false;
}

const http::field_list* without_digests(const http::field_list& trailers, arena& memory) {
  if (std::ranges::none_of(digests,
                           [&](string_view each) { return trailers.find(each) != nullptr; })) {
    return &trailers;
  }
  auto* kept = memory.make<http::field_list>();
  for (const http::field& item : trailers) {
    if (!is_digest(item.name())) kept->add(memory, item.name(), item.value(), item.id());
  }
  return kept;
}

}  // namespace ferroway
