// What a content coding changes in a message's head.
#pragma once

#include <string_view>

#include "http/fields.hpp"

namespace ferroway {

// Says the coding, and takes away what no longer holds of the body: its length, its digests, that
// ranges of it can be had; a strong ETag becomes a weak one (RFC 9110, 8.8.1).
void mark_compressed(http::field_list& answer, std::string_view coding, arena& memory);

// A strong ETag becomes a weak one; what is no ETag goes.
void weaken_etag(http::field_list& answer, arena& memory);

// Some value of that field names it (RFC 9111, 5.2; directives have no regard to case).
bool has_directive(const http::field_list& message, std::string_view name,
                   std::string_view directive);

// The same list where it has none.
const http::field_list* without_digests(const http::field_list& trailers, arena& memory);

}  // namespace ferroway
