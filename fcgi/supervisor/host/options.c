/* SPDX-License-Identifier: MIT */
/* What sced is told on its command line, and what it says of itself. */
#include "supervisor/host/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void
print_help(FILE *out)
{
	(void)fputs(
	    "sced " SCE_VERSION " - supervisor of the Safe Code Executor\n"
	    "usage: sced [-c FILE]\n"
	    "  -c, --config FILE   read this configuration over the defaults\n"
	    "      --check-config  check it, print every key, and exit\n"
	    "      --print-run-command[=RUNTIME]  print the docker run of slot "
	    "0,\n"
	    "                      python's unless told, and exit\n"
	    "      --help          this text\n"
	    "      --version       the version\n"
	    "Signals: TERM stops, runs under way are answered first; USR1\n"
	    "reopens executions.log.\n",
	    out);
}

int
options_parse(struct options *wanted, int argc, char *argv[])
{
	enum { OPT_CHECK = 256, OPT_PRINT, OPT_HELP, OPT_VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, OPT_CHECK },
		{ "print-run-command", optional_argument, NULL, OPT_PRINT },
		{ "help", no_argument, NULL, OPT_HELP },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			wanted->path = optarg;
			break;
		case OPT_CHECK:
			wanted->check_only = true;
			break;
		case OPT_PRINT:
			wanted->print_run = optarg != NULL ? optarg : "python";
			break;
		case OPT_HELP:
			print_help(stdout);
			return EXIT_SUCCESS;
		case OPT_VERSION:
			(void)puts("sced " SCE_VERSION);
			return EXIT_SUCCESS;
		default:
			print_help(stderr);
			return 2;
		}
	}
	if (optind != argc) {
		print_help(stderr);
		return 2;
	}
	return -1;
}
