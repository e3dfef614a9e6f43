#define _GNU_SOURCE
#include "CSyscalls.h"

#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

void *ebb_charset_open(const char *to, const char *from) {
    locale_t locale = (locale_t)0;
    if (!*to || !*from) {
        locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
        const char *own = locale ? nl_langinfo_l(CODESET, locale) : "ANSI_X3.4-1968";
        if (!*to) to = own;
        if (!*from) from = own;
    }
    iconv_t conversion = iconv_open(to, from);
    if (locale) freelocale(locale);
    return conversion == (iconv_t)-1 ? NULL : conversion;
}

size_t ebb_charset_own(char *name, size_t room) {
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    const char *own = locale ? nl_langinfo_l(CODESET, locale) : "ANSI_X3.4-1968";
    size_t length = strnlen(own, room);
    memcpy(name, own, length);
    if (locale) freelocale(locale);
    return length;
}

void ebb_charset_close(void *conversion) { iconv_close(conversion); }

ssize_t ebb_charset_convert(void *conversion, const uint8_t *in, size_t in_length, uint8_t *out, size_t out_length) {
    char *from = (char *)in, *to = (char *)out;
    size_t left = in_length, room = out_length;
    iconv(conversion, NULL, NULL, NULL, NULL);
    // The second call ends a text that has shifts.
    if (iconv(conversion, &from, &left, &to, &room) == (size_t)-1 || iconv(conversion, NULL, NULL, &to, &room) == (size_t)-1)
        return errno == E2BIG ? -2 : errno == EINVAL ? -3 : -1;
    return (ssize_t)(out_length - room);
}
