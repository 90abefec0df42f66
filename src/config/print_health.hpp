// The long form of what watches endpoints, of `retry` and of `mirror`: lines below the upstream or
// the route.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace ferroway::config {

// Empty where there is none. What came from outside stands there as the file has it.
std::vector<std::string> long_form_of(const health_check& from, const outside_values& outside);
std::vector<std::string> long_form_of(const outlier_detection& from);
std::vector<std::string> long_form_of(const retry& from);
// `to` is the name of its upstream.
std::vector<std::string> long_form_of(const mirror& from, const std::string& to);

}  // namespace ferroway::config
