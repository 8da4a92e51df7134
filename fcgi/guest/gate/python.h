/* SPDX-License-Identifier: MIT */
/*
 * What quiet.c needs of the interpreter, which is there before we are: no
 * header of Python's is needed to build the gate. All is of its stable ABI, the
 * numbers, too, but for the names that begin with an underscore.
 */
#ifndef SCE_GATE_PYTHON_H
#define SCE_GATE_PYTHON_H

#define SLOT_DEL 53
#define SLOT_FINALIZE 80
#define FLAG_TYPE_SUBCLASS (1UL << 31)

/* Objects are new references, unless it says otherwise. */
struct python {
	void *(*import)(const char *);
	void *(*call)(void *, const char *, const char *, ...);
	void *(*get_attribute)(void *, const char *);
	void *(*get_plain)(void *, void *); /* never runs a program's code */
	void *(*get_sys)(const char *);     /* a borrowed reference */
	void *(*get_modules)(void);         /* the same */
	void *(*get_item)(void *, const char *);
	int (*delete_item)(void *, const char *);
	void *(*type_of)(void *);
	void *(*type_slot)(void *, int);
	unsigned long (*type_flags)(void *);
	int (*is_subtype)(void *, void *);
	void *(*make_list)(long);
	long (*list_size)(void *);
	void *(*list_item)(void *, long);
	long (*dict_size)(void *);
	long (*as_long)(void *);
	void *(*text)(const char *);
	int (*compare_text)(void *, const char *);
	void *(*interpreter)(void);
	void *(*next_interpreter)(void *);
	void *(*threads)(void *);
	void *(*next_thread)(void *);
	void (*forget)(void *);
	void (*clear_error)(void);
	void *none;
	void *builtin_type;
	void *reference_types[3];
};

void python_find(struct python *python);

#endif
