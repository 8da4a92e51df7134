/* SPDX-License-Identifier: MIT */
/*
 * Runs the script as the interpreter's main function does, and ends the
 * process. Py_FinalizeEx mostly takes apart, object by object, what the gate
 * has booted; a fork pays for each of those pages with a copy. That is left out
 * where nobody could notice.
 *
 * Could anything notice? Only what was made since the fork counts: all that was
 * there before is frozen (gc.freeze) and belongs to no program. These notice:
 * functions registered with atexit, threads, hooks of the collector, and
 * whatever has a finalizer, that is objects, among them open files and
 * suspended generators, classes, and weak references with a callback. A program
 * that has none of these gets the flush of its output, which is all that it
 * could tell. When in doubt, the answer is no.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/gate/gate.h"
#include "guest/gate/python.h"

#define PYTHON_MINOR 11
#define STATUS_NOT_FLUSHED 120

enum stream { STREAM_OUT, STREAM_ERR, STREAMS };

static const struct {
	const char *current;
	const char *original;
} standard_streams[STREAMS] = {
	[STREAM_OUT] = { "stdout", "__stdout__" },
	[STREAM_ERR] = { "stderr", "__stderr__" },
};

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
} before;

/* The number of a new reference, which is given back; -1 if it is NULL. */
static long
take_number(void *object, long (*number)(void *))
{
	long result = object == NULL ? -1 : number(object);

	PyErr_Clear();
	Py_DecRef(object);
	return result;
}

/* Attributes of a stream, those that a program gave it too; -1 if that cannot
 * be told. */
static long
count_attributes(void *stream)
{
	return take_number(
	    PyObject_GenericGetAttr(stream, before.dict_name), PyDict_Size);
}

/* A built-in module, which sys.modules names only if it did before. */
static void *
import_unseen(const char *name)
{
	bool seen = PyDict_GetItemString(PyImport_GetModuleDict(), name) !=
		    NULL;
	void *module = PyImport_ImportModule(name);

	if (module != NULL && !seen &&
	    PyDict_DelItemString(PyImport_GetModuleDict(), name) == -1)
		return NULL;
	return module;
}

/* An interpreter that is taken apart has to know all objects: gc.unfreeze is
 * the last function called before that, after SystemExit too. */
static int
thaw_at_exit(void)
{
	void *thaw = PyObject_GetAttrString(before.gc, "unfreeze");
	void *done = NULL;

	if (thaw != NULL)
		done = PyObject_CallMethod(
		    before.atexit, "register", "O", thaw);
	return done == NULL ? -1 : 0;
}

int
script_prepare(void)
{
	int i;

	before.gc = import_unseen("gc");
	before.atexit = import_unseen("atexit");
	before.callback_name = PyUnicode_FromString("__callback__");
	before.name_name = PyUnicode_FromString("__name__");
	before.dict_name = PyUnicode_FromString("__dict__");
	for (i = 0; i < STREAMS; i++) {
		before.streams[i] = PySys_GetObject(
		    standard_streams[i].original);
		if (before.streams[i] == NULL)
			return -1;
		before.attributes[i] = count_attributes(before.streams[i]);
	}
	if (before.gc == NULL || before.atexit == NULL)
		return -1;
	/* The collector is not to look at these, or write to them, in a fork.
	 */
	if (PyObject_CallMethod(before.gc, "freeze", NULL) == NULL ||
	    thaw_at_exit() == -1)
		return -1;
	before.witness = PyList_New(0);
	return before.witness == NULL ? -1 : 0;
}

/* The number that a method of a module returns, or -1. */
static long
number_of(void *module, const char *method)
{
	return take_number(
	    PyObject_CallMethod(module, method, NULL), PyLong_AsLong);
}

static bool
has_no_hooks(void)
{
	void *interpreter = PyInterpreterState_Get();

	return take_number(PyObject_GetAttrString(before.gc, "callbacks"),
		   PyList_Size) == 0 &&
	       number_of(before.gc, "get_debug") == 0 &&
	       number_of(before.atexit, "_ncallbacks") == 1 /* ours */ &&
	       PyDict_GetItemString(PyImport_GetModuleDict(), "threading") ==
		   NULL &&
	       PyThreadState_Next(PyInterpreterState_ThreadHead(interpreter)) ==
		   NULL &&
	       PyInterpreterState_Next(interpreter) == NULL;
}

