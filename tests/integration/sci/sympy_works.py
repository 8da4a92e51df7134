# SPDX-License-Identifier: MIT
from sympy import (Eq, Function, Integral, Matrix, Rational, cos, diff,
                   dsolve, exp, factor, integrate, lambdify, latex, limit, oo,
                   pi, pprint, pretty, simplify, sin, solve, sqrt, symbols,
                   sympify)

x, y = symbols("x y")
assert solve(x**2 - 5 * x + 6, x) == [2, 3]
assert solve([x + y - 3, x - y - 1], [x, y]) == {x: 2, y: 1}
assert integrate(exp(-x**2), (x, -oo, oo)) == sqrt(pi)
assert integrate(x * sin(x), x) == -x * cos(x) + sin(x)
assert diff(sin(x) * exp(x), x) == exp(x) * sin(x) + exp(x) * cos(x)
assert limit(sin(x) / x, x, 0) == 1
assert simplify(sin(x)**2 + cos(x)**2) == 1
assert str(factor(x**3 - 1)) == "(x - 1)*(x**2 + x + 1)"
assert Matrix([[2, 1], [1, 2]]).eigenvals() == {3: 1, 1: 1}
assert str(pi.evalf(30)) == "3.14159265358979323846264338328"
f = Function("f")
assert dsolve(Eq(f(x).diff(x), f(x)), f(x)).rhs.has(exp(x))
assert lambdify(x, x**2 + 1, "math")(3) == 10
assert latex(Rational(1, 2) * sqrt(x)) == r"\frac{\sqrt{x}}{2}"
assert sympify("2*x + 1").subs(x, 4) == 9
assert pretty(x / y) == "x\n─\ny"
pprint(Integral(sqrt(x), x))
print("sympy works")
