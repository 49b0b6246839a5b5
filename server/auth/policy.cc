#include "server/auth/policy.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/auth/strict_json.h"

namespace inventory::auth {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxScopeIdBytes = 64;

absl::Status Wrong(std::string_view what) {
  return absl::InvalidArgumentError(absl::string_view(what.data(), what.size()));
}

// Names of members that are none of those that are known.
absl::Status CheckNames(const json& object, const std::set<std::string>& known) {
  for (const auto& [name, value] : object.items()) {
    if (!known.contains(name)) {
      return Wrong(absl::StrCat("\"", name, "\" is not known; there are ", absl::StrJoin(known, ", ")));
    }
  }
  return absl::OkStatus();
}

std::optional<Role> RoleOf(const json& binding) {
  const std::string* text = FindText(binding, "role");
  for (const Role role : {Role::kReader, Role::kSeller, Role::kOperator, Role::kAdmin}) {
    if (text != nullptr && *text == NameOf(role)) return role;
  }
  return std::nullopt;
}

absl::StatusOr<Scope> ScopeOf(const json& binding, const char* name) {
  const auto found = binding.find(name);
  if (found == binding.end()) return Scope();
  if (!found->is_array() || found->empty() || found->size() > Policy::kMaxScope) {
    return Wrong(absl::StrCat(name, " must be a list of 1 to ", Policy::kMaxScope, " ids; leave it out for all"));
  }
  std::set<std::string> ids;
  for (const json& id : *found) {
    const auto* text = id.get_ptr<const std::string*>();
    if (text == nullptr || text->empty() || text->size() > kMaxScopeIdBytes) {
      return Wrong(absl::StrCat(name, " must be ids of 1 to ", kMaxScopeIdBytes, " bytes"));
    }
    ids.insert(*text);
  }
  return Scope(std::move(ids));
}

absl::StatusOr<Grant> GrantOf(const json& binding) {
  const std::optional<Role> role = RoleOf(binding);
  if (!role) return Wrong("role must be reader, seller, operator or admin");
  absl::StatusOr<Scope> warehouses = ScopeOf(binding, "warehouses");
  if (!warehouses.ok()) return warehouses.status();
  absl::StatusOr<Scope> channels = ScopeOf(binding, "channels");
  if (!channels.ok()) return channels.status();
  return Grant{.role = *role, .warehouses = *std::move(warehouses), .channels = *std::move(channels)};
}

// What is wrong with the name or pattern of an identity; empty if nothing.
std::string IdentityProblem(const std::string& name) {
  if (name.size() > kMaxNameBytes) return absl::StrCat("has more than ", kMaxNameBytes, " bytes");
  const bool spiffe = absl::StartsWith(name, "spiffe://") && name.size() > 9 && name[9] != '/' && name[9] != '*';
  const bool dns = absl::StartsWith(name, "dns:") && name.size() > 4;
  const bool jwt = absl::StartsWith(name, "jwt:") && name.size() > 4;
  if (!spiffe && !dns && !jwt) return "must be spiffe://..., dns:... or jwt:...";
  // The subject of a token may be any text.
  if (jwt) return "";
  const std::size_t star = name.find('*');
  if (star == std::string::npos) return "";
  const bool at_end = spiffe && star + 1 == name.size() && absl::EndsWith(name, "/*");
  const bool at_begin = dns && star == 4 && name.find('*', 5) == std::string::npos && name.size() > 6 && name[5] == '.';
  return at_end || at_begin ? "" : "may have a * only as spiffe://.../* or dns:*.domain";
}

bool Holds(const json& claim, bool is_words, const std::string& value) {
  if (const auto* text = claim.get_ptr<const std::string*>(); text != nullptr) {
    if (!is_words) return *text == value;
    const std::vector<std::string> words = absl::StrSplit(*text, ' ', absl::SkipEmpty());
    return std::find(words.begin(), words.end(), value) != words.end();
  }
  return claim.is_array() && std::find(claim.begin(), claim.end(), value) != claim.end();
}

}  // namespace

