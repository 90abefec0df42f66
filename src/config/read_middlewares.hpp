// Readers of middlewares' settings, one for each kind that has some. Nothing is returned where
// something was wrong, which has been reported.
#pragma once

#include "config/middlewares.hpp"
#include "config/readers.hpp"

namespace ferroway::config {

std::optional<header_edits> read_header_edits(reading& in, const node& from, std::string_view kind,
                                              const header_rules& rules,
                                              std::vector<used_variable>& variables);

std::optional<rate_limit_middleware> read_rate_limit(reading& in, const node& from,
                                                     draft_middleware& into);
std::optional<access_log_middleware> read_access_log(reading& in, const node& from,
                                                     std::vector<used_variable>& variables);
std::optional<security_headers_middleware> read_security_headers(reading& in, const node& from);
std::optional<cors_middleware> read_cors(reading& in, const node& from);
std::optional<ip_filter_middleware> read_ip_filter(reading& in, const node& from);
std::optional<jwt_middleware> read_jwt(reading& in, const node& from,
                                       std::vector<used_variable>& variables);
// Its `keys`, `jwks_file` and `jwks`, whichever it has; false where something is wrong.
bool read_jwt_keys(reading& in, const node& from, const fields& all, jwt_middleware& into);
std::optional<api_key_middleware> read_api_key(reading& in, const node& from,
                                               draft_middleware& into);
std::optional<basic_auth_middleware> read_basic_auth(reading& in, const node& from,
                                                     draft_middleware& into);
std::optional<hmac_middleware> read_hmac(reading& in, const node& from, draft_middleware& into);
// A secret stands elsewhere: the file is printed, shown by the admin listener, kept in a
// repository. `key`: where its key stands. `such_as`: a file's name, for messages.
std::optional<template_text> read_shared_secret(reading& in, const node& from, position key,
                                                const std::string& such_as);
// What those three have in common.
void read_consumer_rules(reading& in, const fields& all, draft_middleware& into,
                         consumer_rules& made);
// The text of a file, whose `path` is relative to the configuration.
std::optional<std::string> read_file_beside(reading& in, const node& from, std::string_view key,
                                            std::string& path);
// What is wrong with a line of the file that `from` names.
void report_line(reading& in, const node& from, std::string_view key,
                 const credentials::line_problem& wrong);
std::optional<body_limit_middleware> read_body_limit(reading& in, const node& from);
std::optional<compress_middleware> read_compress(reading& in, const node& from);
std::optional<concurrency_limit_middleware> read_concurrency_limit(
    reading& in, const node& from, std::vector<used_variable>& variables);
std::optional<error_pages_middleware> read_error_pages(reading& in, const node& from,
                                                       std::vector<used_variable>& variables);
// Its upstream is left for `into.asks`.
std::optional<forward_auth_middleware> read_forward_auth(reading& in, const node& from,
                                                         draft_middleware& into);

// For headers by which `key` tells upstreams who the client is: they come from no client any more,
// on any route, so one that clients have to send is reported. True for others.
bool is_no_clients(reading& in, const node& name, std::string_view key);

}  // namespace ferroway::config
