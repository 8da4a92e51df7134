/* SPDX-License-Identifier: MIT */
/*
 * Could anything notice whether the interpreter is taken apart at the end of a
 * program? Only what was made since the fork: all that was there before is
 * frozen (gc.freeze) and belongs to no program. So it is noticed by functions
 * registered with atexit, by threads, by hooks of the collector, and by what
 * has a finalizer: objects, among them open files and suspended generators,
 * classes, and weak references with a callback. Whoever has none of these gets
 * the flush of its output, which is all that it could tell. When in doubt, no.
 */
#include <stddef.h>
#include <string.h>

#include "guest/gate/gate.h"
#include "guest/gate/python.h"

enum stream { STREAM_OUT, STREAM_ERR, STREAMS };

static const struct {
	const char *current;
	const char *original;
} quiet_streams[STREAMS] = {
	[STREAM_OUT] = { "stdout", "__stdout__" },
	[STREAM_ERR] = { "stderr", "__stderr__" },
};

static struct python python;

static struct {
	/* Made before the fork. */
	void *gc;
	void *atexit;
	void *streams[STREAMS];
	long attributes[STREAMS]; /* of each stream */
	void *callback_name;
	void *name_name;
	void *dict_name;
	void *witness; /* tracked and not frozen, unless a program froze it */
} quiet;

/* Attributes that a program has given to a stream, and those it had: -1 if
 * that can not be told. */
static long
count_attributes(void *stream)
{
	void *dict = python.get_plain(stream, quiet.dict_name);
	long count = dict == NULL ? -1 : python.dict_size(dict);

	python.clear_error();
	python.forget(dict);
	return count;
}

/* A built-in module, which sys.modules names only if it did before. */
static void *
import_unseen(const char *name)
{
	bool seen = python.get_item(python.get_modules(), name) != NULL;
	void *module = python.import(name);

	if (module != NULL && !seen &&
	    python.delete_item(python.get_modules(), name) == -1)
		return NULL;
	return module;
}

/* An interpreter that is taken apart has to know all there is: the last thing
 * to be called before it is, also after SystemExit. */
static int
thaw_at_exit(void)
{
	void *thaw = python.get_attribute(quiet.gc, "unfreeze");
	void *done = NULL;

	if (thaw != NULL)
		done = python.call(quiet.atexit, "register", "O", thaw);
	return done == NULL ? -1 : 0;
}

int
quiet_prepare(void)
{
	int i;

	python_find(&python);
	quiet.gc = import_unseen("gc");
	quiet.atexit = import_unseen("atexit");
	quiet.callback_name = python.text("__callback__");
	quiet.name_name = python.text("__name__");
	quiet.dict_name = python.text("__dict__");
	for (i = 0; i < STREAMS; i++) {
		quiet.streams[i] = python.get_sys(quiet_streams[i].original);
		if (quiet.streams[i] == NULL)
			return -1;
		quiet.attributes[i] = count_attributes(quiet.streams[i]);
	}
	if (quiet.gc == NULL || quiet.atexit == NULL)
		return -1;
	/* Not for the collector to look at, or to write to, in any fork. */
	if (python.call(quiet.gc, "freeze", NULL) == NULL ||
	    thaw_at_exit() == -1)
		return -1;
	quiet.witness = python.make_list(0);
	return quiet.witness == NULL ? -1 : 0;
}

/* The number that a method of a module returns, or -1. */
static long
number_of(void *module, const char *method)
{
	void *object = python.call(module, method, NULL);
	long number = object == NULL ? -1 : python.as_long(object);

	python.clear_error();
	python.forget(object);
	return number;
}

static bool
has_no_hooks(void)
{
	void *callbacks = python.get_attribute(quiet.gc, "callbacks");
	long count = callbacks == NULL ? -1 : python.list_size(callbacks);
	void *interpreter = python.interpreter();

	python.clear_error();
	python.forget(callbacks);
	return count == 0 && number_of(quiet.gc, "get_debug") == 0 &&
	       number_of(quiet.atexit, "_ncallbacks") == 1 /* ours */ &&
	       python.get_item(python.get_modules(), "threading") == NULL &&
	       python.next_thread(python.threads(interpreter)) == NULL &&
	       python.next_interpreter(interpreter) == NULL;
}

/* The output of the program, all of it. */
static bool
flush_streams(void)
{
	void *done;
	int i;

	for (i = 0; i < STREAMS; i++) {
		if (python.get_sys(quiet_streams[i].current) !=
			quiet.streams[i] ||
		    python.get_sys(quiet_streams[i].original) !=
			quiet.streams[i] ||
		    count_attributes(quiet.streams[i]) != quiet.attributes[i])
			return false;
		done = python.call(quiet.streams[i], "flush", NULL);
		python.clear_error();
		if (done == NULL)
			return false;
		python.forget(done);
	}
	return true;
}

/* None, or the built-in function by which abstract classes tidy up. */
static bool
is_harmless_callback(void *callback)
{
	void *type = python.type_of(callback);
	void *name = NULL;
	bool harmless = callback == python.none;

	if (type == python.builtin_type)
		name = python.get_plain(callback, quiet.name_name);
	if (name != NULL)
		harmless = python.compare_text(name, "_destroy") == 0;
	python.clear_error();
	python.forget(name);
	python.forget(type);
	return harmless;
}

/* type: of the object. */
static bool
has_callback(void *object, void *type)
{
	void *callback;
	bool harmless;
	int i;

	for (i = 0; i < 3; i++) {
		if (python.is_subtype(type, python.reference_types[i]) != 0)
			break;
	}
	if (i == 3)
		return false;
	if (i != 0) /* a proxy, which hides its own attributes */
		return true;
	callback = python.get_plain(object, quiet.callback_name);
	harmless = callback != NULL && is_harmless_callback(callback);
	python.clear_error();
	python.forget(callback);
	return !harmless;
}

static bool
has_finalizer(void *type)
{
	return python.type_slot(type, SLOT_FINALIZE) != NULL ||
	       python.type_slot(type, SLOT_DEL) != NULL;
}

/* Instances of a class need not be known to the collector; a class is. */
static bool
is_silent(void *object)
{
	void *type = python.type_of(object);
	bool silent = !has_finalizer(type) && !has_callback(object, type) &&
		      ((python.type_flags(type) & FLAG_TYPE_SUBCLASS) == 0 ||
			  !has_finalizer(object));

	python.forget(type);
	return silent;
}

static bool
are_all_silent(void)
{
	void *objects = python.call(quiet.gc, "get_objects", NULL);
	bool complete = false;
	void *object;
	bool silent = true;
	long count;
	long i;

	if (objects == NULL) {
		python.clear_error();
		return false;
	}
	count = python.list_size(objects);
	for (i = 0; i < count && silent; i++) {
		object = python.list_item(objects, i);
		complete = complete || object == quiet.witness;
		silent = is_silent(object);
	}
	python.forget(objects); /* it would keep them all */
	return complete && silent;
}

bool
quiet_flush_and_judge(void)
{
	return has_no_hooks() && are_all_silent() && flush_streams();
}
