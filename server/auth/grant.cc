#include "server/auth/grant.h"

namespace inventory::auth {

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kAnyone:
      return "anyone";
    case Role::kReader:
      return "reader";
    case Role::kSeller:
      return "seller";
    case Role::kOperator:
      return "operator";
    case Role::kAdmin:
      return "admin";
  }
  return "unknown";
}

bool Includes(Role has, Role needed) {
  if (has == needed || has == Role::kAdmin || needed == Role::kAnyone) return true;
  return needed == Role::kReader && has != Role::kAnyone;
}

std::string_view NameOf(Identity::Source source) {
  switch (source) {
    case Identity::Source::kNone:
      return "none";
    case Identity::Source::kCertificate:
      return "certificate";
    case Identity::Source::kToken:
      return "token";
  }
  return "unknown";
}

}  // namespace inventory::auth
