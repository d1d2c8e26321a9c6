#include "figures.h"

#include <sys/resource.h>
#include <time.h>

enum { MOST_US = 8000000 }; /* a longer latency counts as this one */

static uint32_t histograms[EVENTS][MOST_US + 1];
static int64_t counts[EVENTS], refused, begun;
static double cpu_before;

int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

void figures_begin(void)
{
    begun = now();
    cpu_before = cpu_seconds();
}

void figures_count(Event event, int64_t since)
{
    if (!begun)
        return;
    int64_t us = (now() - since) / 1000;
    histograms[event][us < MOST_US ? us : MOST_US]++;
    counts[event]++;
}

void figures_refused(void)
{
    refused++;
}

static int percentile(Event event, double share)
{
    int64_t wanted = (int64_t)((double)counts[event] * share), seen = 0;
    for (int us = 0; us <= MOST_US; us++)
        if ((seen += histograms[event][us]) > wanted)
            return us;
    return 0;
}

static void print_event(FILE *out, const char *name, Event event, double seconds)
{
    fprintf(out, "\"%s\": {\"per_second\": %.1f, \"p50_us\": %d, \"p99_us\": %d}, ", name,
            (double)counts[event] / seconds, percentile(event, 0.5), percentile(event, 0.99));
}

void figures_print(FILE *out, double connect_seconds)
{
    double seconds = begun ? (double)(now() - begun) / 1e9 : 1, cpu = begun ? cpu_seconds() - cpu_before : 0;
    fputs("{", out);
    print_event(out, "delivered", DELIVERED, seconds);
    print_event(out, "acknowledged", ACKNOWLEDGED, seconds);
    fprintf(out, "\"cpu\": %.3f, \"refused\": %ld, \"connect_seconds\": %.3f}\n", cpu / seconds, refused,
            connect_seconds);
    fflush(out);
}
