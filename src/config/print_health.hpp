// The long form of what watches endpoints and of `retry`: lines below the upstream or the route.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace ferroway::config {

// Empty where there is none. What came from outside stands there as the file has it.
std::vector<std::string> long_form_of(const health_check& from, const outside_values& outside);
std::vector<std::string> long_form_of(const outlier_detection& from);
std::vector<std::string> long_form_of(const retry& from);

}  // namespace ferroway::config
