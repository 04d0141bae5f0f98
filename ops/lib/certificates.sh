# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Certificates for checks of TLS.

certificates= # their directory, set by make_certificates

# make_certificates DIRECTORY: an authority, a certificate for `localhost` from it, another authority.
make_certificates() {
  certificates=$1
  own "$certificates"
  (
    cd "$certificates"
    local name
    for name in ca other; do
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=daybook check $name" \
        -keyout "$name.key" -out "$name.crt" 2>/dev/null
    done
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr 2>/dev/null
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt \
      -extfile <(echo subjectAltName=DNS:localhost) 2>/dev/null
    cat server.key server.crt >server.pem
    chmod 600 ./*.key server.pem
  )
  if ((EUID == 0)); then chown -R postgres: "$certificates"; fi
}
