/* SPDX-License-Identifier: MIT */
/*
 * Between the guest and the gate, the library in a booted interpreter that
 * forks a program per run (isolation = fork). Both are of one build and in one
 * container: native structs, one per SOCK_SEQPACKET record.
 *
 *   guest -> gate   struct gate_request with GATE_FDS descriptors
 *   gate -> guest   int32_t: pid of the run's init, as the guest sees it
 *
 * and over the run's own stream socket (GATE_FD_RUN), which the gate itself
 * never reads, so that no run's bytes are left in what the next is forked from:
 *
 *   guest -> program   struct gate_program, extras (args_and_files.h), its text
 *   program -> guest   with JOB_RETURN_FILES: struct gate_report of kind
 *                      GATE_BOX and the working directory, a descriptor: before
 *                      the script begins, so that it is there however that ends
 *   either -> guest    struct gate_report, GATE_FAILED: there was no script
 *   init -> guest      struct gate_report, GATE_ENDED
 */
#ifndef SCE_GATE_H
#define SCE_GATE_H

#include <stdint.h>

/* The gate's end of the socket, when its interpreter is executed. */
#define GATE_SOCKET_FD 3
/* "BOX_BYTES TMP_BYTES SHM_BYTES MODULE,MODULE"; gone before Python looks. The
 * modules take less than PRELOAD_BYTES_MAX. */
#define GATE_VARIABLE "SCE_GATE"
/* The loader's: all symbols are found before there is a fork. */
#define GATE_BIND_VARIABLE "LD_BIND_NOW"
#define GATE_MAGIC 0x53434731u

enum gate_fd {
	GATE_FD_STDIN,
	GATE_FD_STDOUT,
	GATE_FD_STDERR,
	GATE_FD_RUN,
	GATE_FDS
};

struct gate_request {
	uint32_t magic;
};

struct gate_program {
	uint32_t code_len;
	uint32_t flags; /* JOB_* of frame.h */
	uint32_t extras_len;
};

enum gate_report_kind {
	GATE_FAILED = 1, /* a step failed: value is errno */
	GATE_ENDED = 2,  /* the program ended: value is its wait status; all
			    that it had started is dead, too */
	GATE_BOX = 3     /* comes with the working directory */
};

struct gate_report {
	uint32_t kind; /* enum gate_report_kind */
	int32_t value;
	uint64_t peak_bytes; /* of its largest process */
	char step[48];
};

#endif
