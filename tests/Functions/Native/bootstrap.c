/* A runtime client without any library: fetches events from the Runtime API and answers {"native":EVENT}; the event "fail" is an error. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static char buffer[8 << 20];
static char answer[8 << 20];

/* Sends a request on a connection and reads the whole answer into the buffer; gives its body. */
static char *exchange(int fd, const char *request, size_t length) {
    for (size_t sent = 0; sent < length;) {
        ssize_t count = write(fd, request + sent, length - sent);
        if (count <= 0) exit(2);
        sent += count;
    }
    size_t have = 0;
    while (have < sizeof buffer - 1) {
        ssize_t count = read(fd, buffer + have, sizeof buffer - 1 - have);
        if (count <= 0) exit(3);
        have += count;
        buffer[have] = 0;
        char *body = strstr(buffer, "\r\n\r\n");
        if (!body) continue;
        char *field = strcasestr(buffer, "content-length:");
        size_t expected = field && field < body ? strtoul(field + 15, NULL, 10) : 0;
        if (have >= (size_t)(body + 4 - buffer) + expected) return body + 4;
    }
    exit(4);
}

int main(void) {
    char host[64] = "", request[512], id[64];
    int port = 0;
    if (sscanf(getenv("AWS_LAMBDA_RUNTIME_API"), "%63[^:]:%d", host, &port) != 2) return 5;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return 6;
    for (;;) {
        int length = snprintf(request, sizeof request, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", host);
        char *event = exchange(fd, request, length);
        char *field = strcasestr(buffer, "lambda-runtime-aws-request-id:");
        if (!field || sscanf(field + 30, " %63[^\r]", id) != 1) return 7;
        const char *kind = strcmp(event, "\"fail\"") == 0 ? "error" : "response";
        char *body = *kind == 'e' ? strdup("{\"errorMessage\":\"it failed\",\"errorType\":\"NativeError\"}") : NULL;
        size_t size = body ? strlen(body) : strlen(event) + 11;
        length = snprintf(answer, sizeof answer, "POST /2018-06-01/runtime/invocation/%s/%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n", id, kind, host, size);
        length += body ? snprintf(answer + length, sizeof answer - length, "%s", body)
                       : snprintf(answer + length, sizeof answer - length, "{\"native\":%s}", event);
        free(body);
        exchange(fd, answer, length);
    }
}
