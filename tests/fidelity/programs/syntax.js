/* SPDX-License-Identifier: MIT */
/* Programs that are none, and odd ones that are; how that is shown. */
const COOKIES = ['latin-1', 'iso-8859-15', 'cp1252', 'utf-8', 'utf8',
	'UTF-8', 'ascii', 'utf-8-sig', 'no-such-encoding', 'utf-7', 'rot13'];

const programs = {
	'a missing colon': 'x = 1\nif x\n    print(x)\n',
	'a bracket that is not closed': 'print((1, 2',
	'a bracket of another kind': 'x = [1, 2)\n',
	'a bracket too many': 'print(1))\n',
	'a string that is not closed': 'print(1)\nx = "abc\nprint(2)',
	'a long string that is not closed': 'x = """abc\n\nprint(2)\n',
	'a comma forgotten': 'x = [1, 2 3]\n',
	'an assignment to a literal': 'f() = 1\n',
	'= instead of ==': 'if x = 3:\n    pass\n',
	'print as a statement': 'print "hello"\n',
	'an f-string': 'print(f"{1 +}")\n',
	'a number': 'x = 1_000_\ny = 09\n',
	'an escape': 'x = "\\N{no such name}"\n',
	'an invalid escape is a warning': 'x = "\\d"\nprint(x)\n',
	'is with a literal is a warning': 'print(1 is 1)',
	'bytes that are not ASCII': 'x = b"é"\n',
	'a character that can not be': 'x = 1 ¿ 2\n',
	'typographic quotes': 'print(“hello”)\n',
	'a space that is none': 'x =\u00a01\n',
	'a backslash at the end': 'x = 1 + \\',
	'a backslash and a space': 'x = 1 + \\ \n2\n',
	'return outside of a function': 'return 5\n',
	'await outside of a function': 'await x\n',
	'break outside of a loop': 'for x in []: pass\nelse: break\n',
	'an argument twice': 'def f(a, a): pass\n',
	'an unknown future': 'from __future__ import nothing\n',
	'barry as FLUFL': 'from __future__ import barry_as_FLUFL\n' +
	    'print(1 <> 2)\nprint(1 != 2)\n',
	'nothing indented': 'def f():\nreturn 1',
	'indented too far': 'x = 1\n  y = 2\n',
	'indented between': 'if 1:\n    if 2:\n        x = 1\n      y = 2\n',
	'nothing behind the colon': 'def f():\n',
	'mixed tabs and spaces': 'if 1:\n\tx = 1\n        y = 2',
	'too many brackets': `x = ${'('.repeat(300)}1${')'.repeat(300)}\n`,
	'too many blocks': `${Array.from({ length: 22 }, (_, i) =>
		`${' '.repeat(i)}for x in y:\n`).join('')}${' '.repeat(22)}pass\n`,
	'try alone': 'try:\n    pass\nx = 1\n',
	'an error on a long line': `x = ${'1 + '.repeat(200)}+ *\n`,
	'an error behind wide characters': 'x = "日本語" + é 1\n',
	'an error in the last line, without an end': 'x = 1\ny = = 2',
	'an error in eval': 'eval("1 +")',
	'an error in exec, caught': 'try:\n    exec("a b\\n")\n' +
	    'except SyntaxError as e:\n' +
	    '    print(e.args, e.filename, e.lineno, e.offset, e.text)',
	'an error that the program raises':
	    'raise SyntaxError("mine", ("main.py", 1, 7, "text of mine", 1, 12))',
	'CRLF lines': 'print(1)\r\nif True:\r\n    print("""a\r\nb""")\r\n1 / 0\r\n',
	'CR lines': 'print(1)\rif True:\r    print(2)\r',
	'an error with CRLF': 'x = 1\r\nif x\r\n    y\r\n',
	'a form feed': 'print(1)\n\f\n\fprint(2)\n  \fprint(3)',
	'odd line separators': 'x = "a\u2028b\u0085c\x0bd"\nprint(ascii(x))\n' +
	    '1 / 0\n',
	'no newline at the end': 'print(1)\nprint(2)',
	'a comment alone': '# nothing',
	'a name in another script': 'ﬁ = 1\nprint(fi, "ﬁ" in globals())',
	'the last expression is not printed': '6 * 7',
	'a byte order mark': '\ufeffprint("é")\nraise ValueError("ü")',
	'a byte order mark and an error': '\ufeffx = 1 1\n',
	'a byte order mark and utf-8': '\ufeff# coding: utf-8\nprint("é")',
	'a byte order mark and latin-1': '\ufeff# coding: latin-1\nprint("é")',
	'two byte order marks': '\ufeff\ufeffprint(1)',
	'a cookie on line 2': '#!/usr/bin/python\n' +
	    '# vim: set fileencoding=latin-1 :\nprint("é")',
	'a cookie on line 3 is none': 'x = 1\ny = 2\n' +
	    '# coding: latin-1\nprint("é")',
	'a cookie behind empty lines': '\n\n# coding: latin-1\nprint("é")',
	'a cookie behind code is none': 'x = 1  # coding: latin-1\nprint("é")',
	'a cookie in a string is none':
	    '"""\n# coding: latin-1\n"""\nprint("é")',
	'a cookie and a syntax error': '# coding: cp1252\nx = "é" +\n',
	'a cookie and a carriage return': '# coding: latin-1\r\nprint("é")\r\n',
	'a cookie and a part that can not be decoded':
	    '# coding: ascii\nprint(1)\n# é\n',
	'a cookie and the source': '# coding: latin-1\nimport inspect\n' +
	    'def f():\n    return "é"\nprint(inspect.getsource(f))',
};

for (const name of COOKIES) {
	programs[`cookie ${name}`] = `# -*- coding: ${name} -*-\n` +
	    'print("é€", ascii("é"))\nraise ValueError("ü")\n';
}

export default programs;
