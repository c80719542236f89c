/*
 * agent: the lab's hands on the machine under test. Process 1 of a guest, or a child of the lab on the host.
 *
 * Reads one request a line and answers in any order; words are separated by blanks, their bytes below 0x21 and above
 * 0x7e and `%` written as %XX, an empty word as `%`:
 *
 *   SEQ start CGROUP CPU PROGRAM ARG...   start it in the cgroup directory (`-`: where we are) on a CPU (-1: any); answers its pid
 *   SEQ send PID LINE                     a line for its standard input
 *   SEQ kill PID                          SIGKILL
 *   SEQ run PROGRAM ARG...                answers `CODE STDOUT STDERR` when it has ended
 *   SEQ read PATH | write PATH TEXT | list PATH | mkdir PATH | rmdir PATH
 *
 *   SEQ ok WORD...  |  SEQ no ERRNO TEXT  |  kmsg RECORD  |  out PID LINE  |  exit PID STATUS  |  hello PID
 *
 * It locks itself in memory and takes all it needs at the start: it has to go on when memory is gone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 256
#define WORDS 512
#define LINE (1 << 18)
#define OUTPUT (1 << 21)

struct child {
  pid_t pid;      /* 0: free */
  int in, out;    /* our ends of its pipes */
  char line[512]; /* what it has said of a line so far */
  int length;
};

static struct child children[CHILDREN];
static int in_fd = 0, out_fd = 1, kmsg_fd = -1;

/* The one program that `run` runs at a time. */
static struct {
  pid_t pid;
  long seq;
  int fds[2];
  long lengths[2];
  int status;
} job;
static char job_text[2][OUTPUT];

static char out[3 * OUTPUT];
static long out_length;

static void flush(void) {
  for (long at = 0; at < out_length;) {
    long n = write(out_fd, out + at, out_length - at);
    if (n < 0 && errno != EINTR && errno != EAGAIN) _exit(1);
    if (n > 0) at += n;
  }
  out_length = 0;
}

static void raw(const char *text) {
  while (*text && out_length < (long)sizeof out) out[out_length++] = *text++;
}

static void number(long value) {
  char text[24];
  snprintf(text, sizeof text, " %ld", value);
  raw(text);
}

static void word(const char *bytes, long length) {
  static const char hex[] = "0123456789abcdef";
  raw(" ");
  if (length == 0) raw("%");
  for (long i = 0; i < length && out_length + 4 < (long)sizeof out; i++) {
    unsigned char c = (unsigned char)bytes[i];
    if (c > 0x20 && c < 0x7f && c != '%') out[out_length++] = (char)c;
    else {
      out[out_length++] = '%';
      out[out_length++] = hex[c >> 4];
      out[out_length++] = hex[c & 15];
    }
  }
}

static void end(void) {
  raw("\n");
  flush();
}

/* The kernel's own lines come before all other messages: a report is known before the deaths that it names. */
static void read_kmsg(void) {
  char record[8192];
  for (;;) {
    long n = read(kmsg_fd, record, sizeof record);
    if (n < 0 && errno == EPIPE) continue; /* records were lost; the reader sees it by their numbers */
    if (n <= 0) return;
    raw("kmsg");
    word(record, n);
    end();
  }
}

static void begin(long seq, const char *verdict) {
  char text[24];
  read_kmsg();
  snprintf(text, sizeof text, "%ld ", seq);
  raw(text);
  raw(verdict);
}

static void refuse(long seq, int error) {
  begin(seq, "no");
  number(error);
  word(strerror(error), (long)strlen(strerror(error)));
  end();
}

static void answer(long seq, int failed) {
  if (failed) return refuse(seq, errno);
  begin(seq, "ok");
  end();
}

/* Undoes %XX in place; the result may hold any byte but NUL. */
static char *decoded(char *text) {
  char *to = text, *from = text;
  for (; *from; from++) {
    if (*from == '%' && from[1] && from[2]) {
      char byte[3] = {from[1], from[2], 0};
      *to++ = (char)strtoul(byte, NULL, 16);
      from += 2;
    } else if (*from != '%') *to++ = *from;
  }
  *to = 0;
  return text;
}

static int put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_TRUNC);
  if (fd < 0) return -1;
  long n = write(fd, text, strlen(text));
  int error = errno;
  close(fd);
  errno = error;
  return n < 0 ? -1 : 0;
}

