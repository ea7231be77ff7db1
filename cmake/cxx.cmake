# SPDX-License-Identifier: MIT
# The library is C. A C++ compiler is for what shows that memward.hpp works:
# its tests and its example, which without one are left out. MEMWARD_HAS_CXX
# says whether there is one.
set(MEMWARD_HAS_CXX OFF)
if(NOT CMAKE_CROSSCOMPILING AND NOT WIN32)
  include(CheckLanguage)
  check_language(CXX)
  if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
    set(MEMWARD_HAS_CXX ON)
  endif()
endif()

# memward_cxx_program(NAME STANDARD SOURCE...)
function(memward_cxx_program name standard)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE memward_static)
  set_target_properties(${name} PROPERTIES CXX_STANDARD ${standard}
    CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow
    -Wconversion -Wold-style-cast)
  if(MEMWARD_WERROR)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
  if(MEMWARD_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${MEMWARD_SANITIZE}
      -fno-omit-frame-pointer -fno-sanitize-recover=all)
  endif()
endfunction()
