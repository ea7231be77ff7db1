# SPDX-License-Identifier: MIT
# Sealing stands on libsodium. MEMWARD_HAS_SEAL says whether it is built in,
# MEMWARD_SODIUM_LIBRARY and MEMWARD_SODIUM_INCLUDE with what. AUTO does not
# look when cross-compiling: what it would find is the host's. Whoever takes
# the objects of memward_cipher links MEMWARD_CIPHER_LIBRARIES.
set(MEMWARD_HAS_SEAL OFF)
set(MEMWARD_CIPHER_LIBRARIES "")
set_property(CACHE MEMWARD_SEAL PROPERTY STRINGS AUTO ON OFF)
if(MEMWARD_SEAL STREQUAL "AUTO" AND CMAKE_CROSSCOMPILING)
  set(seal_wanted OFF)
else()
  set(seal_wanted ${MEMWARD_SEAL})
endif()
if(seal_wanted)
  find_path(MEMWARD_SODIUM_INCLUDE sodium.h)
  find_library(MEMWARD_SODIUM_LIBRARY sodium)
  mark_as_advanced(MEMWARD_SODIUM_INCLUDE MEMWARD_SODIUM_LIBRARY)
  if(MEMWARD_SODIUM_INCLUDE AND MEMWARD_SODIUM_LIBRARY)
    set(MEMWARD_HAS_SEAL ON)
    set(MEMWARD_CIPHER_LIBRARIES ${MEMWARD_SODIUM_LIBRARY})
  elseif(NOT seal_wanted STREQUAL "AUTO")
    message(FATAL_ERROR "MEMWARD_SEAL is ON, and libsodium is not here")
  endif()
endif()

if(MEMWARD_HAS_SEAL)
  message(STATUS "memward: sealing with ${MEMWARD_SODIUM_LIBRARY}")
  add_library(memward_cipher OBJECT src/cipher/sodium.c)
  target_include_directories(memward_cipher SYSTEM PRIVATE
    ${MEMWARD_SODIUM_INCLUDE})
else()
  message(STATUS "memward: without sealing, which needs libsodium")
  add_library(memward_cipher OBJECT src/cipher/none.c)
endif()
target_include_directories(memward_cipher PRIVATE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(memward_cipher PRIVATE memward_options)
set_target_properties(memward_cipher PROPERTIES POSITION_INDEPENDENT_CODE ON)
