// `${...}` in a value: environment variables and files are put in place, request variables become
// pieces of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/reading.hpp"

namespace ferroway::config {

// in_log: those that only a log knows, too.
enum class variables_allowed : std::uint8_t { no, yes, in_log };

// `${NAME}`, `${NAME:-default}`, `${file:PATH}`, `$${` for a literal `${`; a name with a dot is a
// request variable. Pieces that came from outside keep their `origin`, so that they need never be
// printed. `from` is a scalar. What is substituted is not looked at again. At most `bytes_max`
// bytes. Errors are reported, and never show a value.
std::optional<template_text> substitute(reading& in, const node& from, std::string_view key,
                                        variables_allowed variables, std::size_t bytes_max);

// The same value once more, in the form that a reader has given it: it came from outside too.
void remember_as(reading& in, const node& from, std::string_view normal);

}  // namespace ferroway::config