/* Writes out all of the program's output. */
static bool
flush_streams(void)
{
	void *done;
	int i;

	for (i = 0; i < STREAMS; i++) {
		if (PySys_GetObject(standard_streams[i].current) !=
			before.streams[i] ||
		    PySys_GetObject(standard_streams[i].original) !=
			before.streams[i] ||
		    count_attributes(before.streams[i]) != before.attributes[i])
			return false;
		done = PyObject_CallMethod(before.streams[i], "flush", NULL);
		PyErr_Clear();
		if (done == NULL)
			return false;
		Py_DecRef(done);
	}
	return true;
}

/* None, or the built-in function by which abstract classes tidy up. */
static bool
is_harmless_callback(void *callback)
{
	void *type = PyObject_Type(callback);
	void *name = NULL;
	bool harmless = callback == (void *)&_Py_NoneStruct;

	if (type == (void *)&PyCFunction_Type)
		name = PyObject_GenericGetAttr(callback, before.name_name);
	if (name != NULL)
		harmless = PyUnicode_CompareWithASCIIString(name, "_destroy") ==
			   0;
	PyErr_Clear();
	Py_DecRef(name);
	Py_DecRef(type);
	return harmless;
}

/* type is the object's. */
static bool
has_callback(void *object, void *type)
{
	void *callback;
	bool harmless;

	/* A proxy hides its own attributes. */
	if (PyType_IsSubtype(type, &_PyWeakref_ProxyType) != 0 ||
	    PyType_IsSubtype(type, &_PyWeakref_CallableProxyType) != 0)
		return true;
	if (PyType_IsSubtype(type, &_PyWeakref_RefType) == 0)
		return false;
	callback = PyObject_GenericGetAttr(object, before.callback_name);
	harmless = callback != NULL && is_harmless_callback(callback);
	PyErr_Clear();
	Py_DecRef(callback);
	return !harmless;
}

static bool
has_finalizer(void *type)
{
	return PyType_GetSlot(type, SLOT_FINALIZE) != NULL ||
	       PyType_GetSlot(type, SLOT_DEL) != NULL;
}

/* Instances of a class need not be known to the collector; a class is. */
static bool
is_silent(void *object)
{
	void *type = PyObject_Type(object);
	bool silent = !has_finalizer(type) && !has_callback(object, type) &&
		      ((PyType_GetFlags(type) & FLAG_TYPE_SUBCLASS) == 0 ||
			  !has_finalizer(object));

	Py_DecRef(type);
	return silent;
}

static bool
are_all_silent(void)
{
	void *objects = PyObject_CallMethod(before.gc, "get_objects", NULL);
	bool complete = false;
	void *object;
	bool silent = true;
	long count;
	long i;

	if (objects == NULL) {
		PyErr_Clear();
		return false;
	}
	count = PyList_Size(objects);
	for (i = 0; i < count && silent; i++) {
		object = PyList_GetItem(objects, i);
		complete = complete || object == before.witness;
		silent = is_silent(object);
	}
	Py_DecRef(objects); /* it would keep them all */
	return complete && silent;
}

/* True: its output is flushed, and nothing could notice if the interpreter is
 * not taken apart. */
static bool
flush_and_judge(void)
{
	return has_no_hooks() && are_all_silent() && flush_streams();
}

/* sys.exit() never comes back from here, but ends in Py_FinalizeEx. */
static int
run_and_close(FILE *file, const char *path)
{
	struct compiler_flags flags = { .feature_version = PYTHON_MINOR };

	return PyRun_AnyFileExFlags(file, path, 1, &flags) == 0 ? 0 : 1;
}

void
script_rehearse(FILE *file, const char *path)
{
	(void)run_and_close(file, path);
	(void)flush_and_judge();
}

void
script_run(FILE *file, const char *path)
{
	int status = run_and_close(file, path);

	if (_Py_UnhandledKeyboardInterrupt == 0 && flush_and_judge())
		exit(status);
	if (Py_FinalizeEx() < 0)
		status = STATUS_NOT_FLUSHED;
	if (_Py_UnhandledKeyboardInterrupt != 0) {
		(void)signal(SIGINT, SIG_DFL);
		(void)kill(getpid(), SIGINT);
		status = 128 + SIGINT;
	}
	exit(status);
}
