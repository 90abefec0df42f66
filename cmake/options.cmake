# What a build may be asked for, and the flags that every target shares.
option(FERROWAY_TESTS "Build the unit and simulation tests" ON)
option(FERROWAY_FUZZ "Build the fuzzers (libFuzzer)" OFF)
option(FERROWAY_BENCH "Build the benchmarks" OFF)
option(FERROWAY_PCH "Precompile the headers of the standard library and of GoogleTest: a third off a build's time" OFF)
option(FERROWAY_LTO "Link what ships with link-time optimisation" OFF)
option(FERROWAY_PGO_TRAIN "Count what runs, for profile-guided optimisation" OFF)
set(FERROWAY_PGO_PROFILE "" CACHE FILEPATH "Optimise with this profile (`./dev build --pgo` makes one)")
set(FERROWAY_SANITIZE "" CACHE STRING "Sanitizers to compile everything with: address,undefined or thread")

add_library(ferroway_flags INTERFACE)
target_compile_options(ferroway_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  -fno-plt -fvisibility=hidden)
target_include_directories(ferroway_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_options(ferroway_flags INTERFACE -fuse-ld=lld-19)

if(FERROWAY_SANITIZE)
  # vptr may be told to go on: it opens a pipe to look at an object, and takes every one for broken in a process that has
  # run out of descriptors. `./dev test` has it end all others (UBSAN_OPTIONS).
  target_compile_options(ferroway_flags INTERFACE -fsanitize=${FERROWAY_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all -fsanitize-recover=vptr)
  target_link_options(ferroway_flags INTERFACE -fsanitize=${FERROWAY_SANITIZE})
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  if(FERROWAY_PCH)
    # Without these ccache does not store what was compiled with a precompiled header; no source here asks for the time.
    set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
