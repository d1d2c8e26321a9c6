/* What the load generator counts, and how it prints it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum { DELIVERED, ACKNOWLEDGED, EVENTS } Event;

/* Nanoseconds of a clock that only moves forward. */
int64_t now(void);
/* Count from now on. Before that only refusals count. */
void figures_begin(void);
void figures_count(Event event, int64_t since);
void figures_refused(void);
/* Prints messages a second, latencies in microseconds, and how much of a core this program used since the beginning. */
void figures_print(FILE *out, double connect_seconds);
