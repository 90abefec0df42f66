# What most files include. Only builds that nobody ships use it, so that a forgotten #include does not go unseen.
set(standard_headers <algorithm> <array> <atomic> <chrono> <coroutine> <cstdint> <cstring> <expected> <functional> <map>
  <memory> <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)

# One static library per floor (DESIGN: a folder includes only from floors below it).
function(ferroway_floor name)
  cmake_parse_arguments(arg "" "" "BELOW;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(sources)
    add_library(ferroway_${name} STATIC ${sources})
    set(kind PUBLIC)
    if(FERROWAY_LTO)
      # Both kinds of code in each object: a dozen test programs link in no time with the ordinary one.
      target_compile_options(ferroway_${name} PRIVATE -flto=thin -ffat-lto-objects)
    endif()
    if(FERROWAY_PGO_TRAIN)
      target_compile_options(ferroway_${name} PRIVATE -fprofile-generate)
    elseif(FERROWAY_PGO_PROFILE)
      # Functions that the training never called have no profile; that is no mistake.
      target_compile_options(ferroway_${name} PRIVATE -fprofile-use=${FERROWAY_PGO_PROFILE}
        -Wno-profile-instr-unprofiled -Wno-profile-instr-missing)
      set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS ${FERROWAY_PGO_PROFILE})
    endif()
    if(FERROWAY_PCH)
      # Each floor its own: those that are fuzzed are compiled with other flags.
      target_precompile_headers(ferroway_${name} PRIVATE ${standard_headers})
    endif()
  else()
    add_library(ferroway_${name} INTERFACE)
    set(kind INTERFACE)
  endif()
  list(TRANSFORM arg_BELOW PREPEND ferroway_)
  target_link_libraries(ferroway_${name} ${kind} ferroway_flags ${arg_BELOW} ${arg_LIBS})
endfunction()

# For the programs that ship or are measured.
function(ferroway_link_as_shipped target)
  if(FERROWAY_LTO)
    target_link_options(${target} PRIVATE -O2 -flto=thin -Wl,--fat-lto-objects
      -Wl,--thinlto-cache-dir=${PROJECT_BINARY_DIR}/thinlto)
  endif()
  if(FERROWAY_PGO_TRAIN)
    target_link_options(${target} PRIVATE -fprofile-generate)
  endif()
endfunction()

# What every test program has.
function(ferroway_test_program name floor)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ferroway_${floor} GTest::gtest GTest::gtest_main)
  if(FERROWAY_PCH AND TARGET unit_base AND NOT name STREQUAL "unit_base")
    target_precompile_headers(${name} REUSE_FROM unit_base)
  elseif(FERROWAY_PCH)
    target_precompile_headers(${name} PRIVATE ${standard_headers} <gtest/gtest.h>)
  endif()
endfunction()

# Tells ctest the cases of a test program, each by its name. A sanitizer's process takes longer to start than most cases
# to run: there they go in two halves.
function(ferroway_test_cases program prefix)
  if(NOT FERROWAY_SANITIZE)
    gtest_discover_tests(${program} TEST_PREFIX "${prefix}." DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
    return()
  endif()
  foreach(half 1 2)
    math(EXPR index "${half} - 1")
    add_test(NAME ${prefix}.${half} COMMAND ${program} --gtest_brief=1)
    set_tests_properties(${prefix}.${half} PROPERTIES TIMEOUT 900
      ENVIRONMENT "GTEST_TOTAL_SHARDS=2;GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()

# One test program per folder of tests/unit, mirroring src/.
function(ferroway_unit_tests name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/unit/${name}/*.cpp)
  if(sources)
    add_executable(unit_${name} ${sources})
    ferroway_test_program(unit_${name} ${name})
    ferroway_test_cases(unit_${name} ${name})
  endif()
endfunction()
