# SPDX-License-Identifier: MIT
# What is installed: headers, libraries, the tool, a pkg-config file, a CMake
# package and the licence. Components, which are packages of Debian (see
# cmake/package.cmake): library, dev, tools, shims; and the licence, which has
# another place there.
include(CMakePackageConfigHelpers)

install(TARGETS memward_static memward_shared EXPORT memward
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT library
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
    NAMELINK_COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT dev FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/memward
  COMPONENT licence)
foreach(tool memward memward_tool)
  if(TARGET ${tool})
    install(TARGETS ${tool} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
      COMPONENT tools)
  endif()
endforeach()

if(TARGET memward_tool)
  install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    COMPONENT tools FILES_MATCHING PATTERN "*.1")
  install(FILES cli/memward.bash RENAME memward COMPONENT tools
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endif()

include(cmake/manual.cmake)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/memward)
install(EXPORT memward NAMESPACE memward:: DESTINATION ${package_dir}
  FILE memward-targets.cmake COMPONENT dev)
configure_file(cmake/memward-config.cmake.in memward-config.cmake @ONLY)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/memward-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/memward-config.cmake
  ${PROJECT_BINARY_DIR}/memward-config-version.cmake
  DESTINATION ${package_dir} COMPONENT dev)

# Written while installing: only then "cmake --install --prefix" is known.
set(pc_threads "")
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Windows")
  set(pc_threads "-pthread")
endif()
# Not as Requires.private, which would ask users of the shared library for
# libsodium's own file too.
set(pc_sodium "")
if(MEMWARD_HAS_SEAL)
  set(pc_sodium " -lsodium")
endif()
foreach(dir LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(pc_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(pc_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
configure_file(cmake/memward.pc.in memward.pc.in @ONLY)
install(CODE "
  file(READ \"${PROJECT_BINARY_DIR}/memward.pc.in\" text)
  string(REPLACE \"%PREFIX%\" \"\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/memward.pc\" \"\${text}\")"
  COMPONENT dev)
install(FILES ${PROJECT_BINARY_DIR}/memward.pc COMPONENT dev
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
