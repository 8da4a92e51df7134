/* SPDX-License-Identifier: MIT */
/* Looks up the interpreter's functions. */
#include "guest/gate/python.h"

#include "guest/gate/gate.h"

void
python_find(struct python *python)
{
	gate_find("PyImport_ImportModule", &python->import);
	gate_find("PyObject_CallMethod", &python->call);
	gate_find("PyObject_GetAttrString", &python->get_attribute);
	gate_find("PyObject_GenericGetAttr", &python->get_plain);
	gate_find("PySys_GetObject", &python->get_sys);
	gate_find("PyImport_GetModuleDict", &python->get_modules);
	gate_find("PyDict_GetItemString", &python->get_item);
	gate_find("PyDict_DelItemString", &python->delete_item);
	gate_find("PyObject_Type", &python->type_of);
	gate_find("PyType_GetSlot", &python->type_slot);
	gate_find("PyType_GetFlags", &python->type_flags);
	gate_find("PyType_IsSubtype", &python->is_subtype);
	gate_find("PyList_New", &python->make_list);
	gate_find("PyList_Size", &python->list_size);
	gate_find("PyList_GetItem", &python->list_item);
	gate_find("PyDict_Size", &python->dict_size);
	gate_find("PyLong_AsLong", &python->as_long);
	gate_find("PyUnicode_FromString", &python->text);
	gate_find("PyUnicode_CompareWithASCIIString", &python->compare_text);
	gate_find("PyInterpreterState_Get", &python->interpreter);
	gate_find("PyInterpreterState_Next", &python->next_interpreter);
	gate_find("PyInterpreterState_ThreadHead", &python->threads);
	gate_find("PyThreadState_Next", &python->next_thread);
	gate_find("Py_DecRef", &python->forget);
	gate_find("PyErr_Clear", &python->clear_error);
	gate_find("_Py_NoneStruct", &python->none);
	gate_find("PyCFunction_Type", &python->builtin_type);
	gate_find("_PyWeakref_RefType", &python->reference_types[0]);
	gate_find("_PyWeakref_ProxyType", &python->reference_types[1]);
	gate_find("_PyWeakref_CallableProxyType", &python->reference_types[2]);
}
