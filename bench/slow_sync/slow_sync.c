/* Makes a disk slower: adds SLOW_SYNC_US microseconds to each fsync and fdatasync of the program that loads it.
 *
 * gcc -shared -fPIC -o slow_sync.so slow_sync.c, then LD_PRELOAD=…/slow_sync.so SLOW_SYNC_US=1000 program. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

typedef int Sync(int fd);

static void delay(void)
{
    const char *given = getenv("SLOW_SYNC_US");
    long us = given ? atol(given) : 0;
    struct timespec left = {us / 1000000, us % 1000000 * 1000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

static int slowly(const char *name, int fd)
{
    Sync *sync = (Sync *)dlsym(RTLD_NEXT, name);
    int result = sync(fd), kept = errno;
    delay();
    errno = kept;
    return result;
}

int fsync(int fd)
{
    return slowly("fsync", fd);
}

int fdatasync(int fd)
{
    return slowly("fdatasync", fd);
}
