#include "CLibcurl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// IANA's special-purpose registries (RFC 6890 and its updates): what is not globally reachable.
static int is_private_v4(uint32_t a) {
  static const struct { uint32_t network; int bits; } ranges[] = {
      {0x00000000, 8},   // this network
      {0x0a000000, 8},   // private
      {0x64400000, 10},  // carrier-grade NAT
      {0x7f000000, 8},   // loopback
      {0xa9fe0000, 16},  // link-local (cloud metadata)
      {0xac100000, 12},  // private
      {0xc0000000, 24},  // protocol assignments
      {0xc0000200, 24},  // documentation
      {0xc0a80000, 16},  // private
      {0xc6120000, 15},  // benchmarking
      {0xc6336400, 24},  // documentation
      {0xcb007100, 24},  // documentation
      {0xe0000000, 3},   // multicast and reserved
  };
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
    if ((a ^ ranges[i].network) >> (32 - ranges[i].bits) == 0) return 1;
  }
  return 0;
}

static uint32_t big_endian(const uint8_t *b) {
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int is_private_v6(const uint8_t b[16]) {
  static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
  if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0) {
    return is_private_v4(big_endian(b + 12));
  }
  if (b[0] == 0x20 && b[1] == 0x02) return is_private_v4(big_endian(b + 2));  // 6to4
  // Only 2000::/3 is global unicast; in it, 2001::/23 and 2001:db8::/32 are special.
  if ((b[0] & 0xe0) != 0x20) return 1;
  if (b[0] == 0x20 && b[1] == 0x01 && (b[2] & 0xfe) == 0) return 1;
  return b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8;
}

int nnlut_address_is_private(const char *address) {
  uint8_t bytes[16];
  if (inet_pton(AF_INET, address, bytes) == 1) return is_private_v4(big_endian(bytes));
  if (inet_pton(AF_INET6, address, bytes) == 1) return is_private_v6(bytes);
  return -1;
}

static curl_socket_t open_guarded(
    void *context, curlsocktype purpose, struct curl_sockaddr *target) {
  (void)purpose;
  nnlut_address_guard *guard = context;
  if (!guard->allows_private || guard->requires_private) {
    int is_private = 1;  // a family we do not know, such as a Unix socket
    // libcurl keeps room for any address behind this member.
    const char *address = (const char *)target + offsetof(struct curl_sockaddr, addr);
    if (target->family == AF_INET) {
      struct sockaddr_in v4;
      memcpy(&v4, address, sizeof v4);
      is_private = is_private_v4(ntohl(v4.sin_addr.s_addr));
      inet_ntop(AF_INET, &v4.sin_addr, guard->address, sizeof guard->address);
    } else if (target->family == AF_INET6) {
      struct sockaddr_in6 v6;
      memcpy(&v6, address, sizeof v6);
      is_private = is_private_v6(v6.sin6_addr.s6_addr);
      inet_ntop(AF_INET6, &v6.sin6_addr, guard->address, sizeof guard->address);
    }
    if (is_private ? !guard->allows_private : guard->requires_private) {
      guard->refused = 1;
      return CURL_SOCKET_BAD;
    }
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

CURLcode nnlut_curl_set_address_guard(CURL *handle, nnlut_address_guard *guard) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_guarded);
  return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, guard);
}