static void get(long seq, const char *path) {
  static char text[LINE];
  long length = 0, n;
  int fd = open(path, O_RDONLY);
  if (fd < 0) return refuse(seq, errno);
  while ((n = read(fd, text + length, sizeof text - length)) > 0) length += n;
  int error = errno;
  close(fd);
  if (n < 0) return refuse(seq, error);
  begin(seq, "ok");
  word(text, length);
  end();
}

static void list(long seq, const char *path) {
  DIR *dir = opendir(path);
  if (!dir) return refuse(seq, errno);
  begin(seq, "ok");
  for (struct dirent *entry; (entry = readdir(dir));)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) word(entry->d_name, (long)strlen(entry->d_name));
  closedir(dir);
  end();
}

static void become(const char *adj, const char *cgroup, int cpu, int in, int to, int err, char **argv) {
  sigset_t none;
  char path[512];
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  dup2(in, 0);
  dup2(to, 1);
  dup2(err, 2);
  closefrom(3);
  if (strcmp(cgroup, "-")) {
    snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
    if (put(path, "0")) { perror(path); _exit(126); }
  }
  if (cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  if (adj) put("/proc/self/oom_score_adj", adj);
  execv(argv[0], argv);
  perror(argv[0]);
  _exit(127);
}

static struct child *child_of(pid_t pid) {
  for (int i = 0; i < CHILDREN; i++)
    if (children[i].pid == pid) return &children[i];
  return NULL;
}

static void start(long seq, const char *cgroup, int cpu, char **argv) {
  int in[2], to[2];
  struct child *child = child_of(0);
  if (!child) return refuse(seq, EAGAIN);
  if (pipe2(in, O_CLOEXEC)) return refuse(seq, errno);
  if (pipe2(to, O_CLOEXEC)) return refuse(seq, errno);
  pid_t pid = fork();
  if (pid < 0) return refuse(seq, errno);
  if (pid == 0) become("0", cgroup, cpu, in[0], to[1], to[1], argv);
  close(in[0]);
  close(to[1]);
  fcntl(to[0], F_SETFL, O_NONBLOCK);
  *child = (struct child){.pid = pid, .in = in[1], .out = to[0]};
  begin(seq, "ok");
  number(pid);
  end();
}

static void run(long seq, char **argv) {
  int to[2], err[2];
  if (job.pid) return refuse(seq, EBUSY);
  if (pipe2(to, O_CLOEXEC)) return refuse(seq, errno);
  if (pipe2(err, O_CLOEXEC)) return refuse(seq, errno);
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pid_t pid = fork();
  if (pid < 0) return refuse(seq, errno);
  /* It keeps our -1000 where we have it: the command that asks for the victim has ended by then and is no candidate. */
  if (pid == 0) become(NULL, "-", -1, null, to[1], err[1], argv);
  close(to[1]);
  close(err[1]);
  close(null);
  job.pid = pid;
  job.seq = seq;
  job.fds[0] = to[0];
  job.fds[1] = err[0];
  job.lengths[0] = job.lengths[1] = 0;
  job.status = -1;
}

static void finish_job(void) {
  if (!job.pid || job.fds[0] >= 0 || job.fds[1] >= 0 || job.status < 0) return;
  begin(job.seq, "ok");
  number(WIFEXITED(job.status) ? WEXITSTATUS(job.status) : 128 + WTERMSIG(job.status));
  word(job_text[0], job.lengths[0]);
  word(job_text[1], job.lengths[1]);
  job.pid = 0;
  end();
}

static void read_job(int which) {
  char spill[4096];
  long room = OUTPUT - job.lengths[which];
  long n = room > 0 ? read(job.fds[which], job_text[which] + job.lengths[which], room)
                    : read(job.fds[which], spill, sizeof spill);
  if (n > 0 && room > 0) job.lengths[which] += n;
  if (n > 0) return;
  close(job.fds[which]);
  job.fds[which] = -1;
  finish_job();
}

static void read_child(struct child *child) {
  char text[512];
  long n = read(child->out, text, sizeof text);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    close(child->out);
    child->out = -1;
    return;
  }
  for (long i = 0; i < n; i++) {
    if (text[i] != '\n') {
      if (child->length < (int)sizeof child->line) child->line[child->length++] = text[i];
      continue;
    }
    read_kmsg();
    raw("out");
    number(child->pid);
    word(child->line, child->length);
    end();
    child->length = 0;
  }
}

