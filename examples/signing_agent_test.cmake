# SPDX-License-Identifier: MIT
# Three requests to the agent in PROGRAM: three signatures, of which those of
# equal messages are equal, as Ed25519 has it, and no more.
#   cmake -DPROGRAM= -DWORK= -P signing_agent_test.cmake
file(WRITE ${WORK}/requests "one\ntwo\none\n")
execute_process(COMMAND ${PROGRAM} INPUT_FILE ${WORK}/requests
  OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "not ok signing_agent: ${result}: ${errors}")
endif()
string(REGEX MATCHALL "signature [0-9a-f]+" signatures "${output}")
list(LENGTH signatures count)
list(REMOVE_DUPLICATES signatures)
list(LENGTH signatures different)
string(LENGTH "${signatures}" length)
# "signature " and 64 bytes in hex, twice, and a semicolon.
if(NOT (count EQUAL 3 AND different EQUAL 2 AND length EQUAL 277))
  message(FATAL_ERROR "not ok signing_agent: it said\n${output}")
endif()
if(NOT output MATCHES "^public [0-9a-f]+\n")
  message(FATAL_ERROR "not ok signing_agent: no public key\n${output}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E echo
  "ok signing_agent\nsigning_agent: 1 passed, 0 failed, 0 skipped")
