# SPDX-License-Identifier: MIT
# Debian packages, made by cpack ("make deb"): one per component that is
# installed. The build is one with the prefix /usr, for which GNUInstallDirs
# knows Debian's folder for libraries.
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
# Each package has a summary of its own, below.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
# Whoever publishes packages puts an address of theirs here.
set(CPACK_PACKAGE_CONTACT "The memward authors <root@localhost>" CACHE STRING
  "Maintainer of the packages")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL library dev)
set(deb_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

# memward_package(COMPONENT NAME SECTION SUMMARY TEXT)
function(memward_package component name section summary text)
  string(TOUPPER ${component} id)
  set(CPACK_DEBIAN_${id}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(CPACK_DEBIAN_${id}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_COMPONENT_${id}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  # Debian looks for the terms of a package here.
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component}
    EXCLUDE_FROM_ALL)
endfunction()

set(library_package libmemward${PROJECT_VERSION_MAJOR})
memward_package(library ${library_package} libs
  "keeps secrets safe in the memory of a running program"
  "Keys, passwords and tokens lie in locked pages between guard pages, are left
out of core files and forked children as asked, and are wiped when freed. What
was asked for and cannot be had is an error, or stands in a report.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
# Where what else is built here finds it; no package has it yet.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})

memward_package(dev libmemward-dev libdevel
  "keeps secrets safe in memory - development files"
  "Headers for C and C++, the static library, a pkg-config file and a CMake
package of memward.")
set(dev_depends "${library_package} (= ${deb_version})")
if(MEMWARD_HAS_SEAL)
  # The static library needs it.
  string(APPEND dev_depends ", libsodium-dev")
endif()
if(TARGET memward_sodium)
  string(APPEND dev_depends ", libmemward-shims (= ${deb_version})")
endif()
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${dev_depends}")

if(TARGET memward_tool)
  list(APPEND CPACK_COMPONENTS_ALL tools)
  memward_package(tools memward-tools utils
    "proves what protects secrets in memory, and finds copies"
    "memward prove attacks a secret on this machine and shows what leaked and what
held. memward scan finds copies of a secret and keys in processes, core files
and disks. memward doctor tells what a process can have here.")
  set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
endif()

# Drop-ins for other libraries, where they are built.
if(TARGET memward_sodium)
  list(APPEND CPACK_COMPONENTS_ALL shims)
  memward_package(shims libmemward-shims libs
    "memward in place of libsodium's and OpenSSL's secure memory"
    "Libraries with the names of libsodium's secure memory and of OpenSSL's secure
heap, which stand on memward. They are preloaded or linked.")
  set(CPACK_DEBIAN_SHIMS_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_SHIMS_PACKAGE_DEPENDS
    "${library_package} (= ${deb_version})")
endif()

# What the packages of others that link the library have to depend on: each
# symbol since the version in which it came.
set(deb_control ${PROJECT_BINARY_DIR}/debian)
set(deb_symbols "libmemward.so.${PROJECT_VERSION_MAJOR} ${library_package}")
string(APPEND deb_symbols " #MINVER#\n")
file(STRINGS tools/symbols.txt symbols)
foreach(symbol ${symbols})
  string(APPEND deb_symbols " ${symbol} ${PROJECT_VERSION}\n")
endforeach()
file(WRITE ${deb_control}/symbols "${deb_symbols}")
# ldconfig is a trigger's affair, as Debian's policy has it. Without scripts
# here cpack would write some that call it.
file(WRITE ${deb_control}/triggers "activate-noawait ldconfig\n")
foreach(script postinst postrm)
  file(WRITE ${deb_control}/${script} "#!/bin/sh\n# See the trigger.\nexit 0\n")
endforeach()
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${deb_control}/symbols
  ${deb_control}/triggers ${deb_control}/postinst ${deb_control}/postrm)
include(CPack)
