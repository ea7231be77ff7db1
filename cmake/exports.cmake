# SPDX-License-Identifier: MIT
# Every linker gets its list of exported names from tools/exports.txt, in the
# form it likes. Hidden visibility does most of it; the list makes it exact.
set(exports_list ${PROJECT_SOURCE_DIR}/tools/exports.txt)
file(STRINGS ${exports_list} exported_names REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${exports_list})

set(export_files ${PROJECT_BINARY_DIR}/exports)
list(JOIN exported_names ";\n\t\t" names)
file(CONFIGURE OUTPUT ${export_files}/memward.map @ONLY CONTENT
  "MEMWARD_@PROJECT_VERSION_MAJOR@ {\n\tglobal:\n\t\t@names@;\n\tlocal:\n\t\t*;\n};\n")
list(JOIN exported_names "\n_" names)
file(CONFIGURE OUTPUT ${export_files}/memward.exp @ONLY CONTENT
  "_@names@\n")
list(JOIN exported_names "\n\t" names)
file(CONFIGURE OUTPUT ${export_files}/memward.def @ONLY CONTENT
  "EXPORTS\n\t@names@\n")

function(mw_limit_exports library)
  if(CMAKE_SYSTEM_NAME STREQUAL "Windows")
    # A .def file does for every object what __declspec(dllexport) does for
    # those compiled with it, so one set of objects serves both libraries.
    target_sources(${library} PRIVATE ${export_files}/memward.def)
    return()
  elseif(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
    set(file ${export_files}/memward.exp)
    set(flag -Wl,-exported_symbols_list,${file})
  elseif(CMAKE_SYSTEM_NAME STREQUAL "SunOS")
    set(file ${export_files}/memward.map)
    set(flag -Wl,-M,${file})
  else()
    set(file ${export_files}/memward.map)
    # nodelete: once loaded the library stays, for threads and fork handlers
    # may hold addresses inside it.
    set(flag -Wl,--version-script=${file} -Wl,-z,nodelete
      -Wl,-z,relro -Wl,-z,now)
  endif()
  if(MEMWARD_LINKER_LACKS_EXPORT_LIST)
    # Told by a toolchain file; hidden visibility is then all there is.
    return()
  endif()
  target_link_options(${library} PRIVATE ${flag})
  set_target_properties(${library} PROPERTIES LINK_DEPENDS ${file})
endfunction()
