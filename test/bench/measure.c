/*
 * measure floor TICKS: the least that a ranking tick can cost. Opens /proc/PID/oom_score of every process once, then reads each of
 * them once a tick by pread() from the kept descriptor, and does nothing with what it reads.
 *
 * measure run COMMAND ARGUMENTS...: runs a command to its end, its output thrown away.
 *
 * Both print the CPU time that this took, user and system: {"processes":N,"cpuMicroseconds":N} of one tick, or of the command and all
 * that it waited for.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double microseconds(const struct rusage *usage)
{
    return (double)usage->ru_utime.tv_sec * 1e6 + (double)usage->ru_utime.tv_usec +
           (double)usage->ru_stime.tv_sec * 1e6 + (double)usage->ru_stime.tv_usec;
}

static int measure_floor(int ticks)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int *descriptors = calloc(limit.rlim_max, sizeof *descriptors);
    DIR *proc = opendir("/proc");
    if (descriptors == NULL || proc == NULL)
        return 1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        char path[64];
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof path, "/proc/%.20s/oom_score", entry->d_name);
        int descriptor = open(path, O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0)
            descriptors[count++] = descriptor;
    }
    closedir(proc);
    char line[16];
    struct rusage before, after;
    for (int tick = -5; tick < ticks; tick++) {
        if (tick == 0)
            getrusage(RUSAGE_SELF, &before);
        for (int index = 0; index < count; index++)
            (void)!pread(descriptors[index], line, sizeof line, 0);
    }
    getrusage(RUSAGE_SELF, &after);
    printf("{\"processes\":%d,\"cpuMicroseconds\":%.1f}\n", count,
           (microseconds(&after) - microseconds(&before)) / ticks);
    return 0;
}

static int measure_run(char **command)
{
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, 0);
        dup2(nowhere, 1);
        execvp(command[0], command);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child || status != 0) {
        fprintf(stderr, "%s failed\n", command[0]);
        return 1;
    }
    printf("{\"processes\":1,\"cpuMicroseconds\":%.1f}\n", microseconds(&usage));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "floor") == 0)
        return measure_floor(atoi(argv[2]));
    if (argc >= 3 && strcmp(argv[1], "run") == 0)
        return measure_run(argv + 2);
    fprintf(stderr, "usage: measure floor TICKS | measure run COMMAND...\n");
    return 2;
}
