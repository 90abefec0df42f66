// The language described for others, from the key tables: as a JSON Schema for editors, and as the
// tables of docs/CONFIGURATION.md. Pure functions of constants.
#pragma once

#include <string>

namespace ferroway::config {

// JSON Schema, draft 07 (the one that editors know best), indented. Keys that do not work yet are
// left out, so that an editor refuses what the gateway refuses.
std::string json_schema();

// One block for each table of the docs, "<!-- keys: route -->" to "<!-- end -->", and one of the
// keys that do not work yet. tools/config_docs.py puts them in their places.
std::string markdown_tables();

}  // namespace ferroway::config
