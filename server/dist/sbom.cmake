# What each program is linked with, as SPDX 2.3 in JSON: `make sbom`. Goes into the packages, and so into the image.
# Made by what Ninja, the linker and dpkg know; where one of them is missing nothing is listed.
find_program(INVENTORY_DPKG_QUERY dpkg-query)
include(CheckLinkerFlag)
check_linker_flag(CXX "LINKER:--dependency-file=${CMAKE_CURRENT_BINARY_DIR}/check.inputs" INVENTORY_LINKER_TELLS_INPUTS)
if(NOT CMAKE_GENERATOR STREQUAL "Ninja" OR NOT EXISTS /usr/bin/python3 OR NOT INVENTORY_DPKG_QUERY
   OR NOT INVENTORY_LINKER_TELLS_INPUTS OR INVENTORY_SANITIZE OR INVENTORY_COVERAGE)
  add_custom_target(inventory_sbom)
  return()
endif()

# The time of the release, which its changelog says.
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/server/dev/version.sh --epoch
  OUTPUT_VARIABLE release_epoch OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

# Notes what program `target` of package `name` is linked with, and installs it with that package's `component`.
function(inventory_add_sbom target name component)
  target_link_options(${target} PRIVATE "LINKER:--dependency-file=$<TARGET_FILE:${target}>.inputs")
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.spdx.json)
  set(scripts ${CMAKE_CURRENT_SOURCE_DIR}/sbom)
  add_custom_command(OUTPUT ${file}
    COMMAND /usr/bin/python3 -B ${scripts}/make.py ${PROJECT_BINARY_DIR} $<TARGET_FILE:${target}> ${name}
            ${PROJECT_VERSION} ${release_epoch} > ${file}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${file}.new ${file}
    DEPENDS ${target} ${scripts}/make.py ${scripts}/debian.py ${scripts}/licences.py ${scripts}/program.py VERBATIM)
  set_property(GLOBAL APPEND PROPERTY INVENTORY_SBOMS ${file})
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/inventory/sbom
    COMPONENT ${component}_debian EXCLUDE_FROM_ALL)
endfunction()

inventory_add_sbom(inventory-server inventory-server server)
inventory_add_sbom(inventoryctl inventoryctl cli)
if(TARGET inventory_otlp)
  inventory_add_sbom(inventory_otlp inventory-server-otlp otlp)
endif()
get_property(sboms GLOBAL PROPERTY INVENTORY_SBOMS)
add_custom_target(inventory_sbom ALL DEPENDS ${sboms})
