// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>

// Swift cannot call variadic functions.

static inline CURLcode daybook_curl_set_text(CURL *handle, CURLoption option, const char *text) {
  return curl_easy_setopt(handle, option, text);
}

static inline CURLcode daybook_curl_set_number(CURL *handle, CURLoption option, long number) {
  return curl_easy_setopt(handle, option, number);
}

static inline CURLcode daybook_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(handle, option, list);
}

/// Where the body of an answer goes, and where the text of an error.
static inline CURLcode daybook_curl_set_sinks(CURL *handle, curl_write_callback write, void *context, char *error) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, write);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  return code;
}

/// The status of the last answer; 0 without one.
static inline long daybook_curl_status(CURL *handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}
