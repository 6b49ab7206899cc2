/*
 * System calls without a C library: starting one costs 0.3 ms, as much as all the rest of the stem's work. Numbers are below zero for errors.
 */
#ifndef PETREL_SYSTEM_H
#define PETREL_SYSTEM_H

#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __NR_close_range
#define __NR_close_range 436
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif

#if defined(__x86_64__)
static long call5(long number, long a, long b, long c, long d, long e)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
static long call5(long number, long a, long b, long c, long d, long e)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}
#else
#error "x86-64 and arm64 are what Petrel runs on"
#endif

#define call(number, a, b, c, d) call5(number, (long)(a), (long)(b), (long)(c), (long)(d), 0)

#define INTERRUPTED (-4)
#define NOT_A_PROGRAM (-8) /* ENOEXEC */

__attribute__((unused)) static size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length] != 0) {
        length++;
        __asm__ volatile(""); /* or the compiler makes it a call of strlen, which nobody brings */
    }
    return length;
}

__attribute__((unused)) static int equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++, b++;
    }
    return *a == *b;
}

#endif
