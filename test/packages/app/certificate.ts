/** A key that guards nothing: of the TLS end in front of a test's Redis, on this machine alone. */
export const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIDTEwsKF9GZoA4Ruqkm4X6b7VgoDQ6y3sW7hjqdXDUoaoAoGCCqGSM49
AwEHoUQDQgAEQ1lbgDphZZAu9rjthPc74Lt/WbFxhEkvrd/EceZx5tXONpIrBN7T
1z2OfAGEiXxEwlkvOjwfWO5ZEuTSize5Lw==
-----END EC PRIVATE KEY-----
`;
/** Its certificate, self-signed, for localhost and 127.0.0.1, good until 2120. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBaDCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABENZW4A6YWWQLva4
7YT3O+C7f1mxcYRJL63fxHHmcebVzjaSKwTe09c9jnwBhIl8RMJZLzo8H1juWRLk
0os3uS+jTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBTDlH9pyXjuj4IVI7BcTfaai6HsgjAKBggqhkjOPQQD
AgNJADBGAiEAjqS3I9nDw5CSlSxZgrOJbgPodXTjPFaPho+ZhpIofuQCIQDDpNK7
R2772S/gDBkcvW+ono+hCXpdHP5IaIFrS9ec3g==
-----END CERTIFICATE-----
`;
