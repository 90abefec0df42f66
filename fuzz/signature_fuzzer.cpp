// Signature-Input, Signature and Content-Digest, as clients send them: lines of the three, and
// whatever else is taken for fields of a request.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "http/content_digest.hpp"
#include "http/message_signature.hpp"
#include "require.hpp"

namespace ferroway::fuzz {
namespace {

void check_one(const http::request_head& request, const http::message_signature& one) {
  require(one.components.size() <= http::signed_components_max, "components have a bound");
  require(one.parameters.starts_with('('), "what is signed is a list");
  for (const std::string_view name : one.components) {
    require(
        name.starts_with('@') ? http::is_derived_component(name) : http::is_field_component(name),
        "only what is known is covered");
  }
  std::string base;
  if (http::make_signature_base(request, "http", one, base) != nullptr) return;
  std::size_t count = 0;
  for (const char c : base) count += c == '\n' ? 1 : 0;
  require(count == one.components.size(), "each component has a line of its own");
  require(base.ends_with(one.parameters), "the parameters are signed");
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ferroway;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  const std::string_view input = split_off(rest, '\n');
  const std::string_view values = split_off(rest, '\n');
  const std::string_view digest = split_off(rest, '\n');
  arena memory;
  http::request_head request;
  request.method_text = "GET";
  request.target = request.path = "/a";
  request.authority = "A:80";
  request.fields.add(memory, "Date", "today");
  request.fields.add(memory, "Content-Digest", digest);
  const http::content_digest digests = http::read_content_digest(digest);
  fuzz::require(
      (digests.flaw == nullptr) == (digests.sha256 || digests.sha512) || digests.flaw != nullptr,
      "a digest is known, or there is a reason");
  const http::message_signatures all = http::read_signatures(input, values, memory);
  fuzz::require(all.count <= http::signatures_max, "signatures have a bound");
  if (all.flaw != nullptr) return 0;
  for (std::size_t i = 0; i < all.count; ++i) {
    if (all.each[i].flaw != nullptr) continue;  // nothing is made of that one
    fuzz::check_one(request, all.each[i]);
    // Written again it is what it was.
    const std::string again = "a=" + std::string(all.each[i].parameters);
    const auto same = http::read_signatures(again, "a=::", memory);
    fuzz::require(same.flaw == nullptr && same.count == 1 &&
                      same.each[0].parameters == all.each[i].parameters,
                  "the canonical form is its own");
  }
  return 0;
}
