# SPDX-License-Identifier: MIT
# The manual of the library is installed under each name that a page has: the
# pages' own ".Nm NAME" lines say which.
file(GLOB pages CONFIGURE_DEPENDS man/*.3 man/*.7)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${pages})
foreach(page ${pages})
  get_filename_component(file ${page} NAME)
  get_filename_component(own ${page} NAME_WE)
  string(REGEX REPLACE ".*\\." "" number ${file})
  set(names ${page})
  file(STRINGS ${page} lines REGEX "^\\.Nm (memward|MEMWARD)_")
  foreach(line ${lines})
    string(REGEX MATCH "[A-Za-z0-9]+_[A-Za-z0-9_]+" name "${line}")
    if(NOT name STREQUAL own)
      set(alias ${PROJECT_BINARY_DIR}/man/${name}.${number})
      file(CONFIGURE OUTPUT ${alias} @ONLY CONTENT
        ".so man@number@/@file@\n")
      list(APPEND names ${alias})
    endif()
  endforeach()
  # The drop-ins' pages come with them.
  set(component dev)
  if(own MATCHES "^memward-(openssl|sodium)$")
    set(component shims)
  endif()
  if(MEMWARD_SHIM OR NOT own MATCHES "openssl|sodium")
    install(FILES ${names} COMPONENT ${component}
      DESTINATION ${CMAKE_INSTALL_MANDIR}/man${number})
  endif()
endforeach()
