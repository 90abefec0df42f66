// Whether an endpoint would be a listener of the gateway's own: its admin and probe listeners are
// no route's to reach, neither by what a file says nor by what DNS answers.
#pragma once

#include "io/address.hpp"

namespace ferroway::config {

// Whether connecting to `to` may reach a socket on `of`. Nobody knows here which addresses the
// machine has, so one that listens on all of them is taken to be behind every address.
bool reaches(const io::address& to, const io::address& of);

}  // namespace ferroway::config