absl::StatusOr<Policy> Policy::Parse(std::string_view text) {
  if (text.size() > kMaxBytes) return Wrong(absl::StrCat("it has more than ", kMaxBytes, " bytes"));
  absl::StatusOr<json> file = ParseObject(text);
  if (!file.ok()) return file.status();
  absl::Status named = CheckNames(*file, {"bindings"});
  if (!named.ok()) return named;
  const auto bindings = file->find("bindings");
  if (bindings == file->end() || !bindings->is_array()) return Wrong("it must have a list of bindings");
  if (bindings->size() > kMaxBindings) return Wrong(absl::StrCat("it has more than ", kMaxBindings, " bindings"));
  Policy policy;
  for (const json& binding : *bindings) {
    absl::Status added = policy.Add(binding);
    if (!added.ok()) return Wrong(absl::StrCat("bindings[", policy.size_, "]: ", added.message()));
    ++policy.size_;
  }
  return policy;
}

absl::Status Policy::Add(const json& binding) {
  if (!binding.is_object()) return Wrong("it is not an object");
  const bool by_claim = binding.contains("claim");
  if (by_claim == binding.contains("identity")) return Wrong("it needs one of identity and claim");
  absl::Status named = by_claim ? CheckNames(binding, {"claim", "value", "role", "warehouses", "channels"})
                                : CheckNames(binding, {"identity", "role", "warehouses", "channels"});
  if (!named.ok()) return named;
  absl::StatusOr<Grant> grant = GrantOf(binding);
  if (!grant.ok()) return grant.status();
  if (by_claim) {
    const std::string* claim = FindText(binding, "claim");
    const std::string* value = FindText(binding, "value");
    if (value == nullptr || value->empty()) return Wrong("value must be a text");
    const bool is_pointer = claim != nullptr && claim->size() > 1 && claim->front() == '/';
    if (!is_pointer) return Wrong("claim must be a JSON pointer like /groups or /realm_access/roles");
    try {
      claims_.push_back({json::json_pointer(*claim), *claim == "/scope", *value, *std::move(grant)});
    } catch (const json::exception&) {
      return Wrong("claim must be a JSON pointer: / and ~ within a name are written ~1 and ~0");
    }
    return absl::OkStatus();
  }
  const std::string* identity = FindText(binding, "identity");
  const std::string problem = identity == nullptr ? "must be a text" : IdentityProblem(*identity);
  if (!problem.empty()) return Wrong(absl::StrCat("identity ", problem));
  AddIdentity(*identity, *std::move(grant));
  return absl::OkStatus();
}

void Policy::AddIdentity(const std::string& name, Grant grant) {
  if (absl::StartsWith(name, "dns:*")) {
    below_domain_.emplace_back(name.substr(5), std::move(grant));
  } else if (absl::StartsWith(name, "spiffe:") && absl::EndsWith(name, "/*")) {
    below_.emplace_back(name.substr(0, name.size() - 1), std::move(grant));
  } else {
    exact_.emplace(name, std::move(grant));
  }
}

Caller Policy::Judge(const Identity& identity, const json* claims) const {
  Caller caller{.identity = identity, .grants = {}};
  const auto add = [&caller](const Grant& grant) {
    const bool known = std::find(caller.grants.begin(), caller.grants.end(), grant) != caller.grants.end();
    if (!known) caller.grants.push_back(grant);
  };
  const std::string& name = identity.name;
  for (auto [at, end] = exact_.equal_range(name); at != end; ++at) add(at->second);
  for (const auto& [prefix, grant] : below_) {
    if (name.size() > prefix.size() && absl::StartsWith(name, prefix)) add(grant);
  }
  for (const auto& [domain, grant] : below_domain_) {
    if (absl::StartsWith(name, "dns:") && name.size() > 4 + domain.size() && absl::EndsWith(name, domain)) add(grant);
  }
  if (claims == nullptr) return caller;
  for (const ClaimBinding& binding : claims_) {
    if (claims->contains(binding.claim) && Holds(claims->at(binding.claim), binding.is_words, binding.value)) {
      add(binding.grant);
    }
  }
  return caller;
}

}  // namespace inventory::auth
