/* SPDX-License-Identifier: MIT */
/*
 * Linked into sced and sce-responder of a SANITIZE=1 build. The search for
 * leaks at the end needs a thread and ptrace, which a responder has not.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0:abort_on_error=0:exitcode=99";
}

const char *
__ubsan_default_options(void)
{
	return "print_stacktrace=1";
}
