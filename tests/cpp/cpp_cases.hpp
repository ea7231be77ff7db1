/* SPDX-License-Identifier: MIT */
/* What the files of cpp_test share. */
#ifndef MW_TESTS_CPP_CPP_CASES_HPP
#define MW_TESTS_CPP_CPP_CASES_HPP

#include "cases.hpp"

#include <vector>

extern const std::vector<test_case> secret_cases;
extern const std::vector<test_case> string_cases;
extern const std::vector<test_case> container_cases;
extern const std::vector<test_case> call_cases;

memward::ward closed_ward();
bool is_open(const void *address);
memward_place place_of(const void *address);

#endif
