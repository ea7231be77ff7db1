# SPDX-License-Identifier: MIT
# Sets doc_arguments: what the tests of documents need to know of this build,
# so as to try the programs and commands in them.
set(doc_arguments)
if(NOT MEMWARD_HAS_SEAL)
  list(APPEND doc_arguments --no-seal)
endif()
if(NOT CMAKE_CROSSCOMPILING AND NOT WIN32)
  list(APPEND doc_arguments --cc ${CMAKE_C_COMPILER}
    --library $<TARGET_FILE:memward_shared> "--sanitize=${MEMWARD_SANITIZE}")
  if(TARGET memward_openssl)
    list(APPEND doc_arguments --openssl $<TARGET_FILE:memward_openssl>)
  endif()
  if(TARGET memward_tool)
    list(APPEND doc_arguments --tool $<TARGET_FILE:memward_tool>)
  endif()
endif()
if(NOT CMAKE_SYSTEM_NAME MATCHES "Linux|FreeBSD|OpenBSD")
  # The default ward asks for more than the others have; see PLATFORMS.md.
  list(APPEND doc_arguments --policy prefer-no_dump)
endif()
