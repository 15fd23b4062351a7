#ifndef NNLUT_CLIBCURL_H
#define NNLUT_CLIBCURL_H

// libcurl for Swift. curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which
// Swift cannot call: here is one typed function for each kind of option. All return libcurl's own
// codes; nnlut_curl_error_text turns one into text.

#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

/// Called with `size` × `count` bytes; returns how many it took (fewer ends the transfer).
typedef size_t (*nnlut_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);
/// Called about once a second and while bytes move; non-zero ends the transfer.
typedef int (*nnlut_curl_progress_callback)(
    void *context, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total,
    curl_off_t uploaded);
/// Called to send the body again from `offset`; returns CURL_SEEKFUNC_OK or CURL_SEEKFUNC_FAIL.
typedef int (*nnlut_curl_seek_callback)(void *context, curl_off_t offset, int origin);

CURLcode nnlut_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode nnlut_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode nnlut_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode nnlut_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode nnlut_curl_set_pointer(CURL *handle, CURLoption option, void *value);
/// The request's body, copied.
CURLcode nnlut_curl_set_body(CURL *handle, const void *bytes, size_t count);
CURLcode nnlut_curl_set_writer(CURL *handle, nnlut_curl_data_callback callback, void *context);
CURLcode nnlut_curl_set_header_reader(
    CURL *handle, nnlut_curl_data_callback callback, void *context);
/// Uploads `size` bytes that `callback` gives.
CURLcode nnlut_curl_set_reader(
    CURL *handle, nnlut_curl_data_callback callback, nnlut_curl_seek_callback seek, void *context,
    curl_off_t size);
CURLcode nnlut_curl_set_progress(
    CURL *handle, nnlut_curl_progress_callback callback, void *context);

CURLcode nnlut_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode nnlut_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
/// NULL when there is none; valid until the handle is used again.
const char *nnlut_curl_get_text(CURL *handle, CURLINFO info);

CURLMcode nnlut_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);
/// Takes one finished transfer off `multi`'s list: its handle, or NULL when there is none.
CURL *nnlut_curl_multi_finished(CURLM *multi, CURLcode *result);

/// Blocks SIGPIPE in the calling thread: a TLS library writes to sockets that the other side has
/// closed, and with CURLOPT_NOSIGNAL libcurl leaves the signal, which ends the process, alone.
void nnlut_curl_block_broken_pipe_signal(void);

/// What an error code means, with the detail that libcurl wrote into `buffer` where there is one.
const char *nnlut_curl_error_text(CURLcode code, const char *buffer);

/// Which addresses a transfer may connect to, checked on the address itself at every connection,
/// so that no name, redirect or DNS trick gets around it.
typedef struct {
  /// Whether loopback, private, link-local and other special addresses are allowed.
  int allows_private;
  /// Whether only such addresses are allowed.
  int requires_private;
  /// Set when a connection was refused, with the address as text.
  int refused;
  char address[64];
} nnlut_address_guard;

/// `guard` must outlive the handle's transfers.
CURLcode nnlut_curl_set_address_guard(CURL *handle, nnlut_address_guard *guard);

/// Whether `address` (numeric IPv4 or IPv6) is one that the public internet does not route:
/// 1 yes, 0 no, -1 when it is no address.
int nnlut_address_is_private(const char *address);

#endif
