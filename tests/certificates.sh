# For test scripts: certificates and keys of tokens, made in the current folder. To be sourced after tests/serving.sh.
# shellcheck shell=bash

# An authority: ca.pem and ca.key.
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=ca \
    -keyout ca.key -out ca.pem 2>>openssl.out
}

# A certificate of it, $1.pem and $1.key, with the alternative names $2.
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" \
    -CA ca.pem -CAkey ca.key -addext "subjectAltName=$2" -addext basicConstraints=CA:FALSE \
    -keyout "$1.key" -out "$1.pem" 2>>openssl.out
}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }

# The key of an issuer of tokens, issuer.key, and the set of keys that its tokens are verified with, keys.json.
make_token_keys() {
  openssl genpkey -algorithm ed25519 -out issuer.key 2>>openssl.out
  printf '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": "%s"}]}' \
    "$(openssl pkey -in issuer.key -pubout -outform DER | tail -c 32 | base64url)" >keys.json
}

# A token of that issuer, "shop", for the subject $1 and the audience "inventory", for an hour.
make_token() {
  local text
  text="$(printf '{"alg": "EdDSA", "kid": "1"}' | base64url)"
  text+=".$(printf '{"iss": "shop", "aud": "inventory", "sub": "%s", "exp": %d}' "$1" $(($(date +%s) + 3600)) | base64url)"
  printf '%s' "$text" >signed
  echo "$text.$(openssl pkeyutl -sign -rawin -inkey issuer.key -in signed | base64url)"
}
