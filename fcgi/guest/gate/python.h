/* SPDX-License-Identifier: MIT */
/*
 * The interpreter's functions that the gate calls, found by the loader in the
 * interpreter that it loads the gate into. They are weak, so that no Python is
 * needed to build the gate. All of this is of Python's stable ABI, the numbers
 * too, but for PyRun_AnyFileExFlags and the names that begin with an
 * underscore.
 */
#ifndef SCE_GATE_PYTHON_H
#define SCE_GATE_PYTHON_H

#include <stdio.h>

#define SLOT_DEL 53
#define SLOT_FINALIZE 80
#define FLAG_TYPE_SUBCLASS (1UL << 31)

struct compiler_flags {
	int flags;
	int feature_version;
};

#define PYTHON extern __attribute__((weak, visibility("default")))

/* Objects are new references, unless it says otherwise. */
PYTHON void *PyImport_ImportModule(const char *);
PYTHON void *PyObject_CallMethod(void *, const char *, const char *, ...);
PYTHON void *PyObject_GetAttrString(void *, const char *);
/* Never runs a program's code. */
PYTHON void *PyObject_GenericGetAttr(void *, void *);
PYTHON void *PySys_GetObject(const char *); /* a borrowed reference */
PYTHON void *PyImport_GetModuleDict(void);  /* the same */
PYTHON void *PyDict_GetItemString(void *, const char *); /* the same */
PYTHON int PyDict_DelItemString(void *, const char *);
PYTHON void *PyObject_Type(void *);
PYTHON void *PyType_GetSlot(void *, int);
PYTHON unsigned long PyType_GetFlags(void *);
PYTHON int PyType_IsSubtype(void *, void *);
PYTHON void *PyList_New(long);
PYTHON long PyList_Size(void *);
PYTHON void *PyList_GetItem(void *, long); /* a borrowed reference */
PYTHON long PyDict_Size(void *);
PYTHON long PyLong_AsLong(void *);
PYTHON void *PyUnicode_FromString(const char *);
PYTHON int PyUnicode_CompareWithASCIIString(void *, const char *);
PYTHON void *PyInterpreterState_Get(void);
PYTHON void *PyInterpreterState_Next(void *);
PYTHON void *PyInterpreterState_ThreadHead(void *);
PYTHON void *PyThreadState_Next(void *);
PYTHON void Py_DecRef(void *);
PYTHON void PyErr_Clear(void);
PYTHON void PyErr_Print(void);
PYTHON int PyGILState_Ensure(void);
PYTHON void PyOS_BeforeFork(void);
PYTHON void PyOS_AfterFork_Child(void);
PYTHON int PyRun_AnyFileExFlags(
    FILE *, const char *, int, struct compiler_flags *);
PYTHON int Py_FinalizeEx(void);

PYTHON int _Py_UnhandledKeyboardInterrupt;
/* Objects, of which only the address counts. */
PYTHON char _Py_NoneStruct;
PYTHON char PyCFunction_Type;
PYTHON char _PyWeakref_RefType;
PYTHON char _PyWeakref_ProxyType;
PYTHON char _PyWeakref_CallableProxyType;

#endif
