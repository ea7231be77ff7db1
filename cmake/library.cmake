# SPDX-License-Identifier: MIT
# The library, static and shared, from one set of objects.
#
# memward_objects  the objects, for tests that look inside
# memward_static   libmemward.a                 memward::memward_static
# memward_shared   libmemward.so, .dylib, .dll  memward::memward
add_library(memward_objects OBJECT
  src/base/equal.c
  src/base/error.c
  src/base/wipe.c
  src/core/address.c
  src/core/arena.c
  src/core/cache.c
  src/core/check.c
  src/core/class.c
  src/core/ends.c
  src/core/fatal.c
  src/core/feature.c
  src/core/fork.c
  src/core/guarded.c
  src/core/harden.c
  src/core/input.c
  src/core/input_take.c
  src/core/key.c
  src/core/kind.c
  src/core/memward.c
  src/core/meta.c
  src/core/output.c
  src/core/poison.c
  src/core/policy.c
  src/core/pool.c
  src/core/range.c
  src/core/region.c
  src/core/report.c
  src/core/seal.c
  src/core/seal_key.c
  src/core/scope.c
  src/core/secret.c
  src/core/slot.c
  src/core/stack.c
  src/core/stream.c
  src/core/verify.c
  src/core/ward.c
  src/core/window.c
  src/core/wipe_all.c
  src/cpu/keys.c
  src/cpu/stack.c
  src/mem_sys/mem_sys.c
  src/mem_sys/spans.c
  src/mem_sys/tracked.c
  ${MEMWARD_BACKEND})
target_include_directories(memward_objects PUBLIC
  ${PROJECT_SOURCE_DIR}/include)
target_include_directories(memward_objects PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(memward_objects PRIVATE memward_options)
set_target_properties(memward_objects PROPERTIES
  POSITION_INDEPENDENT_CODE ON)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

include(cmake/exports.cmake)
include(cmake/seal.cmake)

add_library(memward_static STATIC $<TARGET_OBJECTS:memward_objects>
  $<TARGET_OBJECTS:memward_cipher>)
add_library(memward_shared SHARED $<TARGET_OBJECTS:memward_objects>
  $<TARGET_OBJECTS:memward_cipher>)
add_library(memward::memward_static ALIAS memward_static)
add_library(memward::memward ALIAS memward_shared)
set_target_properties(memward_static PROPERTIES EXPORT_NAME memward_static)
set_target_properties(memward_shared PROPERTIES EXPORT_NAME memward
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
foreach(library memward_static memward_shared)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME memward
    LINKER_LANGUAGE C)
  target_include_directories(${library} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
target_link_libraries(memward_static PUBLIC Threads::Threads)
# What the library needs is its own affair: users of the shared one need not
# link threads, nor find the package.
target_link_libraries(memward_shared PRIVATE Threads::Threads)
if(MEMWARD_HAS_SEAL)
  # Installed, the static library asks its package for the same: see
  # cmake/memward-config.cmake.in.
  target_link_libraries(memward_static PUBLIC
    $<BUILD_INTERFACE:${MEMWARD_SODIUM_LIBRARY}>
    $<INSTALL_INTERFACE:memward::sodium>)
  target_link_libraries(memward_shared PRIVATE ${MEMWARD_SODIUM_LIBRARY})
endif()
mw_limit_exports(memward_shared)
# What the compiler adds for variables of a thread comes along, in the DLL.
if(MINGW)
  target_link_options(memward_shared PRIVATE -static-libgcc)
endif()
# A thread that ends after dlclose() still has to give back what it cached.
include(CheckLinkerFlag)
check_linker_flag(C "-Wl,-z,nodelete" MEMWARD_HAS_NODELETE)
if(MEMWARD_HAS_NODELETE)
  target_link_options(memward_shared PRIVATE "-Wl,-z,nodelete")
endif()
if(MEMWARD_COMPILE_ONLY)
  # A toolchain file says that there is nothing to link with.
  set_target_properties(memward_shared PROPERTIES EXCLUDE_FROM_ALL ON)
endif()
