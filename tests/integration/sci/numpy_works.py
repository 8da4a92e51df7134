# SPDX-License-Identifier: MIT
import os
import threading

import numpy as np

rng = np.random.default_rng(7)
a = rng.standard_normal((300, 300))
x = rng.standard_normal(300)
assert np.allclose(np.linalg.solve(a, a @ x), x)
u, s, vt = np.linalg.svd(a)
assert np.allclose((u * s) @ vt, a)
q, r = np.linalg.qr(a)
assert np.allclose(q @ r, a) and np.allclose(q.T @ q, np.eye(300))
values, vectors = np.linalg.eigh(a + a.T)
assert np.allclose((a + a.T) @ vectors, vectors * values)
assert np.isclose(np.linalg.det(np.diag([2.0, 3.0, 4.0])), 24)
try:
    np.linalg.inv(np.zeros((2, 2)))
    raise SystemExit("a singular matrix has no inverse")
except np.linalg.LinAlgError:
    pass

t = np.arange(1024) / 1024
spectrum = np.abs(np.fft.rfft(np.sin(2 * np.pi * 50 * t)))
assert spectrum.argmax() == 50 and np.isclose(spectrum[50], 512)
assert np.allclose(np.fft.ifft(np.fft.fft(x)), x)

np.random.seed(0)
assert np.random.randint(0, 100, 3).tolist() == [44, 47, 64]
assert abs(rng.normal(size=100000).mean()) < 0.02

m = np.lib.stride_tricks.sliding_window_view(np.arange(5), 3)
assert m.sum(axis=1).tolist() == [3, 6, 9]
assert np.einsum("ij,ji->", a, a).round(6) == np.trace(a @ a).round(6)
np.save("a.npy", a)
assert np.array_equal(np.load("a.npy", mmap_mode="r"), a)
np.testing.assert_allclose(np.polyfit([0, 1, 2], [1, 3, 5], 1), [2, 1])
assert np.loadtxt(["1 2", "3 4"]).sum() == 10
assert str(np.array([1.5, 2])) == "[1.5 2. ]"

# Not a thread of OpenBLAS: the matrices above were large enough for that.
assert threading.active_count() == 1
assert os.environ["OMP_NUM_THREADS"] == os.environ["OPENBLAS_NUM_THREADS"] == "1"
print("numpy works")
