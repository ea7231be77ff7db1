# SPDX-License-Identifier: MIT
# Installs the build in BUILD into an empty folder, and there builds and runs
# the project in consumer/, as somebody who copied it would.
#   cmake -DBUILD= -DGENERATOR= -DCOMPILER= -DWORK= -P consumer_test.cmake
set(passed 0)

function(say text)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}")
endfunction()

function(step name)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    say("not ok ${name}: ${result}\n${output}")
    say("consumer: ${passed} passed, 1 failed, 0 skipped")
    message(FATAL_ERROR "the consumer does not work")
  endif()
  say("ok ${name}")
  math(EXPR passed "${passed} + 1")
  set(passed ${passed} PARENT_SCOPE)
endfunction()

set(stage ${WORK}/stage)
file(REMOVE_RECURSE ${WORK})
step(installs ${CMAKE_COMMAND} --install ${BUILD} --prefix ${stage})
step(configures ${CMAKE_COMMAND} -G ${GENERATOR}
  -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${WORK}/build
  -DCMAKE_C_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${stage})
step(builds ${CMAKE_COMMAND} --build ${WORK}/build)
# Windows looks for the library there.
if(WIN32)
  set(ENV{PATH} "${stage}/bin;$ENV{PATH}")
endif()
file(GLOB program ${WORK}/build/consumer ${WORK}/build/consumer.exe)
step(runs ${program})
say("consumer: ${passed} passed, 0 failed, 0 skipped")
