// The low-level digests are marked as deprecated, but they are the ones that allocate nothing:
// EVP of OpenSSL 3.0 allocates its state anew for every digest, even in a context that is kept.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
