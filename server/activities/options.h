// What the operator lets activities do.
#ifndef INVENTORY_SERVER_ACTIVITIES_OPTIONS_H_
#define INVENTORY_SERVER_ACTIVITIES_OPTIONS_H_

#include <string>

#include "server/activities/destinations.h"

namespace inventory::activities {

struct Options {
  Hosts webhook_hosts;                // Whom webhooks may call. Default: everyone.
  Networks webhook_private_networks;  // What they may reach besides public addresses. Default: nothing.
  std::string webhook_secrets;        // Folder of the secrets that webhooks are signed with. Default empty: no secrets.
  // PEM file of the authorities that the certificates of https receivers are verified against. Default empty: the
  // system's.
  std::string webhook_ca_file;
};

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_OPTIONS_H_
