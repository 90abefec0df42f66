// The JSON that the admin listener answers with. No secret is in it: values that came from outside
// the file stand there as the file has them (`${file:token}`).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "admin/source.hpp"
#include "exchange/exchange.hpp"

namespace ferroway::admin {

// Items on one page of routes or upstreams; `next` in the document says where the next begins.
inline constexpr std::size_t items_a_page = 1000;

// Where the page begins that the request asks for: `?from=1000`; 0 where it does not say.
result<std::size_t> first_item(exchange& ex);

// The long form of what is served. Nothing where that is larger than a configuration may be.
std::optional<std::string> config_document(const config::config& from, std::uint64_t generation);

std::string routes_document(const config::config& from, const telemetry::metrics& counted,
                            std::size_t first);
std::string upstreams_document(const config::config& from, const telemetry::metrics& counted,
                               std::size_t first);

std::string reload_document(const reload_outcome& from);
std::string no_reload_document(std::uint64_t generation);

}  // namespace ferroway::admin
