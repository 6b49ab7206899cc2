/* What a container image starts in the tests: a client of the Runtime API that answers what it sees around it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char buffer[1 << 20];

static void exchange(int fd, const char *request, size_t length) {
    if (write(fd, request, length) != (ssize_t)length) exit(2);
    size_t have = 0;
    while (have < sizeof buffer - 1) {
        ssize_t count = read(fd, buffer + have, sizeof buffer - 1 - have);
        if (count <= 0) exit(3);
        have += count;
        buffer[have] = 0;
        char *body = strstr(buffer, "\r\n\r\n");
        if (!body) continue;
        char *field = strcasestr(buffer, "content-length:");
        if (have >= (size_t)(body + 4 - buffer) + (field && field < body ? strtoul(field + 15, NULL, 10) : 0)) return;
    }
    exit(4);
}

static const char *file(const char *path) {
    static char content[256];
    int fd = open(path, O_RDONLY);
    ssize_t count = fd < 0 ? 0 : read(fd, content, sizeof content - 1);
    content[count < 0 ? 0 : count] = 0;
    if (fd >= 0) close(fd);
    content[strcspn(content, "\n\"")] = 0;
    return content;
}

static int can_write(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

int main(int argc, char **argv) {
    static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\n\r\n";
    char host[64], id[64], folder[256] = "", answer[2048], request[4096];
    int port;
    if (sscanf(getenv("AWS_LAMBDA_RUNTIME_API"), "%63[^:]:%d", host, &port) != 2) return 5;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return 6;
    for (;;) {
        exchange(fd, next, sizeof next - 1);
        char *field = strcasestr(buffer, "lambda-runtime-aws-request-id:");
        if (!field || sscanf(field + 30, " %63[^\r]", id) != 1) return 7;
        const char *greeting = getenv("GREETING");
        int size = snprintf(answer, sizeof answer,
            "{\"argument\":\"%s\",\"folder\":\"%s\",\"greeting\":\"%s\",\"version\":\"%s\",\"hostFiles\":%s,\"writesRoot\":%s,\"writesTmp\":%s,\"user\":%d}",
            argc > 1 ? argv[1] : "", getcwd(folder, sizeof folder) ? folder : "", greeting ? greeting : "", file("/app/version"),
            access("/usr/bin/env", F_OK) == 0 || access("/var/task", F_OK) == 0 ? "true" : "false",
            can_write("/app/new") ? "true" : "false", can_write("/tmp/new") ? "true" : "false", (int)getuid());
        int length = snprintf(request, sizeof request,
            "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: api\r\nContent-Length: %d\r\n\r\n%s", id, size, answer);
        exchange(fd, request, length);
    }
}