static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == job.pid) {
      job.status = status;
      finish_job();
      continue;
    }
    struct child *child = child_of(pid);
    if (!child) continue; /* an orphan that came to us as process 1 */
    if (child->out >= 0) {
      read_child(child);
      if (child->out >= 0) close(child->out);
    }
    close(child->in);
    child->pid = 0;
    read_kmsg();
    raw("exit");
    number(pid);
    number(status);
    end();
  }
}

static void obey(char *line) {
  char *words[WORDS + 1];
  int count = 0;
  for (char *at = strtok(line, " "); at && count < WORDS; at = strtok(NULL, " ")) words[count++] = at;
  words[count] = NULL;
  if (count < 2) return;
  long seq = atol(words[0]);
  const char *verb = words[1];
  for (int i = 2; i < count; i++) decoded(words[i]);
  if (!strcmp(verb, "start") && count > 4) start(seq, words[2], atoi(words[3]), words + 4);
  else if (!strcmp(verb, "run") && count > 2) run(seq, words + 2);
  else if (!strcmp(verb, "read") && count == 3) get(seq, words[2]);
  else if (!strcmp(verb, "list") && count == 3) list(seq, words[2]);
  else if (!strcmp(verb, "write") && count == 4) answer(seq, put(words[2], words[3]));
  else if (!strcmp(verb, "mkdir") && count == 3) answer(seq, mkdir(words[2], 0755));
  else if (!strcmp(verb, "rmdir") && count == 3) answer(seq, rmdir(words[2]));
  else if (!strcmp(verb, "kill") && count == 3) answer(seq, kill(atoi(words[2]), SIGKILL));
  else if (!strcmp(verb, "send") && count == 4) {
    struct child *child = child_of(atoi(words[2]));
    if (!child) return refuse(seq, ESRCH);
    dprintf(child->in, "%s\n", words[3]);
    answer(seq, 0);
  } else refuse(seq, EINVAL);
}

static void read_requests(void) {
  static char line[LINE];
  static long length;
  long n = read(in_fd, line + length, sizeof line - length);
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) _exit(0);
  if (n < 0) return;
  length += n;
  for (char *newline; (newline = memchr(line, '\n', length));) {
    *newline = 0;
    long used = newline + 1 - line;
    obey(line);
    memmove(line, line + used, length - used);
    length -= used;
  }
}

/* agent [DEVICE]: the line to the lab, else standard input and output. */
int main(int argc, char **argv) {
  static struct pollfd fds[CHILDREN + 8];
  static int owner[CHILDREN + 8];
  if (argc > 1 && (in_fd = out_fd = open(argv[1], O_RDWR | O_CLOEXEC)) < 0) return 1;
  put("/proc/self/oom_score_adj", "-1000"); /* refused on the host without CAP_SYS_RESOURCE: we are in no lab cgroup there */
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
  int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (kmsg_fd >= 0) lseek(kmsg_fd, 0, SEEK_END);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  raw("hello");
  number(getpid());
  end();
  for (;;) {
    int count = 0;
    fds[count++] = (struct pollfd){in_fd, POLLIN, 0};
    fds[count++] = (struct pollfd){signals, POLLIN, 0};
    fds[count++] = (struct pollfd){kmsg_fd, POLLIN, 0};
    fds[count++] = (struct pollfd){job.pid ? job.fds[0] : -1, POLLIN, 0};
    fds[count++] = (struct pollfd){job.pid ? job.fds[1] : -1, POLLIN, 0};
    int first = count;
    for (int i = 0; i < CHILDREN; i++)
      if (children[i].pid && children[i].out >= 0) {
        owner[count] = i;
        fds[count++] = (struct pollfd){children[i].out, POLLIN, 0};
      }
    if (poll(fds, count, -1) < 0 && errno != EINTR) return 1;
    if (fds[2].revents & POLLIN) read_kmsg();
    for (int i = first; i < count; i++)
      if (fds[i].revents) read_child(&children[owner[i]]);
    for (int i = 0; i < 2; i++)
      if (fds[3 + i].revents) read_job(i);
    if (fds[1].revents & POLLIN) {
      struct signalfd_siginfo info;
      while (read(signals, &info, sizeof info) > 0) continue;
      reap();
    }
    if (fds[0].revents) read_requests();
  }
}
