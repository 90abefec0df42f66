#include "http/content_digest.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "http/structured_fields.hpp"

namespace ferroway::http {
namespace {

// False where the base64 is of another length, or none, or the algorithm was there before.
template <std::size_t Bytes>
bool take(std::string_view text, std::optional<std::array<char, Bytes>>& into) noexcept {
  constexpr std::size_t text_bytes = (Bytes + 2) / 3 * 4;
  if (into || text.size() != text_bytes) return false;
  std::array<char, base64_room(text_bytes)> room;
  const auto bytes = decode_base64(text, room.data());
  if (!bytes || bytes->size() != Bytes) return false;
  std::ranges::copy(*bytes, into.emplace().begin());
  return true;
}

}  // namespace

content_digest read_content_digest(std::string_view value) noexcept {
  content_digest made;
  const auto flawed = [&made](const char* flaw) { return made.flaw = flaw, made; };
  if (value.size() > content_digest_bytes_max) return flawed("Content-Digest is too long");
  structured_reader reader(trim(value));
  bool well_formed = false;
  std::size_t count = 0;
  do {
    const auto algorithm = reader.key();
    const auto bytes =
        algorithm && reader.take('=') ? reader.bytes() : std::optional<std::string_view>();
    if (!bytes || ++count > content_digests_max) return flawed("Content-Digest is malformed");
    const bool fine = *algorithm == "sha-256"   ? take(*bytes, made.sha256)
                      : *algorithm == "sha-512" ? take(*bytes, made.sha512)
                                                : true;
    if (!fine) return flawed("Content-Digest is malformed");
  } while (reader.next_member(well_formed));
  if (!well_formed) return flawed("Content-Digest is malformed");
  if (!made.sha256 && !made.sha512) return flawed("Content-Digest has neither sha-256 nor sha-512");
  return made;
}

}  // namespace ferroway::http
