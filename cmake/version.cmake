# The version that `ferroway version` prints: the project's, and where git knows it the commit. Asked at every build,
# written only when it changed, so that an unchanged tree does not relink.
#
# Included: declares the target. Run as a script (-P): writes the header.
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  set(version ${PROJECT_VERSION})
  execute_process(
    COMMAND git --no-optional-locks describe --always --exclude=* --abbrev=10 --dirty
    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(NOT failed AND commit)
    string(APPEND version "+${commit}")
  endif()
  file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define FERROWAY_VERSION \"@version@\"\n" @ONLY)
  return()
endif()

set(generated ${PROJECT_BINARY_DIR}/generated)
add_custom_target(ferroway_version
  COMMAND ${CMAKE_COMMAND} -DPROJECT_VERSION=${PROJECT_VERSION} -DSOURCE=${PROJECT_SOURCE_DIR}
    -DOUTPUT=${generated}/ferroway_version.inc -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${generated}/ferroway_version.inc
  COMMENT "")
add_dependencies(ferroway_cli ferroway_version)
target_include_directories(ferroway_cli PRIVATE ${generated})
