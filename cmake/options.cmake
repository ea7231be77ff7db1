# SPDX-License-Identifier: MIT
# How every file of memward is compiled.
add_library(memward_options INTERFACE)
target_compile_features(memward_options INTERFACE c_std_11)
target_compile_options(memward_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
  -Wmissing-prototypes -Wvla -Wundef -fvisibility=hidden)
if(MEMWARD_WERROR)
  target_compile_options(memward_options INTERFACE -Werror)
endif()
if(MEMWARD_SANITIZE)
  target_compile_options(memward_options INTERFACE
    -fsanitize=${MEMWARD_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MEMWARD_SANITIZE})
endif()
set(CMAKE_C_EXTENSIONS OFF)
